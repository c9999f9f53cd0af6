import { createApiClient, type Operation } from '@neondatabase/api-client'

export type NeonApi = ReturnType<typeof createApiClient>

export interface NeonOptions {
  /** NEON_API_KEY: of an organisation, or of one project once that is there. */
  readonly apiKey: string
  /** NEON_ORG_ID: a personal key must say for which organisation it asks. */
  readonly organisation?: string | undefined
  /** Neon's own without it. */
  readonly baseUrl?: string | undefined
  readonly sleep: (ms: number) => Promise<unknown>
}

/** An API of Neon that waits where Neon is busy, and whose refusals are in words. */
export interface Neon {
  readonly organisation: string | undefined
  /** The answer's body. `doing` is what a refusal says was being done. */
  ask<T>(doing: string, request: (api: NeonApi) => Promise<{ readonly data: T }>): Promise<T>
  /** Waits until what a request began is done; an answer without a body began nothing. Throws `NeonRefused` where it failed. */
  finish(doing: string, operations: readonly Operation[] | undefined): Promise<void>
}

/** What Neon did not do. Holds no cause: the client's error carries the request, and with it the API key. */
export class NeonRefused extends Error {
  override readonly name = 'NeonRefused'
  readonly status: number | undefined

  constructor(message: string, status: number | undefined) {
    super(message)
    this.status = status
  }
}

const ATTEMPTS = 12
const LONGEST_PAUSE_MS = 5000
/** Neon is at work on the project, has had too many requests, or is away: none of the three has done anything yet. */
const BUSY = new Set([423, 429, 503])

/** Opens Neon's API. Asks nothing yet. */
export function openNeon({ apiKey, organisation, baseUrl, sleep }: NeonOptions): Neon {
  const api = createApiClient({ apiKey, ...(baseUrl ? { baseURL: baseUrl } : {}), timeout: 30_000 })
  const ask: Neon['ask'] = async (doing, request) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return (await request(api)).data
      } catch (error) {
        const refused = inWords(doing, error)
        if (attempt === ATTEMPTS || !BUSY.has(refused.status ?? 0)) throw refused
        await sleep(pause(attempt))
      }
    }
  }
  // A variable that CI has not set comes as an empty text.
  return {
    organisation: organisation || undefined,
    ask,
    finish: (doing, operations) => finish({ ask, sleep }, doing, operations),
  }
}

const pause = (attempt: number) => Math.min(LONGEST_PAUSE_MS, 250 * 2 ** (attempt - 1))

const DONE = new Set<string>(['finished', 'skipped'])
const FAILED = new Set<string>(['failed', 'cancelled'])
const LOOKS = 120

type Waiting = Pick<Neon, 'ask'> & Pick<NeonOptions, 'sleep'>

async function finish(waiting: Waiting, doing: string, operations: readonly Operation[] = []): Promise<void> {
  for (const operation of operations) await finishOne(waiting, doing, operation)
}

async function finishOne({ ask, sleep }: Waiting, doing: string, operation: Operation): Promise<void> {
  const { id, project_id: project, action } = operation
  let now = operation
  for (let look = 1; !DONE.has(now.status); look++) {
    if (FAILED.has(now.status))
      throw new NeonRefused(
        `Neon could not ${doing}: ${action} ${now.status}, ${now.error ?? 'no reason'}`,
        undefined,
      )
    if (look > LOOKS)
      throw new NeonRefused(`Neon did not ${doing} in time: ${action} is ${now.status}`, undefined)
    await sleep(Math.min(pause(look), 2000))
    now = (await ask(doing, (api) => api.getProjectOperation(project, id))).operation
  }
}

/** The parts of an axios error that are safe to show. */
interface Answered {
  readonly code?: string
  readonly response?: { readonly status: number; readonly data?: { readonly message?: string } }
}

function inWords(doing: string, error: unknown): NeonRefused {
  const { code, response } = (typeof error === 'object' && error !== null ? error : {}) as Answered
  if (response === undefined)
    return new NeonRefused(`Neon could not be asked to ${doing}: ${code ?? 'no answer'}`, undefined)
  const { status, data } = response
  const advice = status === 401 ? '. Is NEON_API_KEY a valid key? https://neon.com/docs/manage/api-keys' : ''
  return new NeonRefused(`Neon did not ${doing}: ${data?.message ?? ''} (HTTP ${status})${advice}`, status)
}
