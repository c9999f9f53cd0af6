import type { PaymentProvider } from '../../core/ports/payments.ts'
import type { Fetch } from '../provider-api/http-call.ts'
import { unsupportedCalls } from '../provider-api/unsupported.ts'
import type { PaymentsOptions } from '../stripe/open-payments.ts'
import { openApi } from './api.ts'
import { changeCalls } from './calls.ts'
import { fetchObject } from './fetch.ts'
import { listObjects } from './lists.ts'
import { openWebhooks } from './webhook.ts'

export interface RazorpayOptions extends Pick<PaymentsOptions, 'secrets'> {
  readonly fetch?: Fetch | undefined
  /** Of another server with Razorpay's API. */
  readonly origin?: string | undefined
}

/** Razorpay: webhooks, its objects, refunds and cancellations. What else the port has is not built in here, and says so. */
export function openRazorpay({ secrets, ...options }: RazorpayOptions): PaymentProvider {
  const api = openApi(secrets, options.fetch ?? fetch, options.origin ?? 'https://api.razorpay.com')
  return {
    ...unsupportedCalls('Razorpay'),
    ...changeCalls(api),
    name: 'razorpay',
    readWebhook: openWebhooks(secrets),
    fetch: (ref) => fetchObject(ref, api),
    list: (kind, query) => listObjects(kind, query?.since, api),
  }
}
