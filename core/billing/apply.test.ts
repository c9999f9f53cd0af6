import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type BillingDesk, NO_DOMAINS, openBillingDesk } from '../../adapters/local/testing/billing-desk.ts'
import {
  billingCustomers,
  billingOperations,
  invoiceLines,
  invoices,
  paymentAttempts,
  paymentMethods,
  payments,
  plans,
  refunds,
  subscriptions,
} from '../database/schema.ts'
import { type BillingOperationId, idFromUuid } from '../run/id.ts'
import { planList } from './plan-list.ts'
import type { Gone, ProviderObject } from './provider-objects.ts'
import {
  aCheckout,
  aCustomer,
  aCustomerRow,
  aLine,
  anAttempt,
  anInvoice,
  anItem,
  aPayment,
  aPaymentMethod,
  aPrice,
  aProduct,
  aRefund,
  aSubscription,
  BILLED_AT,
  customerId,
  EUR,
  gone,
  later,
} from './testing/objects.ts'

let desk: BillingDesk
beforeAll(async () => {
  desk = await openBillingDesk()
})
afterAll(() => desk[Symbol.asyncDispose]())
beforeEach(() => desk.clear())

const only = async <T>(rows: PromiseLike<readonly T[]>): Promise<T | undefined> => {
  const found = await rows
  expect(found.length).toBeLessThanOrEqual(1)
  return found[0]
}
const theSubscription = () => only(desk.ports.db.select().from(subscriptions))
const theInvoice = () => only(desk.ports.db.select().from(invoices))
const aPayer = async (providerId: string | null = 'cus_1') =>
  aCustomerRow(desk.ports.db, { id: customerId(1), userId: await desk.aUser(), providerId })

describe('plans', () => {
  const listed = () => planList(desk.ports.db, { provider: 'stripe' })

  it('are listed with features and prices, whichever of them came first', async () => {
    await desk.apply(aPrice())
    await desk.apply(aProduct({ features: ['uhd', 'premium-titles'] }))
    expect(
      (await listed()).map((plan) => [plan.planKey, plan.features, plan.prices.map((p) => p.priceKey)]),
    ).toEqual([['premium', ['premium-titles', 'uhd'], ['premium-month']]])
  })
  it('lose a feature that the provider does not name any more', async () => {
    await desk.apply(aProduct({ features: ['uhd', 'premium-titles'] }))
    await desk.apply(aProduct({ features: ['uhd'] }))
    expect((await listed())[0]?.features).toEqual(['uhd'])
  })
  it('are listed by rank', async () => {
    for (const rank of [2, 1, 3]) await desk.apply(aProduct({ id: `prod_${rank}`, rank }))
    expect((await listed()).map(({ id }) => id)).toEqual(['prod_1', 'prod_2', 'prod_3'])
  })
  it('are not listed once they are archived', async () => {
    await desk.apply(aProduct({ active: false }))
    expect(await listed()).toEqual([])
  })
  it('keep amounts in further currencies', async () => {
    await desk.apply(aPrice({ otherCurrencies: { usd: 1099, jpy: 1500 } }))
    await desk.apply(aProduct())
    expect((await listed())[0]?.prices[0]?.otherCurrencies).toEqual({ usd: 1099, jpy: 1500 })
  })
  it('stand as deleted, and are not listed, once the provider has them no more', async () => {
    await desk.apply(aProduct())
    await desk.apply(gone('product', 'prod_1'))
    expect([(await desk.ports.db.select().from(plans))[0]?.deletedAt, await listed()]).toEqual([
      BILLED_AT,
      [],
    ])
  })
  it('lose a price that is deleted', async () => {
    await desk.apply(aProduct())
    await desk.apply(aPrice())
    await desk.apply(gone('price', 'price_1'))
    expect((await listed())[0]?.prices).toEqual([])
  })
})

