import { describe, expect, it } from 'vitest'
import { type BillingDesk, NO_DOMAINS, openBillingDesk } from '../../adapters/local/testing/billing-desk.ts'
import { NO_CREDIT_NOTES } from '../billing/provider-objects.ts'
import {
  aLine,
  anInvoice,
  anItem,
  aPayment,
  aPrice,
  aRefund,
  aSubscription,
  EUR,
  later,
  USD,
} from '../billing/testing/objects.ts'
import { postDispute, postInvoice, postPayment, postPayout, postRefund, postTransfer } from './post.ts'
import { projectRevenue, projectRevenueDay, type RevenueDay, revenueBetween } from './revenue.ts'
import { showRevenue } from './show-revenue.ts'

const ledger = {
  invoice: postInvoice,
  payment: postPayment,
  refund: postRefund,
  dispute: postDispute,
  payout: postPayout,
  transfer: postTransfer,
}
const openBooks = () => openBillingDesk({ ...NO_DOMAINS, ledger })
const FIRST = '2026-01-01'

async function figures(desk: BillingDesk, day = FIRST, currency = EUR): Promise<RevenueDay | undefined> {
  await projectRevenueDay(desk.ports, day)
  return (await revenueBetween(desk.ports, { from: day, to: day, currency }))[0]
}

/** Recurring revenue of a subscription with one item at this price. */
async function mrrOf(
  price: Parameters<typeof aPrice>[0],
  subscription: Parameters<typeof aSubscription>[0] = {},
): Promise<number | undefined> {
  await using desk = await openBooks()
  await desk.apply(aPrice(price))
  await desk.apply(aSubscription(subscription))
  desk.clock.set(later(1))
  return (await figures(desk, FIRST, subscription.currency ?? EUR))?.mrrMinor
}

describe('a day', () => {
  it('has what was earned, with its tax', async () => {
    await using desk = await openBooks()
    await desk.apply(anInvoice({ lines: [aLine({ taxMinor: 190 })] }))
    expect(await figures(desk)).toMatchObject({ grossMinor: 999, taxMinor: 190 })
  })

  it('has the fees of its payments', async () => {
    await using desk = await openBooks()
    await desk.apply(aPayment())
    expect(await figures(desk)).toMatchObject({ feesMinor: 54 })
  })

  it('has no refund of the next day', async () => {
    await using desk = await openBooks()
    await desk.apply(aRefund())
    const refunds = [await figures(desk, FIRST), await figures(desk, '2026-01-02')]
    expect(refunds.map((day) => day?.refundsMinor)).toEqual([undefined, 999])
  })

  it('keeps what stood at its end when it is made again later', async () => {
    await using desk = await openBooks()
    await desk.apply(aPrice())
    await desk.apply(aSubscription())
    desk.clock.set(later(1))
    await figures(desk)
    await desk.apply(aSubscription({ items: [anItem({ quantity: 5 })] }))
    desk.clock.set(later(10))
    expect((await figures(desk))?.mrrMinor).toBe(999)
  })

  it('is made again once something of it is booked late', async () => {
    await using desk = await openBooks()
    await projectRevenue(desk.ports, desk.ctx)
    desk.clock.set(later(20))
    await desk.apply(anInvoice())
    await projectRevenue(desk.ports, desk.ctx)
    const [day] = await revenueBetween(desk.ports, { from: FIRST, to: FIRST, currency: EUR })
    expect(day?.grossMinor).toBe(999)
  })

  it('is made again for what was committed after it was made, though it was begun before', async () => {
    await using desk = await openBooks()
    await desk.apply(anInvoice())
    desk.clock.set(later(20))
    await projectRevenue(desk.ports, desk.ctx)
    desk.clock.set(new Date(later(20).getTime() - 1000))
    await desk.apply(anInvoice({ id: 'in_2' }))
    desk.clock.set(later(25))
    await projectRevenue(desk.ports, desk.ctx)
    const [day] = await revenueBetween(desk.ports, { from: FIRST, to: FIRST, currency: EUR })
    expect(day?.grossMinor).toBe(1998)
  })

  it('has the credit that was given on it, not that of the day of the payment', async () => {
    await using desk = await openBooks()
    await desk.apply(anInvoice())
    desk.clock.set(later(40))
    await desk.apply(anInvoice({ creditNotes: { ...NO_CREDIT_NOTES, toBalanceMinor: 300 } }))
    const refunds = [await figures(desk), await figures(desk, '2026-02-10')]
    expect(refunds.map((day) => day?.refundsMinor)).toEqual([0, 300])
  })

  it('counts who came and who went', async () => {
    await using desk = await openBooks()
    await desk.apply(aSubscription())
    await desk.apply(aSubscription({ id: 'sub_2', status: 'canceled', endedAt: later(0.5) }))
    await desk.apply(aSubscription({ id: 'sub_3', status: 'incomplete' }))
    desk.clock.set(later(1))
    expect(await figures(desk)).toMatchObject({
      startedSubscriptions: 2,
      endedSubscriptions: 1,
      activeSubscriptions: 1,
    })
  })
})

