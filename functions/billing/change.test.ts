import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { currencyOf } from '../../core/billing/money.ts'
import type { ChangePreview, Subscription, SubscriptionList } from '../../core/billing/wire.ts'
import type { Organisation } from '../../core/identity/organisations-wire.ts'
import type { Caller } from './testing/desk.ts'
import { aKey, openShop, type Shop, subscribed } from './testing/shop.ts'

let shop: Shop
let me: Caller
let id: string
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop[Symbol.asyncDispose]())
beforeEach(async () => {
  me = await shop.person()
  id = await subscribed(me, { priceId: shop.price('basic-month') })
})

const does = async (what: string, body?: unknown): Promise<Subscription> =>
  (await me.call<Subscription>('POST', `/v1/subscriptions/${id}/${what}`, body)).body
const refusal = (what: string, body?: unknown) => me.refusal('POST', `/v1/subscriptions/${id}/${what}`, body)
const toPremium = (when: string) => ({ priceId: shop.price('premium-month'), when })

describe('a change of plan', () => {
  it('tells before what it costs', async () => {
    const { body } = await me.call<ChangePreview>('POST', `/v1/subscriptions/${id}/preview`, toPremium('now'))
    // Nothing of the month is used yet: 11.99 less 5.99.
    expect(body).toMatchObject({ currency: 'eur', dueNowMinor: 600 })
  })
  it('is not made by its preview', async () => {
    await me.call('POST', `/v1/subscriptions/${id}/preview`, toPremium('now'))
    expect((await me.get<Subscription>(`/v1/subscriptions/${id}`)).plan?.key).toBe('basic')
  })
  it('costs what its preview showed, when that is handed back', async () => {
    const path = `/v1/subscriptions/${id}`
    shop.later(10)
    const preview = await me.call<ChangePreview>('POST', `${path}/preview`, toPremium('now'))
    const { prorationAt, dueNowMinor } = preview.body
    shop.later(1 / 48)
    await does('change', { ...toPremium('now'), prorationAt })
    const { latest_invoice: latest } = shop.stripe.store.get(id) as unknown as { latest_invoice: string }
    expect(shop.stripe.store.get(latest)?.total).toBe(dueNowMinor)
  })
  it('is not made by a preview of hours ago, nor by one to come', async () => {
    const preview = await me.call<ChangePreview>('POST', `/v1/subscriptions/${id}/preview`, toPremium('now'))
    const now = Date.parse(preview.body.prorationAt)
    const hours = (n: number) => new Date(now + n * 3_600_000).toISOString()
    const wanted = [-2, 1].map((n) => ({ ...toPremium('now'), prorationAt: hours(n) }))
    const refused = await Promise.all(wanted.map((body) => refusal('change', body)))
    expect(refused).toEqual([
      '422 invalid-input body.prorationAt:too_old',
      '422 invalid-input body.prorationAt:future',
    ])
  })
  it('happens now', async () => {
    expect((await does('change', toPremium('now'))).plan?.key).toBe('premium')
  })
  it('opens at once what the new plan has', async () => {
    await does('change', toPremium('now'))
    const { features } = await me.get<{ features: string[] }>('/v1/billing/entitlements')
    expect(features).toContain('uhd')
  })
  it('waits for the period’s end', async () => {
    const changed = await does('change', toPremium('period-end'))
    expect([changed.plan?.key, changed.pending?.planName]).toEqual(['basic', 'Premium'])
  })
  it('is replaced by the next one', async () => {
    await does('change', toPremium('period-end'))
    expect((await does('change', toPremium('now'))).pending).toBeNull()
  })
  it('to what there is already is refused', async () => {
    expect(await refusal('change', { priceId: shop.price('basic-month'), when: 'now' })).toBe(
      '409 nothing-to-change',
    )
  })
  it('to a plan for organisations is refused', async () => {
    expect(await refusal('change', { priceId: shop.price('studio-month'), when: 'now' })).toBe(
      '422 invalid-input body.priceId:audience',
    )
  })
  it('is answered again by its key when it is done', async () => {
    const key = aKey()
    const change = () =>
      me.keyed<Subscription>(key, 'POST', `/v1/subscriptions/${id}/change`, toPremium('now'))
    await change()
    expect((await change()).body.plan?.key).toBe('premium')
  })
  it('may come back and forth', async () => {
    await does('change', toPremium('now'))
    await does('change', { priceId: shop.price('basic-month'), when: 'now' })
    expect((await does('change', toPremium('now'))).plan?.key).toBe('premium')
  })
  it('keeps what is billed by use', async () => {
    const { body: org } = await me.call<Organisation>('POST', '/v1/organisations', { name: 'Film' })
    const organisationId = org.id
    id = await subscribed(me, { priceId: shop.price('studio-month'), organisationId })
    const changed = await does('change', { priceId: shop.price('studio-plus-month'), when: 'now' })
    expect([changed.plan?.key, changed.meters.length]).toEqual(['studio-plus', 4])
  })
})