describe('a customer', () => {
  const theCustomer = () => only(desk.ports.db.select().from(billingCustomers))

  it('is found by the reference that it carries', async () => {
    await aPayer(null)
    await desk.apply(aCustomer({ reference: customerId(1), defaultPaymentMethodId: 'pm_9' }))
    expect(await theCustomer()).toMatchObject({ providerId: 'cus_1', defaultMethodId: 'pm_9', country: 'DE' })
  })
  it('that was made elsewhere is nobody of ours', async () => {
    await desk.apply(aCustomer({ reference: null }))
    expect(await theCustomer()).toBeUndefined()
  })
  it('does not lose its place to a copy that names it, too', async () => {
    await aPayer()
    await desk.apply(aCustomer({ id: 'cus_2', reference: customerId(1) }))
    expect((await theCustomer())?.providerId).toBe('cus_1')
  })
  it('stands as deleted', async () => {
    await aPayer()
    await desk.apply(gone('customer', 'cus_1'))
    expect((await theCustomer())?.deletedAt).toEqual(BILLED_AT)
  })
  it('loses a payment method that is gone, of which nothing but the holder is forgotten', async () => {
    await desk.apply(aPaymentMethod())
    await desk.apply(gone('payment-method', 'pm_1'))
    const row = await only(desk.ports.db.select().from(paymentMethods))
    expect([row?.providerCustomerId, row?.last4]).toEqual([null, '4242'])
  })
})

describe('a subscription', () => {
  it('has the latest end of its items as its own', async () => {
    const items = [anItem({ periodEnd: later(31) }), anItem({ id: 'si_2', periodEnd: later(365) })]
    await desk.apply(aSubscription({ items }))
    expect((await theSubscription())?.periodEnd).toEqual(later(365))
  })
  it('keeps a change that is to come', async () => {
    await desk.apply(aSubscription({ pending: { priceId: 'price_2', at: later(31) } }))
    expect((await theSubscription())?.pending).toEqual({ priceId: 'price_2', at: later(31).toISOString() })
  })
  it('that has ended never revives', async () => {
    await desk.apply(aSubscription({ status: 'canceled', endedAt: later(3) }))
    await desk.apply(aSubscription({ status: 'active' }))
    expect((await theSubscription())?.status).toBe('canceled')
  })
  it('has ended once the provider has it no more', async () => {
    await desk.apply(aSubscription())
    await desk.apply(gone('subscription', 'sub_1'))
    expect(await theSubscription()).toMatchObject({ status: 'canceled', endedAt: BILLED_AT })
  })
  it('that was never seen and is gone leaves nothing', async () => {
    await desk.apply(gone('subscription', 'sub_1'))
    expect([await theSubscription(), desk.told()]).toEqual([undefined, []])
  })
})

describe('an invoice', () => {
  it('has the lines of its last state alone', async () => {
    await desk.apply(anInvoice({ status: 'draft', lines: [aLine(), aLine({ id: 'il_2' })] }))
    await desk.apply(anInvoice({ status: 'open', lines: [aLine({ id: 'il_3', amountMinor: 500 })] }))
    const lines = await desk.ports.db.select().from(invoiceLines)
    expect(lines.map(({ id, amountMinor }) => [id, amountMinor])).toEqual([['il_3', 500]])
  })
  it.each(['open', 'draft'] as const)('that is paid never becomes %s again', async (status) => {
    await desk.apply(anInvoice())
    await desk.apply(anInvoice({ status }))
    expect((await theInvoice())?.status).toBe('paid')
  })
  it.each(['open', 'draft', 'paid'] as const)('that is void never becomes %s', async (status) => {
    await desk.apply(anInvoice({ status: 'void' }))
    await desk.apply(anInvoice({ status }))
    expect((await theInvoice())?.status).toBe('void')
  })
  it('that was given up may still be paid', async () => {
    await desk.apply(anInvoice({ status: 'uncollectible' }))
    await desk.apply(anInvoice({ status: 'paid' }))
    expect((await theInvoice())?.status).toBe('paid')
  })
  it('stands as deleted once its draft is', async () => {
    await desk.apply(anInvoice({ status: 'draft' }))
    await desk.apply(gone('invoice', 'in_1'))
    expect((await theInvoice())?.deletedAt).toEqual(BILLED_AT)
  })
})

describe('a payment', () => {
  it('has the attempts of its last state alone', async () => {
    await desk.apply(aPayment({ status: 'processing', attempts: [anAttempt({ status: 'pending' })] }))
    await desk.apply(aPayment())
    const rows = await desk.ports.db.select().from(paymentAttempts)
    expect(rows.map(({ id, status }) => [id, status])).toEqual([['ch_1', 'succeeded']])
  })
  it('that has succeeded never waits again', async () => {
    await desk.apply(aPayment())
    await desk.apply(aPayment({ status: 'processing' }))
    expect((await only(desk.ports.db.select().from(payments)))?.status).toBe('succeeded')
  })
  it('says what was refunded of it, and that a refund failed', async () => {
    await desk.apply(aPayment({ amountRefundedMinor: 999 }))
    await desk.apply(aPayment({ amountRefundedMinor: 0 }))
    expect((await only(desk.ports.db.select().from(payments)))?.amountRefundedMinor).toBe(0)
  })
})

