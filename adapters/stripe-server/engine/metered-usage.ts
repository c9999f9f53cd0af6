import type { Store, StripeObject } from '../store.ts'
import { greater, sum } from './amounts.ts'
import type { Period, Price } from './objects.ts'

interface Meter extends StripeObject {
  event_name: string
  customer_mapping: { event_payload_key: string }
  default_aggregation: { formula: string }
  value_settings: { event_payload_key: string }
}
interface MeterEvent extends StripeObject {
  event_name: string
  payload: Readonly<Record<string, string>>
  timestamp: number
}

/**
 * What the price's meter has counted of a customer, as decimal text: events from the start of the period up to its end,
 * which belongs to the next. https://docs.stripe.com/billing/subscriptions/usage-based/meters/configure
 */
export function usageOf(store: Store, price: Price, customer: string, period: Period): string {
  const meter = price.recurring?.meter ? (store.get(price.recurring.meter) as Meter | undefined) : undefined
  if (!meter) return '0'
  const key = meter.customer_mapping.event_payload_key
  const events = (store.all('billing.meter_event') as readonly MeterEvent[]).filter(
    (event) =>
      event.event_name === meter.event_name &&
      event.payload[key] === customer &&
      event.timestamp >= period.start &&
      event.timestamp < period.end,
  )
  return aggregated(meter, events)
}

function aggregated(meter: Meter, events: readonly MeterEvent[]): string {
  if (meter.default_aggregation.formula === 'count') return String(events.length)
  const values = events
    .toSorted((one, other) => one.timestamp - other.timestamp)
    .map((event) => event.payload[meter.value_settings.event_payload_key] ?? '0')
  if (meter.default_aggregation.formula === 'last') return values.at(-1) ?? '0'
  if (meter.default_aggregation.formula === 'max') return values.reduce(greater, '0')
  return sum(values)
}
