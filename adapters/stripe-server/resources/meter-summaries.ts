import { usageOf } from '../engine/metered-usage.ts'
import type { Price } from '../engine/objects.ts'
import type { Params, Store, StripeObject } from '../store.ts'
import { existing, integer, invalid, text, word } from './fields.ts'

const WINDOWS = { hour: 3600, day: 24 * 3600 }

/**
 * What the meter has counted of a customer between two times, newest window first, or in one.
 * https://docs.stripe.com/api/billing/meter-event_summary
 */
export function summaries(store: Store, meter: StripeObject, params: Params): StripeObject[] {
  const customer = existing(store, 'customer', text(params, 'customer') ?? '', 'customer').id
  const [start, end] = [integer(params, 'start_time') ?? 0, integer(params, 'end_time') ?? 0]
  if (end <= start) throw invalid('end_time', 'end_time must be after start_time.')
  const window = word(params, 'value_grouping_window', ['hour', 'day'])
  const step = window ? WINDOWS[window] : end - start
  if (start % (window ? step : 60) || end % (window ? step : 60)) throw unaligned(window)
  const parts = Array.from({ length: Math.ceil((end - start) / step) }, (_, n) => start + n * step)
  const summary = (from: number) => summarized(store, { meter, customer, start: from, end: from + step })
  // Stripe leaves windows without usage out.
  return parts
    .map(summary)
    .filter(({ aggregated_value: value }) => !window || value !== 0)
    .toReversed()
}

interface Window {
  readonly meter: StripeObject
  readonly customer: string
  readonly start: number
  readonly end: number
}

function summarized(store: Store, { meter, customer, start, end }: Window): StripeObject {
  const metered = { recurring: { meter: meter.id } } as unknown as Price
  return {
    id: `mtrusg_${meter.id.slice(4, 16)}${customer.slice(4, 12)}${start}`,
    object: 'billing.meter_event_summary',
    // The API has a number here; it is shown, and no money is reckoned with it.
    aggregated_value: Number(usageOf(store, metered, customer, { start, end })),
    end_time: end,
    livemode: false,
    meter: meter.id,
    start_time: start,
  }
}

function unaligned(window: string | undefined) {
  return invalid(
    'start_time',
    `start_time and end_time must be aligned with ${window ?? 'minute'} boundaries.`,
  )
}
