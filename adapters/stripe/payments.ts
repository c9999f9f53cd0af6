import type { Clock } from '../../core/ports/clock.ts'
import type { PaymentProvider } from '../../core/ports/payments.ts'
import { NotSupported } from '../../core/run/not-supported.ts'
import { type ApiOptions, openApiClient } from './api-client.ts'
import { readBusEvents } from './bus-event.ts'
import { chargeCalls } from './charges.ts'
import { checkoutCalls } from './checkout.ts'
import { customerCalls } from './customers.ts'
import { endpointCalls } from './endpoint.ts'
import { fetchObject } from './fetch.ts'
import { listEvents } from './list-events.ts'
import { listObjects } from './lists.ts'
import { openMeterNames } from './meter-names.ts'
import { payeeCalls } from './payees.ts'
import { planCalls } from './plans.ts'
import { previewCalls } from './previews.ts'
import { subscriptionCalls } from './subscriptions.ts'
import { usageCalls } from './usage.ts'
import { openWebhooks } from './webhook.ts'

export interface StripeOptions extends ApiOptions {
  readonly clock: Pick<Clock, 'now'>
}

/** Stripe, through its SDK. Secrets are read and the SDK is loaded at the first call that needs them. */
export function openStripe(options: StripeOptions): PaymentProvider {
  const client = openApiClient(options)
  const names = openMeterNames(client)
  return {
    name: 'stripe',
    readWebhook: openWebhooks(options.secrets),
    answerChallenge: async () => {
      throw new NotSupported('Stripe asks nothing of an address before it sends there')
    },
    readBusEvent: async (payload) => readBusEvents(payload),
    fetch: (ref) => fetchObject(ref, client, names),
    events: (query) => listEvents(query, client, options.clock.now()),
    list: (kind, query) => listObjects(kind, query?.since, { client, names }),
    ...customerCalls(client),
    ...checkoutCalls(client),
    ...previewCalls(client, names),
    ...subscriptionCalls(client),
    ...chargeCalls(client),
    ...usageCalls(client),
    ...payeeCalls(client),
    ...planCalls(client),
    ...endpointCalls(client),
  }
}
