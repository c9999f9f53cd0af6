import { describe, expect, it } from 'vitest'
import type { Invoice } from './objects.ts'
import { startSubscription } from './subscribe.ts'
import { DAYS, openAccount, START } from './testing/account.ts'

function running() {
  const account = openAccount()
  account.price('price_small', 1000)
  account.price('price_big', 3000)
  account.price('price_year', 20_000, {
    recurring: { interval: 'year', interval_count: 1, meter: null, usage_type: 'licensed' },
  })
  const customer = account.customer()
  const { id, items } = startSubscription(account.store, { customer, items: [{ price: 'price_small' }] })
  return { account, customer, id, item: items.data[0]?.id ?? '' }
}
type Running = ReturnType<typeof running>
const changed = ({ account, id, item }: Running, price: string, more: Record<string, string> = {}) =>
  account.call('POST', `/v1/subscriptions/${id}`, { items: [{ id: item, price }], ...more })
const linesOf = (invoice: Invoice) => invoice.lines.data.map(({ amount }) => amount)
const latest = ({ account, id }: Running) =>
  account.get('invoice', account.get('subscription', id).latest_invoice)

describe('a change of price', () => {
  it('credits and charges the rest of the period by seconds', () => {
    const run = running()
    run.account.pass(15.5)
    changed(run, 'price_big', { proration_behavior: 'always_invoice' })
    expect(linesOf(latest(run))).toEqual([-500, 1500])
    expect(latest(run).amount_paid).toBe(1000)
  })

  it('waits for the next invoice where it is not billed at once', () => {
    const run = running()
    run.account.pass(15.5)
    changed(run, 'price_big')
    expect(latest(run).amount_paid).toBe(1000)
    run.account.pass(15.5)
    expect(linesOf(latest(run))).toEqual([-500, 1500, 3000])
  })

  it('costs nothing without proration', () => {
    const run = running()
    run.account.pass(15.5)
    changed(run, 'price_big', { proration_behavior: 'none' })
    run.account.pass(15.5)
    expect(linesOf(latest(run))).toEqual([3000])
  })

  it('to a smaller one leaves credit, which the next invoice uses', () => {
    const run = running()
    changed(run, 'price_big', { proration_behavior: 'always_invoice' })
    run.account.pass(15.5)
    changed(run, 'price_small', { proration_behavior: 'always_invoice' })
    expect(run.account.get('customer', run.customer).balance).toBe(-1000)
    run.account.pass(15.5)
    expect([latest(run).total, latest(run).amount_due, latest(run).status]).toEqual([1000, 0, 'paid'])
    expect(run.account.get('customer', run.customer).balance).toBe(0)
  })

  it('to another interval begins a new period with an invoice', () => {
    const run = running()
    run.account.pass(15.5)
    changed(run, 'price_year')
    const [item] = run.account.get('subscription', run.id).items.data
    expect(item?.current_period_end).toBe(Date.UTC(2027, 0, 31) / 1000)
    expect(linesOf(latest(run))).toEqual([-500, 20_000])
  })

  it('of quantity is prorated', () => {
    const run = running()
    run.account.pass(15.5)
    run.account.call('POST', `/v1/subscriptions/${run.id}`, {
      items: [{ id: run.item, quantity: '3' }],
      proration_behavior: 'always_invoice',
    })
    expect(latest(run).total).toBe(1000)
  })

  it('is refused whole where the card would not pay and the caller wants it so', () => {
    const run = running()
    const bad = run.account.method('pm_card_chargeCustomerFail', run.customer)
    run.account.call('POST', `/v1/subscriptions/${run.id}`, { default_payment_method: bad })
    expect(() =>
      changed(run, 'price_big', {
        proration_behavior: 'always_invoice',
        payment_behavior: 'error_if_incomplete',
      }),
    ).toThrow('declined')
    expect(run.account.get('subscription', run.id).items.data[0]?.price.id).toBe('price_small')
  })

  it('is refused for a time outside of the period', () => {
    const run = running()
    expect(() => changed(run, 'price_big', { proration_date: String(START - 1) })).toThrow('proration date')
  })

  it('of a canceled subscription is refused', () => {
    const run = running()
    run.account.call('DELETE', `/v1/subscriptions/${run.id}`)
    expect(() => changed(run, 'price_big')).toThrow('canceled subscription')
  })
})

