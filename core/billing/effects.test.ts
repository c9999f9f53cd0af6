import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type BillingDesk, openBillingDesk, waiting } from '../../adapters/local/testing/billing-desk.ts'
import { once } from './effects.ts'
import type { DisputeObject, Gone, ProviderObject } from './provider-objects.ts'
import {
  aCustomer,
  aCustomerRow,
  aDispute,
  aFailedAttempt,
  anAttempt,
  anInvoice,
  anItem,
  aPayment,
  aRefund,
  aSubscription,
  customerId,
  gone,
  later,
} from './testing/objects.ts'

let desk: BillingDesk
beforeAll(async () => {
  desk = await openBillingDesk()
})
afterAll(() => desk[Symbol.asyncDispose]())
beforeEach(() => desk.clear())

const aPayer = async (providerId: string | null = 'cus_1') =>
  aCustomerRow(desk.ports.db, { id: customerId(1), userId: await desk.aUser(), providerId })
const applied = async (...objects: (ProviderObject | Gone)[]) => {
  for (const object of objects) await desk.apply(object)
  return desk.told()
}

describe('once', () => {
  it('does a thing once, and says so', async () => {
    const done: number[] = []
    const tries = [1, 2].map(
      (n) => () => desk.applying((at) => once(at, 'x_1', 'mail', async () => void done.push(n))),
    )
    const first = await tries[0]?.()
    const second = await tries[1]?.()
    expect([first, second, done]).toEqual([true, false, [1]])
  })
  it('has not done what a failed transaction took back', async () => {
    const failing = desk.applying((at) =>
      once(at, 'x_1', 'mail', () => Promise.reject(new Error('no mail today'))),
    )
    await expect(failing).rejects.toThrow('no mail today')
    expect(await desk.applying((at) => once(at, 'x_1', 'mail', () => Promise.resolve()))).toBe(true)
  })
})

describe('of a subscription', () => {
  beforeEach(() => aPayer())
  const [trialing, active] = [
    aSubscription({ status: 'trialing', trialEnd: later(14) }),
    aSubscription({ trialEnd: later(14) }),
  ]
  const notice = { type: 'customer.subscription.trial_will_end' }

  it('its start is told once, with our customer', async () => {
    await applied(active, active)
    expect(desk.toldOf('billing.subscription.started')).toEqual([
      { customerId: customerId(1), provider: 'stripe', subscriptionId: 'sub_1' },
    ])
  })
  it('nothing is told while its first payment is not made', async () => {
    expect(await applied(aSubscription({ status: 'incomplete' }))).toEqual([])
  })
  it('nothing is told when its first payment was never made', async () => {
    const [waits, over] = (['incomplete', 'incomplete_expired'] as const).map((status) =>
      aSubscription({ status }),
    )
    expect(await applied(...[waits, over].filter((object) => object !== undefined))).toEqual([])
  })
  it.each([
    ['the end of its trial', trialing, active],
    ['a failed renewal', active, aSubscription({ ...active, status: 'past_due' })],
    ['another price', active, aSubscription({ ...active, items: [anItem({ priceId: 'price_2' })] })],
    ['another quantity', active, aSubscription({ ...active, items: [anItem({ quantity: 2 })] })],
    ['an announced end', active, aSubscription({ ...active, cancelAtPeriodEnd: true, cancelAt: later(31) })],
    [
      'a change to come',
      active,
      aSubscription({ ...active, pending: { priceId: 'price_2', at: later(31) } }),
    ],
  ])('%s is told as a change', async (_, before, after) => {
    expect(await applied(before, after, after)).toEqual([
      'billing.subscription.started',
      'billing.subscription.changed',
    ])
  })
  it('a change there and back is told as two', async () => {
    const other = aSubscription({ ...active, cancelAtPeriodEnd: true })
    expect((await applied(active, other, active)).slice(1)).toEqual([
      'billing.subscription.changed',
      'billing.subscription.changed',
    ])
  })
  it('a renewal is no change', async () => {
    const renewed = aSubscription({
      ...active,
      items: [anItem({ periodEnd: later(62) })],
      latestInvoiceId: 'in_2',
    })
    expect(await applied(active, renewed)).toEqual(['billing.subscription.started'])
  })
  it('its end is told once, however it came', async () => {
    await applied(active, aSubscription({ status: 'canceled' }), gone('subscription', 'sub_1'))
    expect(desk.toldOf('billing.subscription.ended')).toHaveLength(1)
  })
  it('the trial’s end is told when the provider says so, once', async () => {
    await desk.apply(trialing, notice)
    await desk.apply(trialing, notice)
    expect(desk.toldOf('billing.subscription.trial-ending')).toEqual([
      {
        ...{ customerId: customerId(1), provider: 'stripe', subscriptionId: 'sub_1' },
        trialEnd: later(14).toISOString(),
      },
    ])
  })
  it('the trial’s end is told three days before although that webhook was lost', async () => {
    desk.clock.set(later(11))
    await applied(trialing)
    expect(desk.toldOf('billing.subscription.trial-ending')).toHaveLength(1)
  })
  it('the trial’s end is not told before', async () => {
    desk.clock.set(later(10))
    await applied(trialing)
    expect(desk.toldOf('billing.subscription.trial-ending')).toEqual([])
  })
  it('no trial’s end is told of one that has ended by itself', async () => {
    await desk.apply(active, notice)
    expect(desk.toldOf('billing.subscription.trial-ending')).toEqual([])
  })
})

