import type { PaymentProvider } from '../../core/ports/payments.ts'
import type { Fetch } from '../provider-api/http-call.ts'
import { unsupportedCalls } from '../provider-api/unsupported.ts'
import type { PaymentsOptions } from '../stripe/open-payments.ts'
import { openApi } from './api.ts'
import { changeCalls } from './calls.ts'
import { fetchObject } from './fetch.ts'
import { openSigners } from './signer.ts'
import { openWebhooks } from './webhook.ts'

export interface PaypalOptions extends Pick<PaymentsOptions, 'secrets' | 'clock'> {
  readonly fetch?: Fetch | undefined
  /** Of another server with PayPal's API. */
  readonly origin?: string | undefined
  /** Certificates that PayPal's may lead to, as PEM; those of Node without them. */
  readonly roots?: readonly string[] | undefined
}

/** PayPal: webhooks, its objects, refunds and cancellations. What else the port has is not built in here, and says so. */
export function openPaypal({ secrets, clock, origin, roots, ...options }: PaypalOptions): PaymentProvider {
  const fetching = options.fetch ?? fetch
  const api = openApi({ secrets, clock, fetching, origin })
  return {
    ...unsupportedCalls('PayPal'),
    ...changeCalls(api),
    name: 'paypal',
    readWebhook: openWebhooks({ api, signerAt: openSigners({ fetching, roots }) }),
    fetch: (ref) => fetchObject(ref, api),
  }
}
