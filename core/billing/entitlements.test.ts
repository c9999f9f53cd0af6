import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type BillingDesk, openBillingDesk } from '../../adapters/local/testing/billing-desk.ts'
import { dunningCases } from '../database/schema.ts'
import { type DunningStage, keepsAccess } from '../dunning/model.ts'
import { idFromUuid, type UserId } from '../run/id.ts'
import { entitlementsOf, hasFeature } from './entitlements.ts'
import type { SubscriptionStatus } from './provider-objects.ts'
import {
  aCheckout,
  aCustomerRow,
  anItem,
  anOrganisation,
  aPrice,
  aProduct,
  aSubscription,
  BILLED_AT,
  customerId,
  EUR,
  gone,
  later,
  organisationId,
  USD,
} from './testing/objects.ts'

let desk: BillingDesk
let me: UserId
beforeAll(async () => {
  desk = await openBillingDesk()
})
afterAll(() => desk[Symbol.asyncDispose]())
beforeEach(async () => {
  await desk.clear()
  me = await desk.aUser()
  await aCustomerRow(desk.ports.db, { id: customerId(1), userId: me })
  await desk.apply(aProduct({ features: ['premium-titles', 'uhd'] }))
})

const featuresOf = async (userId: UserId, at = desk.clock.now()) =>
  (await entitlementsOf(desk.ports.db, { userId }, at)).map(({ feature }) => feature)
const isPremium = (userId: UserId) => hasFeature(desk.ports, { userId }, 'premium-titles')
const aCase = (stage: DunningStage, n = 1, subscriptionId = 'sub_1') =>
  desk.ports.db.insert(dunningCases).values({
    ...{ id: idFromUuid('dun', desk.ports.ids.uuid()), provider: 'stripe', invoiceId: `in_${n}` },
    ...{ subscriptionId, providerCustomerId: 'cus_1', stage, retries: 0, reminders: 0, stageNotices: 0 },
    ...{ providerRetries: false, canceling: false },
    ...{ openedAt: BILLED_AT, stageAt: BILLED_AT, updatedAt: BILLED_AT },
  })

describe('a user', () => {
  it('has what the plan of their subscription has', async () => {
    await desk.apply(aSubscription())
    expect(await entitlementsOf(desk.ports.db, { userId: me }, BILLED_AT)).toMatchObject([
      { feature: 'premium-titles', planKey: 'premium', subscriptionId: 'sub_1', customerId: customerId(1) },
      { feature: 'uhd', planName: 'Premium', periodEnd: later(31), organisationId: null },
    ])
  })
  const opens: { readonly [S in SubscriptionStatus]: boolean } = {
    trialing: true,
    active: true,
    past_due: true,
    incomplete: false,
    incomplete_expired: false,
    unpaid: false,
    paused: false,
    canceled: false,
  }
  it.each(Object.entries(opens) as [SubscriptionStatus, boolean][])(
    'with a subscription that is %s is entitled: %s',
    async (status, entitled) => {
      await desk.apply(aSubscription({ status }))
      expect(await isPremium(me)).toBe(entitled)
    },
  )
  it('has nothing by a checkout that is paid', async () => {
    await desk.apply(aCheckout())
    expect(await featuresOf(me)).toEqual([])
  })
  it('has nothing by somebody else’s subscription', async () => {
    await desk.apply(aSubscription())
    expect(await featuresOf(await desk.aUser())).toEqual([])
  })
  it('has nothing by an equal id at another provider', async () => {
    await desk.clear()
    await aCustomerRow(desk.ports.db, { id: customerId(1), userId: me, provider: 'paypal' })
    await desk.apply(aProduct())
    await desk.apply(aSubscription())
    expect(await featuresOf(me)).toEqual([])
  })
  it('has nothing of a feature that the plan does not have', async () => {
    await desk.apply(aSubscription())
    expect(await hasFeature(desk.ports, { userId: me }, 'downloads')).toBe(false)
  })
  it('that is nobody has nothing', async () => {
    expect(await hasFeature(desk.ports, undefined, 'premium-titles')).toBe(false)
  })
  it('keeps what they have although the plan is sold no more', async () => {
    await desk.apply(aSubscription())
    await desk.apply(gone('product', 'prod_1'))
    expect(await isPremium(me)).toBe(true)
  })
  it('has it by any of several items', async () => {
    const items = [anItem({ productId: 'prod_9' }), anItem({ id: 'si_2' })]
    await desk.apply(aSubscription({ items }))
    expect(await isPremium(me)).toBe(true)
  })
  it('has it in each currency that it is sold in', async () => {
    await desk.apply(aPrice({ currency: EUR, otherCurrencies: { usd: 1099 } }))
    for (const currency of [EUR, USD]) {
      await desk.apply(aSubscription({ id: `sub_${currency}`, currency }))
    }
    const found = await entitlementsOf(desk.ports.db, { userId: me }, BILLED_AT)
    expect(found.map((row) => `${row.feature} by ${row.subscriptionId}`)).toEqual([
      'premium-titles by sub_eur',
      'premium-titles by sub_usd',
      'uhd by sub_eur',
      'uhd by sub_usd',
    ])
  })
  it('loses it when an announced end has come, although its webhook has not', async () => {
    await desk.apply(aSubscription({ cancelAtPeriodEnd: true, cancelAt: later(31) }))
    const last = new Date(later(31).getTime() - 1)
    expect([await featuresOf(me, last), await featuresOf(me, later(31))]).toEqual([
      ['premium-titles', 'uhd'],
      [],
    ])
  })
  it('loses it with the customer at the provider', async () => {
    await desk.apply(aSubscription())
    await desk.apply(gone('customer', 'cus_1'))
    expect(await isPremium(me)).toBe(false)
  })
})

