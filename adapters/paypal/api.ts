import * as z from 'zod/mini'
import type { Clock } from '../../core/ports/clock.ts'
import { PaymentRefused } from '../../core/ports/payments.ts'
import type { Secrets } from '../../core/ports/secrets.ts'
import { answerIn, jsonOrNull } from '../provider-api/answer-json.ts'
import { type Answer, callOver, type Fetch, failureOf } from '../provider-api/http-call.ts'
import { API_ORIGIN, type PaypalSettings, paypalSettings } from './settings.ts'
import { Failure, Token } from './wire.ts'

export interface PaypalApi {
  settings(): Promise<PaypalSettings>
  get<T>(path: string, form: z.ZodMiniType<T>): Promise<T>
  /** Undefined where nothing has the id. */
  find<T>(path: string, form: z.ZodMiniType<T>): Promise<T | undefined>
  /** `body` is JSON as text. With a key the same call can be sent again. */
  post<T>(path: string, body: string, form: z.ZodMiniType<T>, key?: string): Promise<T>
}

export interface PaypalApiOptions {
  readonly secrets: Secrets
  readonly clock: Pick<Clock, 'now'>
  readonly fetching: Fetch
  readonly origin?: string | undefined
}

interface Wanted {
  readonly method: 'GET' | 'POST'
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** PayPal's REST API with a token of the app. https://developer.paypal.com/api/rest/ */
export function openApi({ secrets, clock, fetching, origin }: PaypalApiOptions): PaypalApi {
  const settings = () => paypalSettings(secrets)
  const originOf = (known: PaypalSettings) => origin ?? API_ORIGIN[known.environment]
  const tokens = keepTokens(clock, async (known) => {
    const { clientId, clientSecret } = known
    const authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`
    const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' }
    const body = 'grant_type=client_credentials'
    return successOf(
      await callOver(fetching, `${originOf(known)}/v1/oauth2/token`, { method: 'POST', headers, body }),
    )
  })
  const call = async (path: string, { method, body, headers }: Wanted): Promise<string> => {
    const known = await settings()
    const authorization = `Bearer ${await tokens.get(known)}`
    const all = {
      authorization,
      'content-type': 'application/json',
      prefer: 'return=representation',
      ...headers,
    }
    const answer = await callOver(fetching, `${originOf(known)}${path}`, { method, headers: all, body })
    if (answer.status === 401) tokens.forget()
    return successOf(answer)
  }
  const get: PaypalApi['get'] = async (path, form) =>
    answerIn('PayPal', await call(path, { method: 'GET' }), form)
  return {
    settings,
    get,
    find: (path, form) => get(path, form).catch(undefinedIfGone),
    post: async (path, body, form, key) => {
      const headers = key === undefined ? {} : { 'paypal-request-id': key }
      return answerIn('PayPal', (await call(path, { method: 'POST', body, headers })) || '{}', form)
    },
  }
}

/** One token for all calls until shortly before it ends. https://developer.paypal.com/api/rest/authentication/ */
function keepTokens(clock: Pick<Clock, 'now'>, ask: (known: PaypalSettings) => Promise<string>) {
  let kept: { readonly clientId: string; readonly token: string; readonly until: number } | undefined
  return {
    async get(known: PaypalSettings): Promise<string> {
      const now = clock.now().getTime()
      if (kept && kept.clientId === known.clientId && now < kept.until) return kept.token
      const { access_token: token, expires_in } = answerIn('PayPal', await ask(known), Token)
      kept = { clientId: known.clientId, token, until: now + (expires_in - 60) * 1000 }
      return token
    },
    forget: () => {
      kept = undefined
    },
  }
}

const GONE = 'RESOURCE_NOT_FOUND'

function successOf({ status, text }: Answer): string {
  if (status < 300) return text
  const failure = z.safeParse(Failure, jsonOrNull(text))
  const { name, error, message, details } = failure.success ? failure.data : {}
  const code = status === 404 ? GONE : (details?.[0]?.issue ?? name ?? error ?? 'unreadable')
  throw failureOf('PayPal', status, { code, message: details?.[0]?.description ?? message ?? code })
}

function undefinedIfGone(error: unknown): undefined {
  if (error instanceof PaymentRefused && error.code === GONE) return undefined
  throw error
}