describe('of money', () => {
  beforeEach(() => aPayer())

  it('a paid invoice is told once', async () => {
    await applied(anInvoice({ status: 'open' }), anInvoice(), anInvoice())
    expect(desk.toldOf('billing.invoice.paid')).toEqual([
      {
        ...{ customerId: customerId(1), provider: 'stripe', invoiceId: 'in_1' },
        ...{ currency: 'eur', amountMinor: 999 },
      },
    ])
  })
  it('each failed attempt is told once', async () => {
    const [one, two] = [aFailedAttempt({ id: 'ch_1' }), aFailedAttempt({ id: 'ch_2' })]
    const failing = { status: 'requires_payment_method' } as const
    await applied(
      aPayment({ ...failing, attempts: [one] }),
      aPayment({ ...failing, attempts: [one, two] }),
      aPayment({ attempts: [one, two, anAttempt({ id: 'ch_3' })] }),
    )
    expect(desk.toldOf('billing.payment.failed')).toHaveLength(2)
  })
  it('a failed attempt of a single payment is not told: whoever pays it sees it', async () => {
    expect(await applied(aPayment({ invoiceId: null, attempts: [aFailedAttempt()] }))).toEqual([])
  })
  it('a refund is told once it has succeeded', async () => {
    await applied(aPayment(), aRefund({ status: 'pending' }))
    expect(desk.told()).toEqual([])
    await applied(aRefund(), aRefund())
    expect(desk.toldOf('billing.payment.refunded')).toEqual([
      {
        ...{ customerId: customerId(1), provider: 'stripe', paymentId: 'pi_1', refundId: 're_1' },
        ...{ currency: 'eur', amountMinor: 999 },
      },
    ])
  })
  it.each([
    ['needs_response', []],
    ['won', [true]],
    ['lost', [false]],
    ['warning_closed', [true]],
  ] as const)('a dispute that is %s is opened once and closed as %j', async (status, closed) => {
    const object = aDispute({ status: status as DisputeObject['status'] })
    await applied(aDispute(), object, object)
    const outcomes = desk.toldOf('billing.dispute.closed').map((data) => (data as { won: boolean }).won)
    expect([desk.toldOf('billing.dispute.opened').length, outcomes]).toEqual([1, closed])
  })
  it('nothing is told of a dispute that was prevented', async () => {
    expect(await applied(aDispute({ status: 'prevented' }))).toEqual([])
  })
})

const permutations = <T>(items: readonly T[]): T[][] =>
  items.length < 2
    ? [[...items]]
    : items.flatMap((item, i) => permutations(items.filter((_, j) => j !== i)).map((rest) => [item, ...rest]))

describe('before the customer is known', () => {
  const objects = [
    aCustomer({ reference: customerId(1) }),
    aSubscription(),
    anInvoice(),
    aPayment({ attempts: [aFailedAttempt(), anAttempt()] }),
    aRefund(),
  ]
  const all = [
    'billing.invoice.paid',
    'billing.payment.failed',
    'billing.payment.refunded',
    'billing.subscription.started',
  ]

  it('all that happened waits', async () => {
    await aPayer(null)
    await applied(...objects.slice(1))
    expect([desk.told(), await waiting(desk)]).toEqual([[], Array(4).fill('customer:cus_1')])
  })
  it('what is nobody’s yet is told once it is somebody’s', async () => {
    await aPayer()
    await applied(aSubscription({ customerId: '' }), aSubscription())
    expect(desk.told()).toEqual(['billing.subscription.started'])
  })
  it('a refund waits for its payment first', async () => {
    await aPayer()
    await applied(aRefund())
    expect(await waiting(desk)).toEqual(['payment:pi_1'])
  })
  it('nothing of a stranger’s ever goes out', async () => {
    await applied(aCustomer(), ...objects.slice(1))
    expect(desk.told()).toEqual([])
  })
  it.each(permutations(objects.map((_, i) => i)).map((order) => ({ order })))(
    'each is told once in the order $order',
    async ({ order }) => {
      await aPayer(null)
      await applied(...[...order, ...order].flatMap((i) => objects[i] ?? []))
      expect([desk.told().sort(), await waiting(desk)]).toEqual([all, []])
    },
  )
  it('none is lost between a customer and a subscription that are written at once', async () => {
    await aPayer(null)
    const [customer, ...others] = objects
    await Promise.all([customer, ...others].flatMap((object) => (object ? [desk.apply(object)] : [])))
    expect([desk.told().sort(), await waiting(desk)]).toEqual([all, []])
  })
})