describe('a preview', () => {
  it('says what the change then costs', () => {
    const run = running()
    run.account.pass(10)
    const at = String(run.account.now())
    const preview = run.account.call('POST', '/v1/invoices/create_preview', {
      subscription: run.id,
      subscription_details: {
        items: [{ id: run.item, price: 'price_big' }],
        proration_behavior: 'always_invoice',
        proration_date: at,
      },
    }) as Invoice
    changed(run, 'price_big', { proration_behavior: 'always_invoice', proration_date: at })
    expect(preview.total).toBe(latest(run).total)
  })

  it('shows the renewal where nothing changes, and keeps nothing', () => {
    const run = running()
    const before = run.account.events().length
    const preview = run.account.call('POST', '/v1/invoices/create_preview', { subscription: run.id })
    expect([preview.total, preview.next_payment_attempt]).toEqual([1000, START + 31 * DAYS])
    expect(run.account.events()).toHaveLength(before)
  })
})

describe('a schedule', () => {
  function scheduled() {
    const run = running()
    const schedule = run.account.call('POST', '/v1/subscription_schedules', { from_subscription: run.id })
    run.account.call('POST', `/v1/subscription_schedules/${schedule.id}`, {
      phases: [
        { items: [{ price: 'price_small' }], start_date: String(START), end_date: String(START + 31 * DAYS) },
        { items: [{ price: 'price_big' }] },
      ],
    })
    return { ...run, schedule: schedule.id }
  }

  it('changes the price when its phase begins, without proration', () => {
    const run = scheduled()
    run.account.pass(31)
    expect(run.account.get('subscription', run.id).items.data[0]?.price.id).toBe('price_big')
    expect(linesOf(latest(run))).toEqual([3000])
  })

  it('keeps the item', () => {
    const run = scheduled()
    run.account.pass(31)
    expect(run.account.get('subscription', run.id).items.data[0]?.id).toBe(run.item)
  })

  it('lets go of the subscription after its last phase', () => {
    const run = scheduled()
    run.account.pass(62)
    expect(run.account.get('subscription', run.id).schedule).toBe(null)
    expect(run.account.get('subscription_schedule', run.schedule).status).toBe('completed')
  })

  it('changes nothing once it is released', () => {
    const run = scheduled()
    run.account.call('POST', `/v1/subscription_schedules/${run.schedule}/release`)
    run.account.pass(31)
    expect(run.account.get('subscription', run.id).items.data[0]?.price.id).toBe('price_small')
  })

  it('refuses a cancellation beside it', () => {
    const run = scheduled()
    expect(() =>
      run.account.call('POST', `/v1/subscriptions/${run.id}`, { cancel_at_period_end: 'true' }),
    ).toThrow('managed by the subscription schedule')
  })
})

describe('a metered price', () => {
  function metered() {
    const run = running()
    run.account.store.put({
      id: 'mtr_minutes',
      object: 'billing.meter',
      event_name: 'minutes',
      customer_mapping: { event_payload_key: 'stripe_customer_id', type: 'by_id' },
      default_aggregation: { formula: 'sum' },
      value_settings: { event_payload_key: 'value' },
    })
    run.account.price('price_minutes', 0, {
      unit_amount: null,
      unit_amount_decimal: '0.25',
      recurring: { interval: 'month', interval_count: 1, meter: 'mtr_minutes', usage_type: 'metered' },
    })
    run.account.call('POST', `/v1/subscriptions/${run.id}`, { items: [{ price: 'price_minutes' }] })
    return run
  }
  const use = (run: Running, value: string, timestamp: number) =>
    run.account.store.put({
      id: `use_${value}_${timestamp}`,
      object: 'billing.meter_event',
      event_name: 'minutes',
      payload: { stripe_customer_id: run.customer, value },
      timestamp,
    })

  it('bills what was counted in the period that is over, rounded half up', () => {
    const run = metered()
    use(run, '101', START + DAYS)
    use(run, '1', START + 2 * DAYS)
    use(run, '7000', START + 31 * DAYS)
    run.account.pass(31)
    expect(linesOf(latest(run))).toEqual([26, 1000])
  })

  it('bills the last usage when the subscription ends', () => {
    const run = metered()
    run.account.call('POST', `/v1/subscriptions/${run.id}`, { cancel_at_period_end: 'true' })
    use(run, '400', START + DAYS)
    run.account.pass(31)
    expect(linesOf(latest(run))).toEqual([100])
  })
})