describe('recurring revenue', () => {
  it.each([
    ['a month', { interval: 'month' as const }, 999],
    ['a quarter', { interval: 'month' as const, intervalCount: 3 }, 333],
    ['a year, rounded', { interval: 'year' as const, unitAmountMinor: 9990 }, 833],
    ['a week', { interval: 'week' as const, unitAmountMinor: 300 }, 1300],
    ['usage', { meter: 'minutes_streamed' }, 0],
  ])('of %s', async (_, price, minor) => {
    expect(await mrrOf(price)).toBe(minor)
  })

  it('counts each piece', async () => {
    expect(await mrrOf({}, { items: [anItem({ quantity: 3 })] })).toBe(2997)
  })

  it('takes the price of the subscription’s currency', async () => {
    expect(await mrrOf({ otherCurrencies: { usd: 1099 } }, { currency: USD })).toBe(1099)
  })

  it('has no trials', async () => {
    expect(await mrrOf({}, { status: 'trialing', trialEnd: later(14) })).toBe(0)
  })
})

describe('a span of days', () => {
  const aDay = (facts: Partial<RevenueDay>): RevenueDay => ({
    ...{
      day: FIRST,
      currency: EUR,
      grossMinor: 0,
      refundsMinor: 0,
      disputesMinor: 0,
      feesMinor: 0,
      taxMinor: 0,
    },
    ...{ mrrMinor: 0, activeSubscriptions: 0, activeCustomers: 0 },
    ...{ startedSubscriptions: 0, endedSubscriptions: 0, computedAt: later(1) },
    ...facts,
  })

  it('is net of refunds, disputes and fees', () => {
    const days = [aDay({ grossMinor: 1000, refundsMinor: 100 }), aDay({ disputesMinor: 30, feesMinor: 7 })]
    expect(showRevenue(EUR, days).total.netMinor).toBe(863)
  })

  it('counts churn against those of its beginning', () => {
    // 40 were there; 5 came and 2 went on the first day, 1 on the second.
    const days = [
      aDay({ activeSubscriptions: 43, startedSubscriptions: 5, endedSubscriptions: 2 }),
      aDay({ endedSubscriptions: 1 }),
    ]
    expect(showRevenue(EUR, days).total.churnBasisPoints).toBe(750)
  })

  it('has no churn where nobody was there', () => {
    expect(showRevenue(EUR, [aDay({})]).total.churnBasisPoints).toBeNull()
  })

  it('says revenue by customer, rounded', () => {
    expect(showRevenue(EUR, [aDay({ mrrMinor: 1000, activeCustomers: 3 })]).days[0]?.arpuMinor).toBe(333)
  })
})
