import type Stripe from 'stripe'
import { type PaymentProvider, PaymentRefused } from '../../core/ports/payments.ts'
import type { ApiClient } from './api-client.ts'
import { secondsOf } from './read-fields.ts'

type Usage = Pick<PaymentProvider, 'sendUsage' | 'saveMeter' | 'usageTotal'>

/** The keys under which a meter finds customer and value in an event's payload: those that Stripe takes by itself. */
const CUSTOMER_KEY = 'stripe_customer_id'
const VALUE_KEY = 'value'

/** https://docs.stripe.com/billing/subscriptions/usage-based/recording-usage-api */
export const usageCalls = (client: ApiClient): Usage => ({
  async sendUsage({ meter, customerId, value, at, identifier }) {
    const asked = {
      event_name: meter,
      payload: { [CUSTOMER_KEY]: customerId, [VALUE_KEY]: value },
      timestamp: secondsOf(at),
      identifier,
    }
    try {
      await client.call((stripe) => stripe.billing.meterEvents.create(asked))
    } catch (error) {
      if (!isCounted(error)) throw error
    }
  },
  // https://docs.stripe.com/api/billing/meter-event-summary/list: without a grouping the whole time is one summary.
  async usageTotal({ meter: name, customerId: customer, from, to }) {
    const meter = await activeMeter(name, client)
    if (!meter) throw new PaymentRefused('meter_missing', `there is no meter ${name}`)
    const range = { customer, start_time: secondsOf(from), end_time: secondsOf(to) }
    const summaries = await Array.fromAsync(
      client.each((stripe) => stripe.billing.meters.listEventSummaries(meter.id, range)),
    )
    return wholeText(summaries.map((summary) => summary.aggregated_value))
  },
  async saveMeter({ name, displayName }) {
    if (await activeMeter(name, client)) return
    await client.call((stripe) =>
      stripe.billing.meters.create({
        event_name: name,
        display_name: displayName,
        default_aggregation: { formula: 'sum' },
        customer_mapping: { type: 'by_id', event_payload_key: CUSTOMER_KEY },
        value_settings: { event_payload_key: VALUE_KEY },
      }),
    )
  },
})

async function activeMeter(name: string, client: ApiClient): Promise<Stripe.Billing.Meter | undefined> {
  for await (const meter of client.each((stripe) => stripe.billing.meters.list({ limit: 100 })))
    if (meter.event_name === name && meter.status === 'active') return meter
  return undefined
}

/** Stripe's sums are JSON numbers: what is no whole one is not known exactly, and nothing may be decided by it. */
function wholeText(sums: readonly number[]): string {
  if (!sums.every(Number.isSafeInteger))
    throw new PaymentRefused('meter_inexact', 'the meter has no whole sum')
  return String(sums.reduce((all, sum) => all + BigInt(sum), 0n))
}

/** An identifier that was sent before is refused: what was meant is done. */
const isCounted = (error: unknown): boolean =>
  error instanceof PaymentRefused &&
  (error.code === 'duplicate_meter_event' ||
    /already exists.*identifier|identifier.*already/i.test(error.message))
