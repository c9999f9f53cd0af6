import type { PaymentProvider } from '../../core/ports/payments.ts'
import type { Fetch } from '../provider-api/http-call.ts'
import { unsupportedCalls } from '../provider-api/unsupported.ts'
import type { PaymentsOptions } from '../stripe/open-payments.ts'
import { openApi } from './api.ts'
import { changeCalls } from './calls.ts'
import { fetchObject } from './fetch.ts'
import { openChallenges, openWebhooks } from './webhook.ts'

export interface BraintreeOptions extends Pick<PaymentsOptions, 'secrets' | 'clock'> {
  readonly fetch?: Fetch | undefined
  /** Of another server with Braintree's API. */
  readonly origin?: string | undefined
}

/** Braintree: webhooks, its objects, refunds and cancellations. What else the port has is not built in here, and says so. */
export function openBraintree({ secrets, clock, origin, ...options }: BraintreeOptions): PaymentProvider {
  const api = openApi({ secrets, clock, fetching: options.fetch ?? fetch, origin })
  return {
    ...unsupportedCalls('Braintree'),
    ...changeCalls(api),
    name: 'braintree',
    readWebhook: openWebhooks(secrets),
    answerChallenge: openChallenges({ secrets, clock }),
    fetch: (ref) => fetchObject(ref, api),
  }
}
