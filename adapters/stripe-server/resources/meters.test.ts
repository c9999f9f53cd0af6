import { describe, expect, it } from 'vitest'
import { openReceiver, openWire, type Wire } from '../testing/wire.ts'

const NOW = new Date('2026-05-01T12:30:00Z')
const HOUR = 3600

async function metered() {
  const wire = await openWire({ now: () => NOW })
  const meter = await wire.stripe.billing.meters.create({
    display_name: 'Minutes',
    event_name: 'minutes',
    default_aggregation: { formula: 'sum' },
  })
  const { id: customer } = await wire.stripe.customers.create({ name: 'A' })
  return { wire, meter, customer }
}

async function send(
  wire: Wire,
  usage: { customer: string; value: string; identifier?: string; ago?: number },
) {
  const timestamp = NOW.getTime() / 1000 - (usage.ago ?? 0)
  const payload = { stripe_customer_id: usage.customer, value: usage.value }
  const identifier = usage.identifier === undefined ? {} : { identifier: usage.identifier }
  return await wire.stripe.billing.meterEvents.create({
    event_name: 'minutes',
    payload,
    timestamp,
    ...identifier,
  })
}

async function hoursOf(wire: Wire, meter: string, customer: string) {
  const end = Date.parse('2026-05-01T13:00:00Z') / 1000
  const times = { start_time: end - 24 * HOUR, end_time: end }
  const { data } = await wire.stripe.billing.meters.listEventSummaries(meter, {
    customer,
    ...times,
    value_grouping_window: 'hour',
  })
  return data.map((each) => [(end - each.start_time) / HOUR, Number(each.aggregated_value)])
}

describe('meters of the local Stripe server', () => {
  it('add up what is sent by the hour', async () => {
    const { wire, meter, customer } = await metered()
    await using _ = wire
    await send(wire, { customer, value: '2' })
    await send(wire, { customer, value: '3.5' })
    await send(wire, { customer, value: '7', ago: 2 * HOUR })
    expect(await hoursOf(wire, meter.id, customer)).toEqual([
      [1, 5.5],
      [3, 7],
    ])
  })
  it('count an identifier once', async () => {
    const { wire, meter, customer } = await metered()
    await using _ = wire
    await send(wire, { customer, value: '2', identifier: 'one' })
    const again = await send(wire, { customer, value: '2', identifier: 'one' }).catch((error) => error.param)
    expect([again, await hoursOf(wire, meter.id, customer)]).toEqual(['identifier', [[1, 2]]])
  })
  it('refuse usage of more than 35 days ago', async () => {
    const { wire, customer } = await metered()
    await using _ = wire
    const old = send(wire, { customer, value: '1', ago: 36 * 24 * HOUR })
    expect(await old.catch((error) => error.code)).toBe('timestamp_too_far_in_past')
  })
  it('tell of an unknown customer by a thin event alone', async () => {
    const { wire, meter } = await metered()
    await using _ = wire
    await using to = await openReceiver()
    const { secret } = wire.server.addEndpoint({ url: to.url, form: 'thin' })
    await send(wire, { customer: 'cus_none', value: '1', identifier: 'lost' })
    await wire.server.settle()
    const [hook] = to.hooks
    const at = [hook?.body ?? '', String(hook?.headers['stripe-signature']), secret] as const
    const thin = wire.stripe.parseEventNotification(...at, 300, undefined, NOW.getTime())
    if (thin.type !== 'v1.billing.meter.error_report_triggered') throw new Error(thin.type)
    const { data } = await thin.fetchEvent()
    expect([
      thin.related_object.id,
      data.reason.error_types[0]?.code,
      data.reason.error_types[0]?.sample_errors,
    ]).toEqual([
      meter.id,
      'meter_event_customer_not_found',
      [{ error_message: 'Customer cus_none not found.', request: { identifier: 'lost' } }],
    ])
  })
})
