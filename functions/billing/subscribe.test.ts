import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CheckoutStarted, Entitlements, SubscriptionList } from '../../core/billing/wire.ts'
import type { Organisation } from '../../core/identity/organisations-wire.ts'
import {
  aKey,
  DECLINED_CARD,
  openShop,
  pay,
  type Shop,
  startCheckout,
  stateOf,
  subscribed,
} from './testing/shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop[Symbol.asyncDispose]())

const basic = (more: Record<string, unknown> = {}) => ({ priceId: shop.price('basic-month'), ...more })
const checkoutIdOf = ({ checkoutUrl }: CheckoutStarted) =>
  new URL(checkoutUrl).pathname.split('/').at(-1) ?? ''
const sessionOf = (started: CheckoutStarted) => {
  return shop.stripe.store.get(checkoutIdOf(started)) as unknown as {
    readonly success_url: string
    readonly client_reference_id: string
    readonly currency: string
    readonly line_items: { readonly data: readonly unknown[] }
    readonly _data: { readonly subscription_data?: { readonly trial_period_days?: string } }
  }
}
const trialDaysOf = (started: CheckoutStarted) =>
  sessionOf(started)._data.subscription_data?.trial_period_days
const openedFor = async (who: { get<T>(path: string): Promise<T> }) =>
  (await who.get<Entitlements>('/v1/billing/entitlements')).features

describe('a checkout', () => {
  it('opens what was paid for, without any webhook', async () => {
    const me = await shop.person()
    const started = await startCheckout(me, basic())
    await pay(started.checkoutUrl)
    expect((await stateOf(me, started)).status).toBe('paid')
    expect(await openedFor(me)).toEqual(['hd', 'premium-titles'])
  })
  it('is pending until it is paid', async () => {
    const me = await shop.person()
    expect((await stateOf(me, await startCheckout(me, basic()))).status).toBe('pending')
  })
  it('opens nothing for whoever comes back without paying', async () => {
    const me = await shop.person()
    await stateOf(me, await startCheckout(me, basic()))
    expect(await openedFor(me)).toEqual([])
  })
  it('is still pending after a declined card', async () => {
    const me = await shop.person()
    const started = await startCheckout(me, basic())
    await pay(started.checkoutUrl, DECLINED_CARD)
    expect((await stateOf(me, started)).status).toBe('pending')
  })
  it('is paid for a while of trial', async () => {
    const me = await shop.person()
    const started = await startCheckout(me, { priceId: shop.price('premium-year') })
    await pay(started.checkoutUrl)
    expect((await stateOf(me, started)).status).toBe('paid')
  })
  it('is somebody else’s business as little as a checkout that is none', async () => {
    const [me, other] = [await shop.person(), await shop.person()]
    const { operationId } = await startCheckout(me, basic())
    expect(await other.refusal('GET', `/v1/billing/checkout/${operationId}`)).toBe('404 not-found')
  })
  it('comes back to our own origin and says which it was', async () => {
    const me = await shop.person()
    const started = await startCheckout(me, basic({ successPath: '/account/?tab=plan' }))
    expect(sessionOf(started).success_url).toBe(
      `http://localhost:8080/account/?tab=plan&operation=${started.operationId}`,
    )
  })
  it('is in the currency that was chosen', async () => {
    const started = await startCheckout(await shop.person(), basic({ currency: 'jpy' }))
    expect(sessionOf(started).currency).toBe('jpy')
  })
  it('names our operation', async () => {
    const started = await startCheckout(await shop.person(), basic())
    expect(sessionOf(started).client_reference_id).toBe(started.operationId)
  })
})

describe('a page that asks over and over', () => {
  it('asks the provider once in two seconds', async () => {
    const me = await shop.person()
    const started = await startCheckout(me, basic())
    for (let n = 0; n < 5; n += 1) await stateOf(me, started)
    const { rows } = (await shop.column.ports.db.execute(
      sql`select id from webhook_inbox where object_id = ${checkoutIdOf(started)} and type = 'skyreel.refetch'`,
    )) as unknown as { readonly rows: readonly unknown[] }
    expect(rows.length).toBe(1)
  })
})

describe('a second checkout', () => {
  it('closes the first, so that nobody pays both', async () => {
    const me = await shop.person()
    const first = await startCheckout(me, basic())
    const second = await startCheckout(me, basic())
    await Promise.all([pay(first.checkoutUrl), pay(second.checkoutUrl)])
    const statuses = [first, second].map(async (started) => (await stateOf(me, started)).status)
    expect(await Promise.all(statuses)).toEqual(['expired', 'paid'])
  })
  it('is not begun when the first turns out to be paid, though no webhook told of it', async () => {
    const me = await shop.person()
    await pay((await startCheckout(me, basic())).checkoutUrl)
    const again = me.refusal('POST', '/v1/subscribe', basic(), { 'idempotency-key': aKey() })
    expect(await again).toBe('409 already-subscribed')
  })
  it('leaves that of an organisation of theirs alone', async () => {
    const me = await shop.person()
    const { body } = await me.call<Organisation>('POST', '/v1/organisations', { name: 'Film & Co' })
    const first = await startCheckout(me, { priceId: shop.price('studio-month'), organisationId: body.id })
    await startCheckout(me, basic())
    expect((await stateOf(me, first)).status).toBe('pending')
  })
})

