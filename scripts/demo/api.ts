/** A problem that the API answered, with the code by which programs tell them apart. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'
  readonly status: number
  readonly code: string
  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

/** A client of the public API, as anybody could write it. */
export interface Api {
  readonly origin: string
  /** Sends JSON (a Blob as it is, with its type) and reads JSON. Throws `ApiProblem` for 4xx and 5xx. */
  call<T>(method: string, path: string, body?: unknown): Promise<T>
}

interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
}

/** Signs up somebody new. */
export async function signUp(
  origin: string,
  person: { email: string; password: string; name: string },
): Promise<Api> {
  return openApi(origin, await send<Tokens>(origin, 'POST', '/v1/signup', person))
}

/** Signs in somebody who has an account. */
export async function signIn(origin: string, person: { email: string; password: string }): Promise<Api> {
  const { email, password } = person
  return openApi(origin, await send<Tokens>(origin, 'POST', '/v1/login', { email, password }))
}

/** Access tokens live for minutes, so they are renewed as they end. */
function openApi(origin: string, first: Tokens): Api {
  let tokens = first
  const renew = async () => {
    tokens = await send<Tokens>(origin, 'POST', '/v1/refresh', { refreshToken: tokens.refreshToken })
  }
  return {
    origin,
    async call(method, path, body) {
      try {
        return await send(origin, method, path, body, tokens.accessToken)
      } catch (error) {
        if (!(error instanceof ApiProblem && error.status === 401)) throw error
        await renew()
        return send(origin, method, path, body, tokens.accessToken)
      }
    },
  }
}

async function send<T>(
  origin: string,
  method: string,
  path: string,
  body?: unknown,
  token?: string,
): Promise<T> {
  const isBlob = body instanceof Blob
  const response = await fetch(new URL(path, origin), {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': isBlob ? body.type : 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: isBlob ? body : JSON.stringify(body) }),
  })
  if (!response.ok) throw await readProblem(response, `${method} ${path}`)
  return (response.status === 204 ? undefined : await response.json()) as T
}

/** The problem in an answer; an answer of another form becomes one with the code `http-<status>`. */
export async function readProblem(response: Response, what: string): Promise<ApiProblem> {
  const text = await response.text()
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json')
  const facts = isProblem ? (JSON.parse(text) as { code?: string; title?: string; detail?: string }) : {}
  const message = facts.detail ?? facts.title ?? (text.slice(0, 200) || 'no body')
  return new ApiProblem(response.status, facts.code ?? `http-${response.status}`, `${what}: ${message}`)
}
