import { describe, expect, it } from 'vitest'
import { type Collection, openCollection, unpaid } from '../../adapters/local/testing/dunning-desk.ts'
import { entitlementsOf } from '../billing/entitlements.ts'
import {
  aDispute,
  anInvoice,
  aPayment,
  aProduct,
  aSubscription,
  customerId,
  later,
} from '../billing/testing/objects.ts'
import { PaymentRefused, PaymentUnavailable } from '../ports/payments.ts'

const paid = (c: Collection) => c.desk.apply(anInvoice({ reason: 'subscription_cycle' }))

const SIXTY_DAYS = [
  '0 opened',
  '2 reminded',
  '3 retried',
  '5 retried',
  '6 reminded',
  '7 retried',
  '8 grace',
  '11 reminded',
  '14 reminded',
  '15 restricted',
  '18 reminded',
  '22 downgraded',
  '36 win-back',
  '57 lost',
]

describe('an invoice that is never paid', () => {
  it('takes every step in its time', async () => {
    await using c = await openCollection()
    await c.desk.apply(unpaid())
    await c.until(60)
    expect(await c.steps()).toEqual(SIXTY_DAYS)
  })

  it('is told of at each step once', async () => {
    await using c = await openCollection()
    await c.desk.apply(unpaid())
    await c.until(60)
    expect(c.told()).toEqual([
      ...['started', 'reminded', 'reminded', 'grace', 'reminded', 'reminded', 'restricted', 'reminded'],
      ...['downgraded', 'win-back', 'lost'],
    ])
  })

  it('numbers its reminders', async () => {
    await using c = await openCollection()
    await c.desk.apply(unpaid())
    await c.until(60)
    const numbers = c.desk
      .toldOf('billing.dunning.reminded')
      .map((data) => (data as { reminder: number }).reminder)
    expect(numbers).toEqual([1, 2, 3, 4, 5])
  })

  it('is asked for three times, then the subscription is ended and the money written off', async () => {
    await using c = await openCollection()
    await c.desk.apply(unpaid())
    await c.until(60)
    expect(c.provider.calls).toEqual([
      'payInvoice retry:1',
      'payInvoice retry:2',
      'payInvoice retry:3',
      'cancelSubscription downgrade',
      'markUncollectible write-off',
    ])
  })

  it('takes the steps that a sleeping timer missed, all and in order', async () => {
    await using c = await openCollection()
    await c.desk.apply(unpaid())
    await c.until(8)
    await c.timer(60)
    const inTime = SIXTY_DAYS.slice(0, 7)
    const late = SIXTY_DAYS.slice(7).map((step) => step.replace(/^\d+/, '60'))
    expect(await c.steps()).toEqual([...inTime, ...late])
  })

  it('takes each step once with two timers at a time', async () => {
    await using c = await openCollection()
    await c.desk.apply(unpaid())
    for (let day = 1; day <= 60; day++) await Promise.all([c.timer(day), c.timer(day), c.timer(day)])
    expect(await c.steps()).toEqual(SIXTY_DAYS)
  })

  it('is asked for once a try with two timers at a time', async () => {
    await using c = await openCollection()
    await c.desk.apply(unpaid())
    for (let day = 1; day <= 60; day++) await Promise.all([c.timer(day), c.timer(day), c.timer(day)])
    expect(c.provider.calls).toHaveLength(5)
  })
})

describe('a payment', () => {
  it.each([
    ['retrying', 4],
    ['grace', 9],
    ['restricted', 16],
    ['downgraded', 23],
    ['lost', 58],
  ])('brings back a case that is %s', async (stage, day) => {
    await using c = await openCollection()
    await c.desk.apply(unpaid())
    await c.until(day)
    expect(await c.stage()).toBe(stage)
    await paid(c)
    await c.until(70)
    expect((await c.steps()).at(-1)).toBe(`${day} recovered`)
  })

  it('that came while the timer slept lets no step be taken', async () => {
    await using c = await openCollection()
    await c.desk.apply(unpaid())
    await paid(c)
    await c.timer(60)
    expect(await c.steps()).toEqual(['0 opened', '0 recovered'])
  })

  it('that comes twice is told of once', async () => {
    await using c = await openCollection()
    await c.desk.apply(unpaid())
    await paid(c)
    await paid(c)
    expect(c.told()).toEqual(['started', 'recovered'])
  })
})