describe('the key of a checkout', () => {
  it('gets the same checkout again', async () => {
    const [me, key] = [await shop.person(), aKey()]
    const first = await startCheckout(me, basic(), key)
    expect(await startCheckout(me, basic(), key)).toEqual(first)
  })
  it('gets the same checkout again after it was paid', async () => {
    const [me, key] = [await shop.person(), aKey()]
    const first = await startCheckout(me, basic(), key)
    await pay(first.checkoutUrl)
    await stateOf(me, first)
    expect(await startCheckout(me, basic(), key)).toEqual(first)
  })
  it('is refused for another request', async () => {
    const [me, key] = [await shop.person(), aKey()]
    await startCheckout(me, basic(), key)
    const other = await me.keyed<{ code: string }>(key, 'POST', '/v1/subscribe', basic({ quantity: 2 }))
    expect([other.status, other.body.code]).toEqual([409, 'idempotency-key-reused'])
  })
  it('makes one customer of two at once', async () => {
    const me = await shop.person()
    await Promise.all([startCheckout(me, basic()), startCheckout(me, basic())])
    const customers = shop.stripe.store.all('customer').filter(({ email }) => email === me.email)
    expect(customers.length).toBe(1)
  })
})

describe('a subscriber', () => {
  it('is not sold a second subscription', async () => {
    const me = await shop.person()
    await subscribed(me, basic())
    const body = { priceId: shop.price('premium-month') }
    expect(await me.refusal('POST', '/v1/subscribe', body, { 'idempotency-key': aKey() })).toBe(
      '409 already-subscribed',
    )
  })
  it('sees the subscription with its plan', async () => {
    const me = await shop.person()
    const id = await subscribed(me, basic({ currency: 'usd' }))
    expect((await me.get<SubscriptionList>('/v1/subscriptions')).items).toMatchObject([
      { id, status: 'active', plan: { key: 'basic' }, currency: 'usd', amountMinor: 699 },
    ])
  })
  it('gets a trial the first time', async () => {
    const started = await startCheckout(await shop.person(), { priceId: shop.price('premium-year') })
    expect(trialDaysOf(started)).toBe('14')
  })
  it('gets no second trial', async () => {
    const me = await shop.person()
    const id = await subscribed(me, { priceId: shop.price('premium-year') })
    await me.call('POST', `/v1/subscriptions/${id}/cancel`, { when: 'now' })
    const again = await startCheckout(me, { priceId: shop.price('premium-year') })
    expect(trialDaysOf(again)).toBeUndefined()
  })
})

describe('an organisation', () => {
  const anOrganisation = async () => {
    const owner = await shop.person()
    const { body } = await owner.call<Organisation>('POST', '/v1/organisations', { name: 'Film & Co' })
    return { owner, organisationId: body.id }
  }
  it('subscribes with all that is billed by use along', async () => {
    const { owner, organisationId } = await anOrganisation()
    const started = await startCheckout(owner, { priceId: shop.price('studio-month'), organisationId })
    expect(sessionOf(started).line_items.data.length).toBe(5)
  })
  it('opens its plan to its members', async () => {
    const { owner, organisationId } = await anOrganisation()
    await subscribed(owner, { priceId: shop.price('studio-month'), organisationId })
    expect(await openedFor(owner)).toEqual(['organisation'])
  })
  it('is not sold a plan for persons', async () => {
    const { owner, organisationId } = await anOrganisation()
    expect(
      await owner.refusal('POST', '/v1/subscribe', basic({ organisationId }), { 'idempotency-key': aKey() }),
    ).toBe('422 invalid-input body.priceId:audience')
  })
  it('has the plan that a person is not sold', async () => {
    const body = { priceId: shop.price('studio-month') }
    const me = await shop.person()
    expect(await me.refusal('POST', '/v1/subscribe', body, { 'idempotency-key': aKey() })).toBe(
      '422 invalid-input body.priceId:audience',
    )
  })
})

describe('with a checkout that nobody pays', () => {
  it('the time is over after a day', async () => {
    const late = await openShop()
    const me = await late.person()
    const started = await startCheckout(me, { priceId: late.price('basic-month') })
    late.later(2)
    const { status } = await stateOf(me, started)
    await late[Symbol.asyncDispose]()
    expect(status).toBe('expired')
  })
})

describe('without the provider', () => {
  it('a checkout can be tried again', async () => {
    const alone = await openShop()
    const me = await alone.person()
    await alone.stripe.stop()
    const body = { priceId: alone.price('basic-month') }
    const answer = await me.keyed<{ code: string }>(aKey(), 'POST', '/v1/subscribe', body)
    await alone[Symbol.asyncDispose]()
    expect([answer.status, answer.body.code, answer.headers['retry-after']]).toEqual([
      503,
      'payments-unavailable',
      '5',
    ])
  })
})
