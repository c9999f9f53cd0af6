import type { AuthClient, GoogleAuth } from 'google-auth-library'
import type { Clock } from '../../core/ports/clock.ts'

/** How this column proves to Google's services who it is. */
export interface Credentials {
  /** An access token that is good for some minutes at least. */
  token(): Promise<string>
  /** What Google's own clients take. */
  authClient(): Promise<AuthClient>
}

const SCOPES = ['https://www.googleapis.com/auth/cloud-platform']

/**
 * On the platform the metadata server gives tokens for the function's service account; on a developer's machine the
 * application default credentials do. `token` is a fixed one, for servers of tests.
 */
export function openGcpCredentials({ token }: { readonly token?: string | undefined } = {}): Credentials {
  if (token !== undefined) return { token: async () => token, authClient: () => fixedClient(token) }
  let auth: Promise<GoogleAuth> | undefined
  const open = () => {
    auth ??= import('google-auth-library').then((library) => new library.GoogleAuth({ scopes: SCOPES }))
    return auth
  }
  return {
    token: async () => present(await (await open()).getAccessToken()),
    authClient: async () => (await open()).getClient(),
  }
}

async function fixedClient(token: string): Promise<AuthClient> {
  const { OAuth2Client } = await import('google-auth-library')
  const client = new OAuth2Client()
  client.setCredentials({ access_token: token })
  return client
}

function present(token: string | null | undefined): string {
  if (!token) throw new Error('the metadata server gave no access token')
  return token
}

/** What a Google service answered instead of success. */
export class GoogleRefused extends Error {
  override readonly name = 'GoogleRefused'
  /** HTTP status; 0 where no answer came. */
  readonly status: number
  /** Google's own word for it: `NOT_FOUND`. */
  readonly code: string
  constructor(message: string, facts: { status: number; code: string }, options?: ErrorOptions) {
    super(message, options)
    this.status = facts.status
    this.code = facts.code
  }
}

export interface GoogleRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly url: string
  /** Sent as JSON. */
  readonly body?: unknown
  /** Tries where the service is busy or away; 3 by default. One that must not happen twice says 1. */
  readonly attempts?: number
}
/** Sends a request with the column's token; answers the parsed JSON. Throws `GoogleRefused`. */
export type GoogleApi = (request: GoogleRequest) => Promise<Readonly<Record<string, unknown>>>

const ANSWER_SECONDS = 30
const FIRST_PAUSE_MS = 100

/** Google's JSON services, with pauses that double between tries. */
export function openGoogleApi(options: { credentials: Credentials; clock: Clock }): GoogleApi {
  return async (request) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await once(await options.credentials.token(), request)
      } catch (error) {
        if (!isPassing(error) || attempt >= (request.attempts ?? 3)) throw error
        await options.clock.sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1))
      }
    }
  }
}

const isPassing = (error: unknown): boolean =>
  error instanceof GoogleRefused && (error.status === 0 || error.status === 429 || error.status >= 500)

async function once(token: string, { method, url, body }: GoogleRequest) {
  const { ok, status, text } = await send(url, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
    signal: AbortSignal.timeout(ANSWER_SECONDS * 1000),
  })
  const answer = readAnswer(text)
  if (ok && answer) return answer
  throw refused(`${method} ${url}`, status, answer)
}

/** With the body, which may break off as well. */
async function send(url: string, init: RequestInit) {
  try {
    const response = await fetch(url, init)
    return { ok: response.ok, status: response.status, text: await response.text() }
  } catch (cause) {
    const facts = { status: 0, code: 'UNREACHABLE' }
    throw new GoogleRefused(`${init.method} ${url} was not answered`, facts, { cause })
  }
}

function readAnswer(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const answer: unknown = text === '' ? {} : JSON.parse(text)
    return typeof answer === 'object' && answer !== null ? { ...answer } : undefined
  } catch {
    // A proxy's page in HTML: the status tells all that can be known.
    return undefined
  }
}

function refused(what: string, status: number, answer: Readonly<Record<string, unknown>> | undefined) {
  const { message, status: word } = (answer?.error ?? {}) as { message?: string; status?: string }
  const code = word ?? 'UNKNOWN'
  return new GoogleRefused(`${what} was answered ${status} ${code}: ${message ?? 'no reason given'}`, {
    status,
    code,
  })
}
