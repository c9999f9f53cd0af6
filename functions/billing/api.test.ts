import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  aCustomerRow,
  anInvoice,
  anItem,
  aPayment,
  aPaymentMethod,
  aPrice,
  aProduct,
  aSubscription,
  JPY,
  later,
  USD,
} from '../../core/billing/testing/objects.ts'
import type { Entitlements, PlanList, SubscriptionList } from '../../core/billing/wire.ts'
import type {
  Invoice,
  InvoicePage,
  PaymentMethodList,
  PaymentPage,
} from '../../core/billing/wire-payments.ts'
import type { Organisation } from '../../core/identity/organisations-wire.ts'
import { idFromUuid, type OrganisationId, type UserId } from '../../core/run/id.ts'
import { type Caller, type Desk, openDesk } from './testing/desk.ts'

let desk: Desk
let me: Caller
let other: Caller
let customers = 0
beforeAll(async () => {
  desk = await openDesk()
  ;[me, other] = [await subscriber(), await desk.person()]
  await desk.put(aProduct(), aPrice({ otherCurrencies: { usd: 1099, jpy: 1500 } }))
})
afterAll(() => desk[Symbol.asyncDispose]())

/** Somebody whom the provider knows as `cus_<n>`; `n` is told by `cus(who)`. */
const names = new Map<Caller, string>()
async function subscriber(): Promise<Caller> {
  const who = await desk.person()
  names.set(who, await knownAs({ userId: who.userId as UserId }))
  return who
}
async function knownAs(whose: { userId: UserId } | { organisationId: OrganisationId }): Promise<string> {
  const providerId = `cus_${++customers}`
  const id = idFromUuid('bcu', desk.column.ports.ids.uuid())
  await aCustomerRow(desk.column.ports.db, { id, providerId, ...whose })
  return providerId
}
const cus = (who: Caller): string => names.get(who) ?? 'nobody'

async function anOrganisationOf(owner: Caller) {
  const { body } = await owner.call<Organisation>('POST', '/v1/organisations', { name: 'Film & Co' })
  const providerId = await knownAs({ organisationId: body.id as OrganisationId })
  return { id: body.id, providerId }
}

describe('plans', () => {
  it('are shown to anybody', async () => {
    const { items } = await desk.nobody.get<PlanList>('/v1/plans')
    expect(items.map(({ key }) => key)).toEqual(['premium'])
  })
  it('may be kept by every cache for a minute', async () => {
    const { headers } = await desk.nobody.call('GET', '/v1/plans')
    expect(headers['cache-control']).toBe('public, max-age=60')
  })
  it('are shown in the currency that was asked for', async () => {
    const { items } = await desk.nobody.get<PlanList>('/v1/plans?currency=jpy')
    expect(items[0]?.prices[0]).toMatchObject({ currency: 'jpy', amountMinor: 1500 })
  })
  it('are not shown in a currency that they are not sold in', async () => {
    expect((await desk.nobody.get<PlanList>('/v1/plans?currency=chf')).items).toEqual([])
  })
  it('tell what is billed by use along with them', async () => {
    await desk.put(
      aProduct({ id: 'prod_team', planKey: 'team', audience: 'organisation' }),
      aPrice({ id: 'price_team', productId: 'prod_team' }),
      aProduct({ id: 'prod_use', planKey: 'use', audience: 'organisation', features: [] }),
      aPrice({
        ...{ id: 'price_use', productId: 'prod_use', meter: 'minutes_streamed' },
        ...{ unitAmountMinor: null, unitAmountDecimal: '0.1' },
      }),
    )
    const { items } = await desk.nobody.get<PlanList>('/v1/plans?audience=organisation')
    expect(items.map(({ key, metered }) => [key, metered.map(({ amountDecimal }) => amountDecimal)])).toEqual(
      [['team', ['0.1']]],
    )
  })
})