describe('a failure', () => {
  it('that is told of three times opens one case', async () => {
    await using c = await openCollection()
    for (let n = 0; n < 3; n++) await c.desk.apply(unpaid())
    expect(c.told()).toEqual(['started'])
  })

  it('that came before its subscription opens the case when that comes', async () => {
    await using c = await openCollection()
    await c.desk.apply(unpaid({ id: 'in_2', subscriptionId: 'sub_2' }))
    await c.desk.apply(aSubscription({ id: 'sub_2', status: 'past_due' }))
    expect(c.told()).toEqual(['started'])
  })

  it.each([
    ['of an invoice for no subscription', { subscriptionId: null }],
    ['that is none yet, since the money is on its way', { lastFailure: null }],
    ['that nobody tried', { attemptCount: 0 }],
  ])('%s opens no case', async (_, facts) => {
    await using c = await openCollection()
    await c.desk.apply(unpaid(facts))
    expect(c.told()).toEqual([])
  })

  it.each(['incomplete', 'incomplete_expired', 'canceled'] as const)(
    'opens no case for a subscription that is %s',
    async (status) => {
      await using c = await openCollection()
      await c.desk.apply(aSubscription({ id: 'sub_2', status }))
      await c.desk.apply(unpaid({ id: 'in_2', subscriptionId: 'sub_2' }))
      expect(c.told()).toEqual([])
    },
  )
})

describe('a provider that retries by itself', () => {
  it('is not asked to, and grace begins when it gives up', async () => {
    await using c = await openCollection()
    await c.desk.apply(unpaid({ nextAttemptAt: later(3) }))
    await c.until(12)
    await c.desk.apply(unpaid({ attemptCount: 4 }))
    expect([await c.stage(), c.provider.calls]).toEqual(['grace', []])
  })
})

describe('a call to the provider', () => {
  it('is made again with the same key where it was not answered', async () => {
    await using c = await openCollection()
    await c.desk.apply(unpaid())
    c.provider.answer = () => Promise.reject(new PaymentUnavailable('busy'))
    await c.timer(3)
    c.provider.answer = () => Promise.resolve()
    await c.timer(3.25)
    expect(c.provider.calls).toEqual(['payInvoice retry:1', 'payInvoice retry:1'])
  })

  it('is not made by another timer while it is under way', async () => {
    await using c = await openCollection()
    await c.desk.apply(unpaid())
    c.provider.answer = () => (c.provider.calls.length === 1 ? c.timer(3) : Promise.resolve())
    await c.timer(3)
    expect(c.provider.calls).toEqual(['payInvoice retry:1'])
  })

  it('holds back all further steps until it is answered', async () => {
    await using c = await openCollection()
    await c.desk.apply(unpaid())
    c.provider.answer = () => Promise.reject(new PaymentUnavailable('busy'))
    await c.until(20)
    expect(await c.steps()).toEqual(['0 opened', '2 reminded', '3 retried'])
  })

  it('that is refused is answered', async () => {
    await using c = await openCollection()
    await c.desk.apply(unpaid())
    c.provider.answer = () => Promise.reject(new PaymentRefused('card_declined', 'declined'))
    await c.until(60)
    expect(await c.steps()).toEqual(SIXTY_DAYS)
  })

  it('finds the money taken where its webhook comes before its answer', async () => {
    await using c = await openCollection()
    await c.desk.apply(unpaid())
    c.provider.answer = () => paid(c)
    await c.until(60)
    expect(await c.steps()).toEqual(['0 opened', '2 reminded', '3 retried', '3 recovered'])
  })
})

