import type { TokenCredential } from '@azure/core-auth'
import type { Clock } from '../../core/ports/clock.ts'

export interface RestRequest {
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** How often at most; 4 by default. 1 for what must not happen twice: a lost answer may stand for a done deed. */
  readonly tries?: number
}

/** Sends one request and gives its answer, whatever the status. Throws where there was none. */
export type Rest = (url: string, request?: RestRequest) => Promise<Response>

const ANSWER_WITHIN_MS = 30_000
const PASSING = new Set([408, 429, 500, 502, 503, 504])

/** Requests to Azure's own APIs, repeated where the failure passes: 0.2 s later, doubled, or as `retry-after` says. */
export function openRest(
  clock: Clock,
  authorize: () => Promise<Readonly<Record<string, string>>> = async () => ({}),
): Rest {
  return async (url, { tries = 4, ...request } = {}) => {
    for (let attempt = 1; ; attempt++) {
      const headers = { ...request.headers, ...(await authorize()) }
      const last = attempt >= tries
      const answer = await send(url, { ...request, headers }).catch((cause: unknown) => {
        if (last) throw new Error(`${hostOf(url)} gave no answer`, { cause })
        return undefined
      })
      if (answer && (last || !PASSING.has(answer.status))) return answer
      await answer?.body?.cancel()
      await clock.sleep(pauseMs(answer, attempt))
    }
  }
}

const send = (url: string, request: RequestInit): Promise<Response> =>
  fetch(url, { ...request, redirect: 'error', signal: AbortSignal.timeout(ANSWER_WITHIN_MS) })

function pauseMs(answer: Response | undefined, attempt: number): number {
  const asked = Number(answer?.headers.get('retry-after') ?? Number.NaN)
  return asked >= 0 ? Math.min(asked, 10) * 1000 : 200 * 2 ** (attempt - 1)
}

/** The header of a bearer token for this resource. */
export const bearer = (credential: TokenCredential, resource: string) => async () => {
  const token = await credential.getToken(`${resource}/.default`)
  if (!token) throw new Error(`there is no token for ${resource}`)
  return { authorization: `Bearer ${token.token}` }
}

/** Status and the vendor's own words, cut: an answer to a refused request holds no secret of ours. */
export async function refusal(doing: string, answer: Response): Promise<Error> {
  const said = (await answer.text()).slice(0, 500)
  return new Error(`${doing}: ${hostOf(answer.url)} answered ${answer.status} ${said}`)
}

const hostOf = (url: string): string => URL.parse(url)?.host ?? 'the server'