describe('subscriptions', () => {
  it('are shown as the provider has them', async () => {
    const who = await subscriber()
    await desk.put(aSubscription({ id: 'sub_own', customerId: cus(who), items: [anItem({ quantity: 2 })] }))
    expect((await who.get<SubscriptionList>('/v1/subscriptions')).items).toMatchObject([
      { id: 'sub_own', status: 'active', plan: { key: 'premium' }, quantity: 2, amountMinor: 1998 },
    ])
  })
  it('cost what they cost in their own currency', async () => {
    const who = await subscriber()
    await desk.put(aSubscription({ id: 'sub_jpy', customerId: cus(who), currency: JPY }))
    expect((await who.get<SubscriptionList>('/v1/subscriptions')).items[0]?.amountMinor).toBe(1500)
  })
  it('are none for whoever never paid', async () => {
    expect((await other.get<SubscriptionList>('/v1/subscriptions')).items).toEqual([])
  })
})

describe('what belongs to somebody else', () => {
  const paths = ['/v1/subscriptions/sub_hidden', '/v1/invoices/in_hidden']
  beforeAll(() =>
    desk.put(
      aSubscription({ id: 'sub_hidden', customerId: cus(me) }),
      anInvoice({ id: 'in_hidden', customerId: cus(me) }),
      aPaymentMethod({ id: 'pm_hidden', customerId: cus(me) }),
      aPayment({ id: 'pi_hidden', customerId: cus(me) }),
    ),
  )
  it.each(paths)('%s is there for its customer', async (path) => {
    expect((await me.call('GET', path)).status).toBe(200)
  })
  const changes: readonly (readonly [string, string, unknown])[] = [
    ['GET', '/v1/subscriptions/sub_hidden', undefined],
    ['GET', '/v1/invoices/in_hidden', undefined],
    ['POST', '/v1/subscriptions/sub_hidden/change', { priceId: 'price_1', when: 'now' }],
    ['POST', '/v1/subscriptions/sub_hidden/preview', { priceId: 'price_1', when: 'now' }],
    ['POST', '/v1/subscriptions/sub_hidden/cancel', { when: 'now' }],
    ['POST', '/v1/subscriptions/sub_hidden/resume', undefined],
    ['DELETE', '/v1/billing/payment-methods/pm_hidden', undefined],
    ['PUT', '/v1/billing/payment-methods/default', { methodId: 'pm_hidden' }],
    ['POST', '/v1/billing/payments/pi_hidden/refunds', { reason: 'duplicate' }],
  ]
  it.each(changes)('%s %s is 404', async (method, path, body) => {
    expect(await other.refusal(method, path, body, { 'idempotency-key': 'k' })).toBe('404 not-found')
  })
  it.each(changes)('%s %s is 401 without a token', async (method, path, body) => {
    expect(await desk.nobody.refusal(method, path, body)).toBe('401 unauthorized')
  })
})

describe('invoices', () => {
  it('tell the tax on each line', async () => {
    const line = { description: 'Premium', amountMinor: 1000, taxMinor: 190, quantity: 1, priceId: 'price_1' }
    const period = { periodStart: later(0), periodEnd: later(31), proration: false, meter: null }
    const invoice = anInvoice({
      id: 'in_taxed',
      customerId: cus(me),
      lines: [{ id: 'il_t', ...line, ...period }],
    })
    await desk.put(invoice)
    expect(await me.get<Invoice>('/v1/invoices/in_taxed')).toMatchObject({
      totalMinor: 1190,
      lines: [{ amountMinor: 1000, taxMinor: 190 }],
    })
  })
  it('come page by page, those of one second too', async () => {
    const who = await subscriber()
    const ids = ['in_a', 'in_b', 'in_c', 'in_d', 'in_e']
    await desk.put(...ids.map((id) => anInvoice({ id, customerId: cus(who) })))
    const seen: string[] = []
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const query: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
      const page: InvoicePage = await who.get<InvoicePage>(`/v1/invoices?limit=2${query}`)
      seen.push(...page.items.map(({ id }) => id))
      cursor = page.nextCursor
    }
    expect(seen).toEqual([...ids].reverse())
  })
  it('are the same bytes until something changes', async () => {
    const { headers } = await me.call('GET', '/v1/invoices')
    const again = await me.call('GET', '/v1/invoices', undefined, { 'if-none-match': headers.etag ?? '' })
    expect(again.status).toBe(304)
  })
})