describe('a cancellation', () => {
  it('at the period’s end keeps what is paid for', async () => {
    const canceled = await does('cancel', { when: 'period-end' })
    expect([canceled.status, canceled.cancelAtPeriodEnd]).toEqual(['active', true])
  })
  it('now ends it', async () => {
    expect((await does('cancel', { when: 'now' })).status).toBe('canceled')
  })
  it('twice is one', async () => {
    await does('cancel', { when: 'period-end' })
    expect((await does('cancel', { when: 'period-end' })).cancelAtPeriodEnd).toBe(true)
  })
  it('is taken back', async () => {
    await does('cancel', { when: 'period-end' })
    expect((await does('resume')).cancelAtPeriodEnd).toBe(false)
  })
  it('can be made again after it was taken back', async () => {
    await does('cancel', { when: 'period-end' })
    await does('resume')
    expect((await does('cancel', { when: 'period-end' })).cancelAtPeriodEnd).toBe(true)
  })
  it('of what has ended is refused', async () => {
    await does('cancel', { when: 'now' })
    expect(await refusal('cancel', { when: 'now' })).toBe('409 subscription-ended')
  })
  it('is answered again by its key when it has ended', async () => {
    const key = aKey()
    const cancel = () =>
      me.keyed<Subscription>(key, 'POST', `/v1/subscriptions/${id}/cancel`, { when: 'now' })
    await cancel()
    expect((await cancel()).body.status).toBe('canceled')
  })
  it('leaves the subscription in the list', async () => {
    await does('cancel', { when: 'now' })
    const { items } = await me.get<SubscriptionList>('/v1/subscriptions')
    expect(items.map(({ status }) => status)).toEqual(['canceled'])
  })
})

describe('a resumption', () => {
  it('takes back a change that is to come', async () => {
    await does('change', toPremium('period-end'))
    expect((await does('resume')).pending).toBeNull()
  })
  it('of what runs on anyway changes nothing', async () => {
    expect((await does('resume')).status).toBe('active')
  })
  it('of what has ended is refused', async () => {
    await does('cancel', { when: 'now' })
    expect(await refusal('resume')).toBe('409 subscription-ended')
  })
})

describe('a plan with prices by use of its own', () => {
  const money = (code: string, amountMinor: number) => ({ currency: currencyOf(code), amountMinor })
  let team: { productId: string; priceIds: readonly string[] }
  let organisationId: string
  beforeAll(async () => {
    team = await shop.provider.savePlan({
      ...{ key: 'team', name: 'Team', description: '', audience: 'organisation', features: [], rank: 60 },
      prices: [
        {
          ...{ key: 'team-month', interval: 'month', trialDays: null },
          amounts: [money('eur', 900), money('chf', 950)],
        },
        {
          ...{ key: 'team-use', interval: 'month', amounts: [money('eur', 0)], trialDays: null },
          ...{ meter: 'api_requests', unitAmountDecimal: '0.5' },
        },
      ],
    })
    await shop.mirror(['product', 'price'])
  })
  beforeEach(async () => {
    organisationId = (await me.call<Organisation>('POST', '/v1/organisations', { name: 'Film' })).body.id
  })

  it('is not changed to, since the prices of the old one would stay', async () => {
    id = await subscribed(me, { priceId: shop.price('studio-month'), organisationId })
    expect(await refusal('change', { priceId: team.priceIds[0], when: 'now' })).toBe('409 use-prices-differ')
  })
  it('is not sold in a currency in which use is not billed', async () => {
    const body = { priceId: team.priceIds[0], currency: 'chf', organisationId }
    expect(await me.refusal('POST', '/v1/subscribe', body, { 'idempotency-key': aKey() })).toBe(
      '422 invalid-input body.currency:not_sold',
    )
  })
})
