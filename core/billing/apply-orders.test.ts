import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BillingDesk, openBillingDesk, waiting } from '../../adapters/local/testing/billing-desk.ts'
import { invoices, payments, subscriptions } from '../database/schema.ts'
import { entitlementsOf } from './entitlements.ts'
import type { ObjectKind, ProviderObject } from './provider-objects.ts'
import {
  aCustomer,
  aCustomerRow,
  aFailedAttempt,
  anInvoice,
  anItem,
  aPayment,
  aProduct,
  aSubscription,
  customerId,
  later,
} from './testing/objects.ts'

// The life of a subscription as a provider has it: after each step these objects are in these states, and this event goes out.
const renewal = { id: 'in_2', reason: 'subscription_cycle' } as const
const failing = { id: 'pi_2', invoiceId: 'in_2', status: 'requires_payment_method' } as const
const [declined, again] = [aFailedAttempt({ id: 'ch_2' }), aFailedAttempt({ id: 'ch_3' })]
const renewed = [anItem({ periodStart: later(31), periodEnd: later(62) })]
const LIFE: readonly { readonly about: ProviderObject; readonly with?: readonly ProviderObject[] }[] = [
  {
    about: aSubscription({ status: 'incomplete' }),
    with: [aProduct(), aCustomer({ reference: customerId(1) })],
  },
  { about: anInvoice(), with: [aPayment(), aSubscription()] },
  { about: aSubscription() },
  { about: aSubscription({ items: renewed, cancelAtPeriodEnd: true }) },
  {
    about: aPayment({ ...failing, attempts: [declined] }),
    with: [anInvoice({ ...renewal, status: 'open', attemptCount: 1 }), aSubscription({ status: 'past_due' })],
  },
  { about: aPayment({ ...failing, attempts: [declined, again] }) },
  { about: aSubscription({ items: renewed, status: 'canceled', canceledAt: later(40), endedAt: later(40) }) },
  { about: anInvoice({ ...renewal, status: 'void', attemptCount: 2 }) },
]
const named = (object: ProviderObject) => `${object.kind} ${object.id}`
/** What the provider has after the first `steps` of it. */
function providerAfter(steps: number): Map<string, ProviderObject> {
  const now = LIFE.slice(0, steps).flatMap((step) => [...(step.with ?? []), step.about])
  return new Map(now.map((object) => [named(object), object]))
}
const ALL = [...new Set(LIFE.flatMap((step) => [...(step.with ?? []), step.about]).map(named))]
const ENDS: readonly ObjectKind[] = ['product', 'customer', 'subscription', 'invoice', 'payment']

/** What its events are about: created, updated twice and deleted; paid; failed. */
const EVENTS = [...Array(4).fill('subscription sub_1'), 'invoice in_1', 'payment pi_2'] as readonly string[]
/** All orders of events, as far as what they are about tells them apart: 30 of 720. */
function distinctOrders(names: readonly string[]): string[][] {
  if (names.length === 0) return [[]]
  return [...new Set(names)].flatMap((first) => {
    const rest = names.toSpliced(names.indexOf(first), 1)
    return distinctOrders(rest).map((order) => [first, ...order])
  })
}

let desk: BillingDesk
beforeAll(async () => {
  desk = await openBillingDesk()
})
afterAll(() => desk[Symbol.asyncDispose]())

/** A delivery: the object is fetched when the life has come to that step. */
interface Delivery {
  readonly name: string
  readonly step: number
}
async function live(deliveries: readonly Delivery[]) {
  await desk.clear()
  const userId = await desk.aUser()
  await aCustomerRow(desk.ports.db, { id: customerId(1), userId, providerId: null })
  for (const { name, step } of deliveries) {
    const object = providerAfter(step).get(name)
    if (object) await desk.apply(object)
  }
  return { userId }
}
async function stateOf() {
  const { db } = desk.ports
  const strip = <T extends { syncedAt: Date }>({ syncedAt: _, ...row }: T) => row
  return {
    subscriptions: (await db.select().from(subscriptions)).map(strip),
    invoices: (await db.select().from(invoices).orderBy(invoices.id)).map(strip),
    payments: (await db.select().from(payments).orderBy(payments.id)).map(strip),
    waiting: await waiting(desk),
  }
}
const count = (type: string) => desk.told().filter((told) => told === type).length
const effects = () => ({
  paid: count('billing.invoice.paid'),
  failed: count('billing.payment.failed'),
  ended: count('billing.subscription.ended'),
})
const inOrder: readonly Delivery[] = LIFE.map(({ about }, i) => ({ name: named(about), step: i + 1 }))
const atTheEnd: readonly Delivery[] = ALL.map((name) => ({ name, step: LIFE.length }))

describe('the life of a subscription', () => {
  it('has all kinds of objects that make one', () => {
    expect([...new Set(ALL.map((name) => name.split(' ')[0]))].sort()).toEqual([...ENDS].sort())
  })
  it('has one end, in whatever order, how often and how late it is delivered', {
    timeout: 120_000,
  }, async () => {
    await live([...inOrder, ...atTheEnd])
    const wanted = { state: await stateOf(), effects: effects() }
    expect(wanted.effects).toEqual({ paid: 1, failed: 2, ended: 1 })
    // Whatever came early and late, the last fetch of each object sees its end.
    const anyFetch = fc.record({
      name: fc.constantFrom(...ALL),
      step: fc.integer({ min: 1, max: LIFE.length }),
    })
    const early = fc
      .array(anyFetch, { maxLength: 20 })
      .map((list) => list.toSorted((a, b) => a.step - b.step))
    const late = fc
      .shuffledSubarray([...atTheEnd, ...atTheEnd, ...atTheEnd], { minLength: 0 })
      .chain((some) =>
        fc.shuffledSubarray([...some, ...atTheEnd], { minLength: some.length + atTheEnd.length }),
      )
    const history = fc.tuple(early, late).map(([first, last]) => [...first, ...last])
    await fc.assert(
      fc.asyncProperty(history, async (deliveries) => {
        const { userId } = await live(deliveries)
        expect(await stateOf()).toEqual(wanted.state)
        expect(effects()).toEqual(wanted.effects)
        expect(count('billing.subscription.started')).toBeLessThanOrEqual(1)
        expect(await entitlementsOf(desk.ports.db, { userId }, later(41))).toEqual([])
      }),
      { numRuns: 150 },
    )
  })
  it('has one end in every order of its events, each delivered twice', { timeout: 120_000 }, async () => {
    await live([...inOrder, ...atTheEnd])
    const wanted = { state: await stateOf(), effects: effects() }
    const rest = atTheEnd.filter(({ name }) => !EVENTS.includes(name))
    for (const order of distinctOrders(EVENTS)) {
      const deliveries = order.flatMap((name) => [name, name]).map((name) => ({ name, step: LIFE.length }))
      await live([...deliveries, ...rest])
      expect({ state: await stateOf(), effects: effects() }).toEqual(wanted)
    }
  })
  it('entitles while it runs, whichever webhook came first', async () => {
    for (const order of [ALL, ALL.toReversed()]) {
      const { userId } = await live(order.map((name) => ({ name, step: 3 })))
      const features = (await entitlementsOf(desk.ports.db, { userId }, later(1))).map(
        ({ feature }) => feature,
      )
      expect(features).toEqual(['premium-titles'])
    }
  })
})