describe('a refund', () => {
  const asked = (id: string, amountMinor = 999) =>
    desk.ports.db.insert(refunds).values({
      ...{ provider: 'stripe', id, paymentId: 'pi_1', idempotencyKey: `key of ${id}`, status: 'asked' },
      ...{ currency: EUR, amountMinor, createdAt: BILLED_AT, syncedAt: BILLED_AT },
    })
  const keys = async () =>
    (await desk.ports.db.select().from(refunds).orderBy(refunds.id)).map((row) => [
      row.id,
      row.idempotencyKey,
    ])

  it('that we asked for is one row, under the provider’s id and with our key', async () => {
    await asked('bop_1')
    await desk.apply(aRefund())
    await desk.apply(aRefund())
    expect(await keys()).toEqual([['re_1', 'key of bop_1']])
  })
  it('that was made elsewhere is a row of its own', async () => {
    await asked('bop_1', 500)
    await desk.apply(aRefund({ amountMinor: 499 }))
    expect(await keys()).toEqual([
      ['bop_1', 'key of bop_1'],
      ['re_1', null],
    ])
  })
  it('takes one row each of two that ask for the same', async () => {
    for (const id of ['bop_1', 'bop_2']) await asked(id)
    for (const id of ['re_2', 're_1', 're_2']) await desk.apply(aRefund({ id }))
    expect((await keys()).map(([id]) => id)).toEqual(['re_1', 're_2'])
  })
})

describe('a checkout', () => {
  const id = idFromUuid('bop', '00000000-0000-0000-0000-000000000001')
  const operation = async (reference: BillingOperationId = id) => {
    const facts = { id: reference, customerId: customerId(1), kind: 'subscribe', idempotencyKey: 'key' }
    const row = { ...facts, requestHash: '-', state: 'done', createdAt: BILLED_AT } as const
    await desk.ports.db.insert(billingOperations).values(row)
  }

  it('says how it stands with the operation that began it', async () => {
    await operation()
    await desk.apply(aCheckout({ reference: id, paymentStatus: 'unpaid' }))
    const [row] = await desk.ports.db.select().from(billingOperations).where(eq(billingOperations.id, id))
    expect(row?.checkout).toEqual({
      ...{
        id: 'cs_1',
        status: 'complete',
        paymentStatus: 'unpaid',
        subscriptionId: 'sub_1',
        paymentId: null,
      },
    })
  })
  it('makes no subscription by itself, paid or not', async () => {
    await operation()
    await desk.apply(aCheckout({ reference: id }))
    expect([await theSubscription(), desk.told()]).toEqual([undefined, []])
  })
})

it.each(['payment', 'refund', 'dispute', 'payout', 'transfer', 'checkout', 'notice'] as const)(
  'does nothing for a %s that the provider does not have',
  async (kind) => {
    await desk.apply(gone(kind, 'x_1'))
    expect(desk.told()).toEqual([])
  },
)

describe('other domains', () => {
  const seen: (ProviderObject | Gone)[] = []
  const note = (object: ProviderObject) => void seen.push(object)
  const noting = { ...NO_DOMAINS.dunning, subscription: async (_: unknown, o: ProviderObject) => note(o) }

  it('do not hear of a state that was not written', async () => {
    seen.length = 0
    await using other = await openBillingDesk({ ...NO_DOMAINS, dunning: noting })
    for (const status of ['canceled', 'active', 'canceled'] as const)
      await other.apply(aSubscription({ status }))
    expect(seen.map((object) => 'status' in object && object.status)).toEqual(['canceled', 'canceled'])
  })
  it('hear that a subscription which is gone has ended', async () => {
    seen.length = 0
    await using other = await openBillingDesk({ ...NO_DOMAINS, dunning: noting })
    await other.apply(aSubscription())
    await other.apply(gone('subscription', 'sub_1'))
    expect(seen.at(-1)).toMatchObject({ kind: 'subscription', status: 'canceled', items: [anItem()] })
  })
})