describe('a cancellation', () => {
  it('at the period’s end, made in grace, ends reminders and not the deadline', async () => {
    await using c = await openCollection()
    await c.desk.apply(unpaid())
    await c.until(9)
    await c.desk.apply(aSubscription({ status: 'past_due', cancelAtPeriodEnd: true }))
    await c.until(16)
    expect((await c.steps()).slice(6)).toEqual(['8 grace', '9 canceling', '15 restricted'])
  })

  it('that has come to its end stops the case', async () => {
    await using c = await openCollection()
    await c.desk.apply(unpaid())
    await c.until(9)
    await c.desk.apply(aSubscription({ status: 'past_due', cancelAtPeriodEnd: true }))
    await c.until(10)
    await c.desk.apply(aSubscription({ status: 'canceled', endedAt: later(10) }))
    await c.until(60)
    expect((await c.steps()).slice(6)).toEqual(['8 grace', '9 canceling', '10 stopped'])
  })

  it('that is taken back brings the reminders back', async () => {
    await using c = await openCollection()
    await c.desk.apply(unpaid())
    await c.until(9)
    await c.desk.apply(aSubscription({ status: 'past_due', cancelAtPeriodEnd: true }))
    await c.desk.apply(aSubscription({ status: 'past_due' }))
    await c.until(12)
    expect((await c.steps()).slice(6)).toEqual(['8 grace', '9 canceling', '9 resumed', '11 reminded'])
  })

  it('by the downgrade itself does not keep the win-back from being sent', async () => {
    await using c = await openCollection()
    await c.desk.apply(unpaid())
    await c.until(22)
    await c.desk.apply(aSubscription({ status: 'canceled', endedAt: later(22) }))
    await c.until(40)
    expect(c.told().at(-1)).toBe('win-back')
  })
})

describe('a dispute', () => {
  const earlier = aPayment({ id: 'pi_0', invoiceId: 'in_0' })

  it('of an earlier payment stops the case', async () => {
    await using c = await openCollection()
    await c.desk.apply(earlier)
    await c.desk.apply(unpaid())
    await c.until(4)
    await c.desk.apply(aDispute({ paymentId: 'pi_0' }))
    await c.until(60)
    expect((await c.steps()).slice(3)).toEqual(['4 stopped'])
  })

  it('whose payment came after it is found by the timer', async () => {
    await using c = await openCollection()
    await c.desk.apply(unpaid())
    await c.desk.apply(aDispute({ paymentId: 'pi_0' }))
    await c.desk.apply(earlier)
    await c.until(60)
    expect(await c.steps()).toEqual(['0 opened', '2 stopped'])
  })

  it.each([
    ['retrying', 4, 1],
    ['grace', 9, 1],
    ['restricted', 16, 0],
    ['downgraded', 23, 0],
  ])('of a case that is %s ends no access and gives none back', async (stage, day, features) => {
    await using c = await openCollection()
    await c.desk.apply(aProduct())
    await c.desk.apply(earlier)
    await c.desk.apply(unpaid())
    await c.until(day)
    const before = await c.stage()
    await c.desk.apply(aDispute({ paymentId: 'pi_0' }))
    const has = await entitlementsOf(c.desk.ports.db, { customerIds: [customerId(1)] }, later(day))
    expect([before, await c.stage(), has.length]).toEqual([stage, 'stopped', features])
  })

  it('that was lost before the invoice stops nothing', async () => {
    await using c = await openCollection()
    await c.desk.apply(earlier)
    await c.until(3)
    await c.desk.apply(unpaid())
    await c.desk.apply(aDispute({ paymentId: 'pi_0', status: 'lost' }))
    expect(await c.stage()).toBe('retrying')
  })
})

describe('an invoice', () => {
  it('that is voided stops the case', async () => {
    await using c = await openCollection()
    await c.desk.apply(unpaid())
    await c.until(1)
    await c.desk.apply(unpaid({ status: 'void' }))
    await c.until(60)
    expect(await c.steps()).toEqual(['0 opened', '1 stopped'])
  })

  it('that somebody gave up goes on to the downgrade', async () => {
    await using c = await openCollection()
    await c.desk.apply(unpaid())
    await c.until(1)
    await c.desk.apply(unpaid({ status: 'uncollectible' }))
    await c.until(60)
    expect(await c.steps()).toEqual(['0 opened', '1 downgraded', '15 win-back', '36 lost'])
  })
})
