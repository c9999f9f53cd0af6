import { sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { PlanList, SubscriptionList } from '../../core/billing/wire.ts'
import type { PaymentPage, Refund } from '../../core/billing/wire-payments.ts'
import { rowsOf } from '../../core/database/rows.ts'
import { compareBalances, compareWithMirror } from '../../core/ledger/balances.ts'
import {
  openSharedDesk,
  own,
  PLAN,
  type SharedDesk,
  type State,
  type VendorDesk,
  type VendorDeskOptions,
} from './testing/vendor.ts'
import { braintreeVendor } from './testing/vendor-braintree.ts'
import { type PaypalVendor, paypalVendor } from './testing/vendor-paypal.ts'
import { razorpayVendor } from './testing/vendor-razorpay.ts'

const VENDORS = [
  // A payment that is late is still being collected; Braintree has no other state before the end.
  { name: 'paypal', open: paypalVendor, whileHeld: [] },
  { name: 'braintree', open: braintreeVendor, whileHeld: ['premium-titles'] },
  { name: 'razorpay', open: razorpayVendor, whileHeld: [] },
] as const

const featuresOf = async ({ owner }: VendorDesk) =>
  (await owner.get<{ features: string[] }>('/v1/billing/entitlements')).features
const paymentsOf = async ({ owner }: VendorDesk) =>
  (await owner.get<PaymentPage>('/v1/billing/payments')).items
const subscriptionsOf = async ({ owner }: VendorDesk) =>
  (await owner.get<SubscriptionList>('/v1/subscriptions')).items.map(({ id, status }) => `${id} ${status}`)
const rows = ({ column: { ports } }: VendorDesk, query: ReturnType<typeof sql>) =>
  rowsOf<{ line: string }>(ports.db, query).then((found) => found.map(({ line }) => line))
const statesOf = (desk: VendorDesk) =>
  rows(desk, sql`select distinct state as line from webhook_inbox order by 1`)
const disputesOf = (desk: VendorDesk) =>
  rows(desk, sql`select concat_ws(' ', id, payment_id, status, amount_minor, currency) as line from disputes`)
const eventsOf = ({ column }: VendorDesk, type: string) =>
  column.events.filter((event) => event.type === type).length

/** Bookings that are not zero, and all in which what is kept differs from the entries or the mirror. */
async function crooked(desk: VendorDesk): Promise<readonly unknown[]> {
  const { ports } = desk.column
  const open = sql`select t.source as line from ledger_transactions t join ledger_entries e on e.transaction_id = t.id
    group by t.id, t.source, e.currency having sum(e.amount_minor) <> 0`
  return [...(await rows(desk, open)), ...(await compareBalances(ports)), ...(await compareWithMirror(ports))]
}
/** What is on an account that is not zero, of all parties. */
const bookedOf = (desk: VendorDesk) =>
  rowsOf<{ account: string; minor: number }>(
    desk.column.ports.db,
    sql`select account, sum(amount_minor)::int as minor from ledger_entries group by 1 having sum(amount_minor) <> 0`,
  ).then((found) => Object.fromEntries(found.map(({ account, minor }) => [account, minor])))

/** By somebody in the provider's own console; answers the refund's id. */
async function refundThere({ vendor }: VendorDesk, amountMinor: number): Promise<string> {
  const asked = {
    paymentId: vendor.ids.payment,
    amountMinor,
    reason: 'duplicate',
    idempotencyKey: 'console',
  } as const
  return (await vendor.provider.refund(asked)).id
}

describe.each(VENDORS)('$name, through the inbox', ({ name, open, whileHeld }) => {
  let shared: SharedDesk
  beforeAll(async () => {
    shared = await openSharedDesk(name, open)
  })
  afterAll(() => shared[Symbol.asyncDispose]())
  const openDesk = (options: VendorDeskOptions = {}) => shared.fresh(options)
  const subscribed = async (options: VendorDeskOptions = {}) => {
    const desk = await openDesk(options)
    await desk.take(desk.vendor.tells.subscription('active'))
    return desk
  }
  const refund = (desk: VendorDesk, amountMinor: number, key = 'a-key') =>
    desk.staff.keyed<Refund & { code: string }>(
      key,
      'POST',
      `/v1/billing/payments/${desk.vendor.ids.payment}/refunds`,
      { amountMinor, reason: 'requested_by_customer' },
    )
  const refundsAsked = ({ vendor }: VendorDesk) =>
    vendor.asked().filter((line) => line.startsWith('POST') && line.endsWith('/refund')).length

  it('keeps a signed webhook, and asks nothing of the provider before it has answered', async () => {
    await using desk = await openDesk()
    const status = await desk.post(desk.vendor.tells.payment())
    expect([status, await statesOf(desk), desk.vendor.asked()]).toEqual([200, ['received'], []])
  })
  it('keeps nothing that a stranger has signed', async () => {
    await using desk = await openDesk()
    expect([await desk.post(desk.vendor.forged), await desk.inbox()]).toEqual([400, []])
  })
  it('mirrors a subscription', async () => {
    await using desk = await subscribed()
    expect([await subscriptionsOf(desk), await statesOf(desk)]).toEqual([
      [`${desk.vendor.ids.subscription} active`],
      ['done'],
    ])
  })
  it('tells once of a subscription that has begun', async () => {
    await using desk = await subscribed()
    await desk.take(desk.vendor.tells.subscription('active'), desk.vendor.tells.subscription('active'))
    expect(eventsOf(desk, 'billing.subscription.started')).toBe(1)
  })
  it('opens what the secret says of the plan', async () => {
    await using desk = await subscribed({
      plans: { [PLAN]: { planKey: 'family', features: ['uhd', 'downloads'] } },
    })
    expect(await featuresOf(desk)).toEqual(['downloads', 'uhd'])
  })
  it('opens nothing by a plan that the secret does not know', async () => {
    await using desk = await subscribed({
      plans: { other: { planKey: 'premium', features: ['premium-titles'] } },
    })
    expect(await featuresOf(desk)).toEqual([])
  })
  it('offers its plan to nobody here: it is not sold by us', async () => {
    await using desk = await subscribed()
    expect((await desk.nobody.get<PlanList>('/v1/plans')).items).toEqual([])
  })
  it.each<[State, readonly string[]]>([
    ['active', ['premium-titles']],
    ['late', ['premium-titles']],
    ['held', whileHeld],
    ['ended', []],
  ])('of a subscription that is %s opens %j', async (state, features) => {
    await using desk = await subscribed()
    await desk.take(desk.vendor.tells.subscription(state))
    expect(await featuresOf(desk)).toEqual(features)
  })
  it('opens again what was held', async () => {
    await using desk = await subscribed()
    await desk.take(desk.vendor.tells.subscription('held'))
    await desk.take(desk.vendor.tells.subscription('active'))
    expect(await featuresOf(desk)).toEqual(['premium-titles'])
  })
  it('goes by what the provider has, not by the order of its events', async () => {
    await using desk = await openDesk()
    const { tells } = desk.vendor
    const [begun, ended] = [tells.subscription('active'), tells.subscription('ended')]
    await desk.take(ended, begun)
    expect([await subscriptionsOf(desk), await featuresOf(desk)]).toEqual([
      [`${desk.vendor.ids.subscription} canceled`],
      [],
    ])
  })
  it('ends a subscription that is gone', async () => {
    await using desk = await subscribed()
    await desk.take(desk.vendor.forget())
    expect([await subscriptionsOf(desk), await featuresOf(desk), await statesOf(desk)]).toEqual([
      [`${desk.vendor.ids.subscription} canceled`],
      [],
      ['done'],
    ])
  })
  it('learns within a day of an end that no event told', async () => {
    await using desk = await subscribed()
    const _lost = desk.vendor.tells.subscription('ended')
    await desk.recheck()
    expect(await featuresOf(desk)).toEqual([])
  })
  it('writes nothing for an object that never was', async () => {
    await using desk = await openDesk()
    await desk.take(desk.vendor.tells.refund('none'))
    expect(await desk.inbox()).toContain('refund none done')
    expect((await paymentsOf(desk)).flatMap(({ refunds }) => refunds)).toEqual([])
  })
  it('mirrors a payment as its customer’s', async () => {
    await using desk = await openDesk()
    await desk.take(desk.vendor.tells.payment())
    expect(await paymentsOf(desk)).toMatchObject([
      { id: desk.vendor.ids.payment, status: 'succeeded', currency: 'eur', capturedMinor: 1000 },
    ])
  })
  it('books a payment less what the provider keeps', async () => {
    await using desk = await openDesk()
    await desk.take(desk.vendor.tells.payment())
    const { feeMinor } = desk.vendor
    expect(await bookedOf(desk)).toMatchObject({ 'provider-balance': 1000 - feeMinor })
    expect(await crooked(desk)).toEqual([])
  })
  it('mirrors a refund that was made elsewhere', async () => {
    await using desk = await openDesk()
    await desk.take(desk.vendor.tells.payment())
    const id = await refundThere(desk, 400)
    await desk.take(desk.vendor.tells.refund(id))
    expect((await paymentsOf(desk))[0]?.refunds).toMatchObject([
      { id, amountMinor: 400, status: 'succeeded' },
    ])
  })
  it('knows of a payment what was paid back of all of it', async () => {
    await using desk = await openDesk()
    await desk.take(desk.vendor.tells.payment())
    await desk.take(desk.vendor.tells.refund(await refundThere(desk, 1000)))
    expect(await paymentsOf(desk)).toMatchObject([{ refundedMinor: 1000 }])
  })
  it.each(['opened', 'lost'] as const)('mirrors a dispute that is %s', async (state) => {
    await using desk = await openDesk()
    const { tells, ids } = desk.vendor
    await desk.take(tells.payment(), tells.dispute(state))
    const status = state === 'lost' ? 'lost' : 'needs_response'
    expect(await disputesOf(desk)).toEqual([`${ids.dispute} ${ids.payment} ${status} 1000 eur`])
  })
  it('books a payment that was paid back in part, then disputed and lost', async () => {
    await using desk = await openDesk()
    const { tells, feeMinor } = desk.vendor
    await desk.take(tells.subscription('active'), tells.payment())
    await desk.take(tells.refund(await refundThere(desk, 400)))
    await desk.take(tells.dispute('opened'))
    await desk.take(tells.dispute('lost'))
    expect(await bookedOf(desk)).toMatchObject({
      'provider-balance': -feeMinor - 400,
      ...{ refunds: 400, disputes: 1000 },
    })
    expect(await crooked(desk)).toEqual([])
  })
  it('leads to the same rows in whatever order it is told', async () => {
    const written: string[] = []
    for (const turned of [false, true]) {
      await using desk = await openDesk()
      const { tells } = desk.vendor
      const refunded = tells.refund(await refundThere(desk, 400))
      const told = [tells.subscription('active'), tells.payment(), refunded, tells.dispute('lost')]
      for (const delivery of turned ? told.toReversed() : told) await desk.take(delivery)
      written.push((await mirrored(desk)).join('\n'))
    }
    expect(written[1]).toBe(written[0])
  })
  it('changes nothing by a webhook that comes again', async () => {
    await using desk = await openDesk()
    const { tells } = desk.vendor
    const told = [tells.subscription('active'), tells.payment(), tells.dispute('opened')]
    await desk.take(...told)
    const before = [await desk.written(), await desk.inbox(), desk.vendor.asked().length]
    await desk.take(...told)
    expect([await desk.written(), await desk.inbox(), desk.vendor.asked().length]).toEqual(before)
  })
  it('changes nothing by another event of what has not changed', async () => {
    await using desk = await openDesk()
    const { tells } = desk.vendor
    const tell = () => desk.take(tells.subscription('active'), tells.payment(), tells.dispute('opened'))
    await tell()
    const before = await desk.written()
    await tell()
    expect(await desk.written()).toBe(before)
  })
  it('puts an event of the sandbox aside where real money is taken', async () => {
    await using desk = await openDesk()
    const status = await desk.post(desk.vendor.tells.subscription('active'), { billingLivemode: true })
    await desk.work()
    expect([status, await statesOf(desk), desk.vendor.asked()]).toEqual([200, ['quarantined'], []])
  })
  it('keeps what belongs to nobody, and entitles nobody', async () => {
    await using desk = await subscribed({ known: false })
    expect([await statesOf(desk), await featuresOf(desk), await statusesOf(desk)]).toEqual([
      ['done'],
      [],
      ['active'],
    ])
  })
  it('entitles whoever turns out to be its customer', async () => {
    await using desk = await subscribed({ known: false })
    await own(desk, { name, ...desk })
    expect(await featuresOf(desk)).toEqual(['premium-titles'])
  })
  it('pays back once what staff asks for, however often', async () => {
    await using desk = await openDesk()
    await desk.take(desk.vendor.tells.payment())
    const [first, again] = [await refund(desk, 400), await refund(desk, 400)]
    expect([first.status, again.body, refundsAsked(desk)]).toEqual([201, first.body, 1])
  })
  it('mirrors a refund of ours as one row, also when its webhook comes', async () => {
    await using desk = await openDesk()
    await desk.take(desk.vendor.tells.payment())
    const { body } = await refund(desk, 400)
    await desk.take(desk.vendor.tells.refund(body.id))
    expect((await paymentsOf(desk))[0]?.refunds).toMatchObject([
      { id: body.id, amountMinor: 400, status: 'succeeded' },
    ])
    expect([await statesOf(desk), await crooked(desk)]).toEqual([['done'], []])
  })
  it('never pays back more than was paid', async () => {
    await using desk = await openDesk()
    await desk.take(desk.vendor.tells.payment())
    await refund(desk, 700, 'first-key')
    const { status, body } = await refund(desk, 301, 'second-key')
    expect([status, body.code, refundsAsked(desk)]).toEqual([409, 'refund-too-large', 1])
  })
  it('gives back what it reserved for a refund that the provider refuses', async () => {
    await using desk = await openDesk()
    await desk.take(desk.vendor.tells.payment())
    // Its webhook is still on its way.
    await refundThere(desk, 700)
    const { status, body } = await refund(desk, 400)
    expect([status, body.code, (await paymentsOf(desk))[0]?.refunds]).toEqual([422, 'provider-refused', []])
  })
  it('ends a subscription at once where its customer asks for it', async () => {
    await using desk = await subscribed()
    const path = `/v1/subscriptions/${desk.vendor.ids.subscription}/cancel`
    const { status, body } = await desk.owner.call('POST', path, { when: 'now' })
    expect([status, body, await featuresOf(desk)]).toMatchObject([200, { status: 'canceled' }, []])
  })
})

describe('a single payment at PayPal', () => {
  let shared: SharedDesk<PaypalVendor>
  let desk: VendorDesk<PaypalVendor>
  beforeAll(async () => {
    shared = await openSharedDesk('paypal', paypalVendor)
  })
  afterAll(() => shared[Symbol.asyncDispose]())
  beforeEach(async () => {
    desk = await shared.fresh()
    await desk.take(desk.vendor.captured())
  })
  afterEach(() => desk[Symbol.asyncDispose]())

  it('is its payer’s, whom its order tells alone', async () => {
    expect(await paymentsOf(desk)).toMatchObject([{ id: desk.vendor.capture, capturedMinor: 1000 }])
  })
  it('is paid back by staff, in part, and tells how much is gone', async () => {
    const path = `/v1/billing/payments/${desk.vendor.capture}/refunds`
    await desk.staff.keyed('a-key', 'POST', path, { amountMinor: 400, reason: 'duplicate' })
    await desk.work()
    expect(await paymentsOf(desk)).toMatchObject([{ refundedMinor: 400, refunds: [{ amountMinor: 400 }] }])
    expect([await bookedOf(desk), await crooked(desk)]).toMatchObject([{ 'provider-balance': 536 }, []])
  })
})

const statusesOf = (desk: VendorDesk) => rows(desk, sql`select status as line from subscriptions`)

/** What is mirrored, and what is booked: not when, in how many steps, or with which ids of ours. */
const mirrored = async (desk: VendorDesk) => [
  ...(await rows(
    desk,
    sql`select (to_jsonb(t) - 'synced_at')::text as line from subscriptions t order by 1`,
  )),
  ...(await rows(desk, sql`select (to_jsonb(t) - 'synced_at')::text as line from invoices t order by 1`)),
  ...(await rows(desk, sql`select (to_jsonb(t) - 'synced_at')::text as line from payments t order by 1`)),
  ...(await rows(desk, sql`select (to_jsonb(t) - 'synced_at')::text as line from refunds t order by 1`)),
  ...(await rows(desk, sql`select (to_jsonb(t) - 'synced_at')::text as line from disputes t order by 1`)),
  ...(await rows(
    desk,
    sql`select concat_ws(' ', account, party, currency, sum(amount_minor)) as line from ledger_entries
      group by account, party, currency order by 1`,
  )),
]