describe('payments', () => {
  it('come with their attempts', async () => {
    const who = await subscriber()
    await desk.put(aPayment({ id: 'pi_tried', customerId: cus(who) }))
    const { items } = await who.get<PaymentPage>('/v1/billing/payments')
    expect(items[0]?.attempts.map(({ status }) => status)).toEqual(['succeeded'])
  })
  it('are not paid back by the customer', async () => {
    await desk.put(aPayment({ id: 'pi_mine', customerId: cus(me) }))
    const path = '/v1/billing/payments/pi_mine/refunds'
    expect(await me.refusal('POST', path, { reason: 'duplicate' }, { 'idempotency-key': 'k' })).toBe(
      '403 forbidden',
    )
  })
})

describe('payment methods', () => {
  it('tell which one is paid with', async () => {
    const who = await subscriber()
    await desk.put(aPaymentMethod({ id: 'pm_card', customerId: cus(who) }))
    const { items } = await who.get<PaymentMethodList>('/v1/billing/payment-methods')
    expect(items).toMatchObject([{ id: 'pm_card', last4: '4242', isDefault: false }])
  })
  it('are gone once they are detached', async () => {
    const who = await subscriber()
    await desk.put(aPaymentMethod({ id: 'pm_old', customerId: cus(who) }))
    await desk.put(aPaymentMethod({ id: 'pm_old', customerId: null }))
    expect((await who.get<PaymentMethodList>('/v1/billing/payment-methods')).items).toEqual([])
  })
})

describe('billing of an organisation', () => {
  const roles: readonly (readonly [string, string, string])[] = [
    ['billing', '/v1/subscriptions', '200'],
    ['billing', '/v1/invoices', '200'],
    ['member', '/v1/subscriptions', '403 forbidden'],
    ['member', '/v1/invoices', '403 forbidden'],
    ['member', '/v1/billing/payments', '403 forbidden'],
    ['member', '/v1/billing/payment-methods', '403 forbidden'],
    ['member', '/v1/billing/entitlements', '200'],
  ]
  it.each(roles)('answers the role %s at %s with %s', async (role, path, says) => {
    const [owner, member] = [await desk.person(), await desk.person()]
    const { id } = await anOrganisationOf(owner)
    await owner.call('POST', `/v1/organisations/${id}/members`, { email: member.email, role })
    expect((await member.refusal('GET', `${path}?organisationId=${id}`)).trim()).toBe(says)
  })
  it.each(['/v1/subscriptions', '/v1/billing/entitlements'])(
    'is hidden from strangers at %s',
    async (path) => {
      const { id } = await anOrganisationOf(await desk.person())
      expect(await other.refusal('GET', `${path}?organisationId=${id}`)).toBe('404 not-found')
    },
  )
  it('hides its subscription by id from a member', async () => {
    const [owner, member] = [await desk.person(), await desk.person()]
    const { id, providerId } = await anOrganisationOf(owner)
    await owner.call('POST', `/v1/organisations/${id}/members`, { email: member.email, role: 'member' })
    await desk.put(aSubscription({ id: 'sub_team', customerId: providerId }))
    expect(await member.refusal('GET', '/v1/subscriptions/sub_team')).toBe('404 not-found')
  })
  it('opens what it pays for to a member', async () => {
    const [owner, member] = [await desk.person(), await desk.person()]
    const { id, providerId } = await anOrganisationOf(owner)
    await owner.call('POST', `/v1/organisations/${id}/members`, { email: member.email, role: 'member' })
    await desk.put(aSubscription({ id: 'sub_opens', customerId: providerId, currency: USD }))
    expect(await member.get<Entitlements>('/v1/billing/entitlements')).toEqual({
      features: ['premium-titles'],
    })
  })
})

