import * as z from 'zod/mini'
import { PaymentRefused } from '../../core/ports/payments.ts'
import type { Secrets } from '../../core/ports/secrets.ts'
import { answerIn, jsonOrNull } from '../provider-api/answer-json.ts'
import { callOver, type Fetch, failureOf } from '../provider-api/http-call.ts'
import { type RazorpaySettings, razorpaySettings } from './settings.ts'
import { Failure } from './wire.ts'

export interface RazorpayApi {
  settings(): Promise<RazorpaySettings>
  get<T>(path: string, form: z.ZodMiniType<T>): Promise<T>
  /** Undefined where nothing has the id. */
  find<T>(path: string, form: z.ZodMiniType<T>): Promise<T | undefined>
  post<T>(path: string, body: object, form: z.ZodMiniType<T>, key?: string): Promise<T>
}

interface Wanted {
  readonly method: 'GET' | 'POST'
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Razorpay's API with the key of the account. https://razorpay.com/docs/api/authentication/ */
export function openApi(secrets: Secrets, fetching: Fetch, origin: string): RazorpayApi {
  const settings = () => razorpaySettings(secrets)
  const call = async (path: string, { method, body, headers }: Wanted): Promise<string> => {
    const { keyId, keySecret } = await settings()
    const authorization = `Basic ${Buffer.from(`${keyId}:${keySecret}`).toString('base64')}`
    const all = { authorization, accept: 'application/json', 'content-type': 'application/json', ...headers }
    const answer = await callOver(fetching, `${origin}/v1/${path}`, { method, headers: all, body })
    if (answer.status < 300) return answer.text
    throw failureOf('Razorpay', answer.status, saidIn(answer.text))
  }
  const get: RazorpayApi['get'] = async (path, form) =>
    answerIn('Razorpay', await call(path, { method: 'GET' }), form)
  return {
    settings,
    get,
    find: (path, form) => get(path, form).catch(undefinedIfGone),
    post: async (path, body, form, key) => {
      const headers = key === undefined ? {} : { 'x-refund-idempotency': key }
      return answerIn(
        'Razorpay',
        await call(path, { method: 'POST', body: JSON.stringify(body), headers }),
        form,
      )
    },
  }
}

const GONE = 'no_such_id'

/** All refusals have one code, and only the description tells that nothing has the id. */
function saidIn(text: string): { code: string; message: string } {
  const failure = z.safeParse(Failure, jsonOrNull(text))
  if (!failure.success) return { code: 'unreadable', message: 'Razorpay says nothing that can be read' }
  const { code, description } = failure.data.error
  return { code: /does not exist/i.test(description) ? GONE : code, message: description }
}

function undefinedIfGone(error: unknown): undefined {
  if (error instanceof PaymentRefused && error.code === GONE) return undefined
  throw error
}