describe('while an unpaid invoice is collected', () => {
  const stages = Object.entries(keepsAccess) as [DunningStage, boolean][]

  it.each(stages)('at %s a subscription that is past due opens: %s', async (stage, open) => {
    await desk.apply(aSubscription({ status: 'past_due' }))
    await aCase(stage)
    expect(await isPremium(me)).toBe(open)
  })
  it.each(stages)('at %s one that was paid meanwhile opens', async (stage) => {
    await desk.apply(aSubscription({ status: 'active' }))
    await aCase(stage)
    expect(await isPremium(me)).toBe(true)
  })
  it('the next invoice’s case does not open again what the last one’s has closed', async () => {
    await desk.apply(aSubscription({ status: 'past_due' }))
    await aCase('restricted', 1)
    await aCase('retrying', 2)
    expect(await isPremium(me)).toBe(false)
  })
  it('the case of another subscription closes nothing', async () => {
    await desk.apply(aSubscription({ status: 'past_due' }))
    await aCase('restricted', 1, 'sub_2')
    expect(await isPremium(me)).toBe(true)
  })
})

describe('an organisation', () => {
  const [ours, studio] = [organisationId(1), customerId(2)]
  beforeEach(async () => {
    await anOrganisation(desk.ports.db, ours)
    await aCustomerRow(desk.ports.db, { id: studio, organisationId: ours, providerId: 'cus_2' })
    await desk.apply(aProduct({ id: 'prod_2', features: ['drm'], audience: 'organisation' }))
    const items = [anItem({ productId: 'prod_2' })]
    await desk.apply(aSubscription({ id: 'sub_2', customerId: 'cus_2', items }))
  })

  it.each(['owner', 'billing', 'member'] as const)('entitles its %s', async (role) => {
    await desk.join(ours, me, role)
    expect(await featuresOf(me)).toEqual(['drm'])
  })
  it('entitles nobody else', async () => {
    expect(await featuresOf(me)).toEqual([])
  })
  it('adds to what its member pays for', async () => {
    await desk.join(ours, me)
    await desk.apply(aSubscription())
    expect(await featuresOf(me)).toEqual(['drm', 'premium-titles', 'uhd'])
  })
  it('is asked for by its customer alone', async () => {
    await desk.apply(aSubscription())
    const found = await entitlementsOf(desk.ports.db, { customerIds: [studio] }, BILLED_AT)
    expect(found.map(({ feature, organisationId }) => [feature, organisationId])).toEqual([['drm', ours]])
  })
  it('of no customers has nothing', async () => {
    expect(await entitlementsOf(desk.ports.db, { customerIds: [] }, BILLED_AT)).toEqual([])
  })
})