const A_PAYMENT = { currency: 'eur', description: 'A ticket' }
describe('bad input', () => {
  const bad: readonly (readonly [string, string, unknown, string])[] = [
    ['GET', '/v1/plans?currency=EUR', undefined, 'query.currency:format'],
    ['GET', '/v1/plans?audience=me', undefined, 'query.audience:one_of'],
    ['GET', '/v1/billing/quote?country=DE', undefined, 'query.priceId:required'],
    ['GET', '/v1/billing/quote?priceId=price_1&country=XX', undefined, 'query.country:rule'],
    ['GET', '/v1/billing/quote?priceId=price_none&country=DE', undefined, 'query.priceId:unknown'],
    ['GET', '/v1/invoices?limit=0', undefined, 'query.limit:too_small'],
    ['GET', '/v1/invoices?cursor=xx', undefined, 'query.cursor:cursor'],
    ['GET', '/v1/billing/payments?limit=1000', undefined, 'query.limit:too_large'],
    ['GET', '/v1/subscriptions?organisationId=mine', undefined, 'query.organisationId:rule'],
    ['POST', '/v1/subscribe', {}, 'body.priceId:required'],
    ['POST', '/v1/subscribe', { priceId: 'price_1', quantity: 0 }, 'body.quantity:too_small'],
    ['POST', '/v1/subscribe', { priceId: 'price_1', currency: 'euro' }, 'body.currency:format'],
    ['POST', '/v1/subscribe', { priceId: 'price_1', currency: 'chf' }, 'body.currency:not_sold'],
    ['POST', '/v1/subscribe', { priceId: 'price_none' }, 'body.priceId:unknown'],
    ['POST', '/v1/subscribe', { priceId: 'price_1', coupon: 'x' }, 'body:unknown_field'],
    ['POST', '/v1/subscriptions/sub_x/change', { priceId: 'price_1' }, 'body.when:one_of'],
    ['POST', '/v1/subscriptions/sub_x/preview', { when: 'now' }, 'body.priceId:required'],
    ['POST', '/v1/subscriptions/sub_x/cancel', { when: 'later' }, 'body.when:one_of'],
    ['POST', '/v1/billing/portal', { returnPath: 'https://evil.example' }, 'body.returnPath:format'],
    ['POST', '/v1/billing/payment-methods/setup', { card: '4242' }, 'body:unknown_field'],
    ['PUT', '/v1/billing/payment-methods/default', {}, 'body.methodId:required'],
    ['POST', '/v1/billing/payments', { amountMinor: 0.5, ...A_PAYMENT }, 'body.amountMinor:type'],
    ['POST', '/v1/billing/payments', { amountMinor: 0, ...A_PAYMENT }, 'body.amountMinor:too_small'],
    ['POST', '/v1/billing/payments/pi_1/refunds', { reason: 'mood' }, 'body.reason:one_of'],
  ]
  it.each(bad)('%s %s with %o is refused as %s', async (method, path, body, field) => {
    expect(await me.refusal(method, path, body, { 'idempotency-key': 'bad' })).toBe(
      `422 invalid-input ${field}`,
    )
  })
  const elsewhere = ['https://evil.example/', '//evil.example', '/\\evil.example', 'plans/', '/a b']
  it.each(elsewhere)('a way back to %s is refused', async (successPath) => {
    expect(await me.refusal('POST', '/v1/subscribe', { priceId: 'price_1', successPath })).toBe(
      '422 invalid-input body.successPath:format',
    )
  })
  const keyed: readonly (readonly [string, unknown])[] = [
    ['/v1/subscribe', { priceId: 'price_1' }],
    ['/v1/billing/payments', { amountMinor: 100, currency: 'eur', description: 'x' }],
    ['/v1/billing/payments/pi_1/refunds', { reason: 'duplicate' }],
  ]
  it.each(keyed)('%s without an Idempotency-Key is refused', async (path, body) => {
    expect(await me.refusal('POST', path, body)).toBe('400 idempotency-key-required')
  })
  it.each(keyed)('%s with a key that cannot be used is refused', async (path, body) => {
    expect(await me.refusal('POST', path, body, { 'idempotency-key': 'é' })).toBe(
      '400 idempotency-key-invalid',
    )
  })
  it('never makes the platform complain', () => {
    expect(desk.column.log.lines.filter(({ level }) => level === 'error')).toEqual([])
  })
})
