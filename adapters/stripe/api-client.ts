import type Stripe from 'stripe'
import type { Secrets } from '../../core/ports/secrets.ts'
import { asPaymentError, isGone } from './errors.ts'

/**
 * Objects are read in this version whatever the account's default is, and endpoints are created with it: an endpoint
 * without a version gets the default, and fields that have moved come as nothing.
 */
export const API_VERSION = '2026-10-28.endive'

/** A hung connection must not outlive the lease of the object that it is fetched for. */
const TIMEOUT_MS = 20_000

export interface ApiOptions {
  readonly secrets: Secrets
  /** Origin of another server with Stripe's API, such as the local one. */
  readonly api?: string | undefined
  readonly maxNetworkRetries?: number
  /** Another way there than node's own HTTP. */
  readonly httpClient?: Stripe.HttpClient
}

interface Deleted {
  readonly deleted: true
}

export interface ApiClient {
  /** Vendor's errors come as `PaymentRefused` and `PaymentUnavailable`. */
  call<T>(ask: (stripe: Stripe) => Promise<T>): Promise<T>
  /** Undefined for what is deleted or never was. */
  find<T extends object>(ask: (stripe: Stripe) => Promise<T>): Promise<Exclude<T, Deleted> | undefined>
  each<T>(list: (stripe: Stripe) => AsyncIterable<T>): AsyncGenerator<T>
  livemode(): Promise<boolean>
}

/** Stripe's SDK, loaded and given its key at the first call, and again once the key was changed. */
export function openApiClient(options: ApiOptions): ApiClient {
  let known: { key: string; stripe: Stripe } | undefined
  const client = async () => {
    const key = await keyOf(options)
    if (known?.key !== key) known = { key, stripe: await newStripe(key, options) }
    return known.stripe
  }
  const call = async <T>(ask: (stripe: Stripe) => Promise<T>): Promise<T> => {
    const stripe = await client()
    try {
      return await ask(stripe)
    } catch (error) {
      throw asPaymentError(error)
    }
  }
  return {
    call,
    find: (ask) => call(ask).then(unlessDeleted, whenGone),
    async *each(list) {
      const stripe = await client()
      try {
        yield* list(stripe)
      } catch (error) {
        throw asPaymentError(error)
      }
    },
    livemode: async () => /^(sk|rk)_live_/.test(await keyOf(options)),
  }
}

/** A line end that came along when the secret was put would make a header that nobody sends. */
const keyOf = async ({ secrets }: ApiOptions) => (await secrets.get('stripe-key')).trim()

const isDeleted = (object: object): object is Deleted => 'deleted' in object && object.deleted === true
const unlessDeleted = <T extends object>(object: T): Exclude<T, Deleted> | undefined =>
  isDeleted(object) ? undefined : (object as Exclude<T, Deleted>)

function whenGone(error: unknown): undefined {
  if (!isGone(error)) throw error
}

async function newStripe(
  key: string,
  { api, maxNetworkRetries = 2, httpClient }: ApiOptions,
): Promise<Stripe> {
  const { default: SDK } = await import('stripe')
  return new SDK(key, {
    apiVersion: API_VERSION,
    maxNetworkRetries,
    timeout: TIMEOUT_MS,
    telemetry: false,
    ...(api ? addressOf(new URL(api)) : {}),
    ...(httpClient ? { httpClient } : {}),
  })
}

const addressOf = ({ protocol, hostname, port }: URL) => ({
  protocol: protocol === 'http:' ? ('http' as const) : ('https' as const),
  host: hostname,
  port: port || (protocol === 'http:' ? '80' : '443'),
})
