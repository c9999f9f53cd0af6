import { PaymentRefused, PaymentUnavailable } from '../../core/ports/payments.ts'

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
}

export interface Answer {
  readonly status: number
  readonly text: string
}

/** What is longer than a worker waits is a failure that can be tried again. */
const TIMEOUT_MS = 15_000

/** One request with a deadline. A redirect is none of ours: it would carry the credentials elsewhere. */
export async function callOver(fetching: Fetch, url: string, call: Call): Promise<Answer> {
  try {
    const { body, ...rest } = call
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    const response = await fetching(url, {
      ...rest,
      ...(body === undefined ? {} : { body }),
      ...{ redirect: 'error', signal },
    })
    return { status: response.status, text: await response.text() }
  } catch (error) {
    throw new PaymentUnavailable(`${new URL(url).host} does not answer`, { cause: error })
  }
}

/**
 * What an answer without success means. 401 and 403 are our mistake and no customer's, so they are tried again once it is
 * mended, as are 408, 409 (another request is at it), 429 and all of 500. The rest the provider would say again.
 */
export function failureOf(title: string, status: number, said: { code: string; message: string }): Error {
  const passing =
    status === 401 || status === 403 || status === 408 || status === 409 || status === 429 || status >= 500
  if (passing) return new PaymentUnavailable(`${title} answers ${status}: ${said.code}`)
  return new PaymentRefused(said.code, said.message)
}
