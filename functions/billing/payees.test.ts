import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { manualClock } from '../../adapters/local/testing/clock.ts'
import { aPayout, customerId, gone, later } from '../../core/billing/testing/objects.ts'
import { payees } from '../../core/payouts/schema.ts'
import { findPayee } from '../../core/payouts/store.ts'
import { aPayeeRow } from '../../core/payouts/testing/rows.ts'
import { transferProvider } from '../../core/payouts/testing/transfer-provider.ts'
import type {
  OnboardingStarted,
  Payee,
  PayeeTransfer,
  PayeeTransferPage,
  PayoutPage,
} from '../../core/payouts/wire.ts'
import { PaymentUnavailable } from '../../core/ports/payments.ts'
import { type CustomerId, idFromUuid } from '../../core/run/id.ts'
import { refetchNow } from '../../core/webhooks/refetch.ts'
import { type Caller, openDesk } from './testing/desk.ts'
import { aKey, openShop, type Shop } from './testing/shop.ts'

let shop: Shop
let me: Caller
beforeAll(async () => {
  shop = await openShop()
  await atStripe('POST', '/v1/topups', { amount: '100000', currency: 'eur' })
})
afterAll(() => shop[Symbol.asyncDispose]())
beforeEach(async () => {
  me = await shop.person()
})

/** What is done at the provider's own pages, or by its support. */
async function atStripe(
  method: string,
  path: string,
  form: Record<string, string> = {},
): Promise<{ id?: string; data?: { id: string }[] }> {
  const headers = { authorization: `Bearer ${shop.stripe.key}` }
  const body = method === 'POST' ? { body: new URLSearchParams(form) } : {}
  const answer = await fetch(`${shop.stripe.origin}${path}`, { method, headers, ...body })
  return (await answer.json()) as { id?: string; data?: { id: string }[] }
}

const become = async (body: object = { country: 'DE' }) =>
  (await me.call<Payee>('POST', '/v1/billing/payee', body)).body
const onboarding = async (body: object = {}) =>
  (await me.call<OnboardingStarted>('POST', '/v1/billing/payee/onboarding', body)).body.url
/** Made, and told at the provider's page all that it wants to know. */
async function onboarded(): Promise<Payee> {
  await become()
  await fetch(await onboarding(), { method: 'POST', redirect: 'manual' })
  shop.later(1)
  return me.get<Payee>('/v1/billing/payee')
}
const row = async () => {
  const { customerId } = await me.get<Payee>('/v1/billing/payee')
  return findPayee(shop.column.ports.db, customerId as CustomerId)
}
const accountId = async () => {
  const accounts = shop.stripe.store.all('account')
  const { customerId } = await me.get<Payee>('/v1/billing/payee')
  const mine = accounts.filter(({ metadata }) => Object(metadata).skyreel_customer === customerId)
  return mine.at(-1)?.id ?? 'none'
}
/** Looks as a webhook would make us look. */
const look = (kind: 'payee-account' | 'transfer', id: string) =>
  refetchNow(shop.column.ports, shop.column.ctx, { provider: 'stripe', kind, id, accountId: null })

const theirPayouts = async (account: string) => {
  const headers = { authorization: `Bearer ${shop.stripe.key}`, 'stripe-account': account }
  return (await (await fetch(`${shop.stripe.origin}/v1/payouts`, { headers })).json()) as {
    data?: { id: string }[]
  }
}
const pay = async (payeeId: string, facts: object = {}, key = aKey()) =>
  shop.staff.keyed<PayeeTransfer & { code: string }>(key, 'POST', '/v1/billing/payee-transfers', {
    ...{ customerId: payeeId, amountMinor: 700, currency: 'eur' },
    ...facts,
  })
const transfers = async () => (await me.get<PayeeTransferPage>('/v1/billing/payee/transfers')).items

describe('a payee', () => {
  it('is not found before there is one', async () => {
    expect(await me.refusal('GET', '/v1/billing/payee')).toBe('404 not-found')
  })
  it('is asked for what the provider wants to know', async () => {
    const { status, payoutsEnabled, requirements } = await become()
    expect([status, payoutsEnabled, requirements.length > 0]).toEqual(['onboarding', false, true])
  })
  it('has one account however often they ask', async () => {
    const before = shop.stripe.store.all('account').length
    for (let n = 0; n < 3; n += 1) await become()
    expect(shop.stripe.store.all('account').length - before).toBe(1)
  })
  it('has one account when they ask twice at once', async () => {
    const before = shop.stripe.store.all('account').length
    await Promise.all([become(), become(), become()])
    expect(shop.stripe.store.all('account').length - before).toBe(1)
  })
  it('has the same account when our call’s answer was lost', async () => {
    await become()
    const before = await accountId()
    await shop.column.ports.db.update(payees).set({ accountId: null })
    await become()
    expect([await accountId(), (await row())?.accountId]).toEqual([before, before])
  })
  it('cannot move to another country', async () => {
    await become()
    expect(await me.refusal('POST', '/v1/billing/payee', { country: 'FR' })).toBe('409 payee-exists')
  })
  it('is active once the provider knows all, without any webhook', async () => {
    expect(await onboarded()).toMatchObject({ status: 'active', payoutsEnabled: true, requirements: [] })
  })
  it('comes back to our own site from the provider’s page', async () => {
    await become()
    const answer = await fetch(await onboarding({ returnPath: '/studio/income' }), {
      method: 'POST',
      redirect: 'manual',
    })
    expect(answer.headers.get('location')).toBe('http://localhost:8080/studio/income')
  })
  it('has no page to go to before there is an account', async () => {
    expect(await me.refusal('POST', '/v1/billing/payee/onboarding', {})).toBe('404 not-found')
  })
  it('gets a new account after the old one was closed', async () => {
    await onboarded()
    const closed = await accountId()
    await atStripe('DELETE', `/v1/accounts/${closed}`)
    await look('payee-account', closed)
    expect([(await me.get<Payee>('/v1/billing/payee')).status, (await become()).status]).toEqual([
      'closed',
      'onboarding',
    ])
  })
  it('that is closed is not sent to its page', async () => {
    await become()
    const closed = await accountId()
    await atStripe('DELETE', `/v1/accounts/${closed}`)
    await look('payee-account', closed)
    expect(await me.refusal('POST', '/v1/billing/payee/onboarding', {})).toBe('409 payee-closed')
  })
  it('of an organisation is for its members with the role for it', async () => {
    const { body } = await me.call<{ id: string }>('POST', '/v1/organisations', { name: 'Films' })
    await become({ country: 'DE', organisationId: body.id })
    const stranger = await shop.person()
    expect(await stranger.refusal('GET', `/v1/billing/payee?organisationId=${body.id}`)).toBe('404 not-found')
  })
})

describe('money for a payee', () => {
  let payee: string
  beforeEach(async () => {
    payee = (await onboarded()).customerId
  })
  it('is sent by staff', async () => {
    expect((await pay(payee)).body).toMatchObject({ state: 'sent', amountMinor: 700, currency: 'eur' })
  })
  it('is sent by nobody else', async () => {
    const body = { customerId: payee, amountMinor: 700, currency: 'eur' }
    const key = { 'idempotency-key': aKey() }
    expect(await me.refusal('POST', '/v1/billing/payee-transfers', body, key)).toBe('403 forbidden')
  })
  it('is sent once a key', async () => {
    const key = aKey()
    const answers = await Promise.all([pay(payee, {}, key), pay(payee, {}, key)])
    const again = await pay(payee, {}, key)
    expect([
      new Set([...answers, again].map(({ body }) => body.id)).size,
      (await transfers()).length,
    ]).toEqual([1, 1])
  })
  it('is not another amount under the same key', async () => {
    const key = aKey()
    await pay(payee, {}, key)
    expect((await pay(payee, { amountMinor: 701 }, key)).body.code).toBe('idempotency-key-reused')
  })
  it('that the provider refuses is not sent, and the payee hears nothing of it', async () => {
    const { status, body } = await pay(payee, { amountMinor: 99_000_000 })
    expect([status, body.code, await transfers()]).toEqual([422, 'transfer-refused', []])
  })
  it('that was refused is refused again under its key', async () => {
    const key = aKey()
    for (let n = 0; n < 2; n += 1) await pay(payee, { amountMinor: 99_000_000 }, key)
    expect((await pay(payee, { amountMinor: 99_000_000 }, key)).body.code).toBe('transfer-refused')
  })
  it('that is taken back as a whole is reversed', async () => {
    await pay(payee)
    const [transfer] = (await atStripe('GET', '/v1/transfers?limit=1')).data ?? []
    const id = transfer?.id ?? 'none'
    await atStripe('POST', `/v1/transfers/${id}/reversals`)
    await look('transfer', id)
    expect((await transfers()).map(({ state, reversedMinor }) => [state, reversedMinor])).toEqual([
      ['reversed', 700],
    ])
  })
  it('is listed by pages, newest first', async () => {
    for (const amountMinor of [100, 200, 300]) await pay(payee, { amountMinor })
    const first = await me.get<PayeeTransferPage>('/v1/billing/payee/transfers?limit=2')
    const rest = await me.get<PayeeTransferPage>(
      `/v1/billing/payee/transfers?limit=2&cursor=${first.nextCursor}`,
    )
    const amounts = [first, rest].map(({ items }) => items.map(({ amountMinor }) => amountMinor))
    expect(amounts).toEqual([[300, 200], [100]])
  })
  it('is nobody else’s to see', async () => {
    await pay(payee)
    const other = await shop.person()
    expect(await other.get<PayeeTransferPage>('/v1/billing/payee/transfers')).toEqual({ items: [] })
  })
  it('is listed when it goes to their bank, and not when our own goes to ours', async () => {
    const account = await accountId()
    await shop.put(aPayout({ id: 'po_theirs', accountId: account }), aPayout({ id: 'po_ours' }))
    const { items } = await me.get<PayoutPage>('/v1/billing/payee/payouts')
    expect(items.map(({ id, status }) => [id, status])).toEqual([['po_theirs', 'paid']])
  })
  it('that went to their bank from an account that is closed now is listed still', async () => {
    const closed = await accountId()
    await shop.put(aPayout({ id: 'po_before', accountId: closed }), gone('payee-account', closed))
    await become()
    await shop.put(aPayout({ id: 'po_after', accountId: await accountId(), createdAt: later(8) }))
    const { items } = await me.get<PayoutPage>('/v1/billing/payee/payouts')
    expect(items.map(({ id }) => id)).toEqual(['po_after', 'po_before'])
  })
  it('is listed when it goes to their bank', async () => {
    await pay(payee)
    for (let day = 0; day < 3; day += 1) shop.later(1)
    const account = await accountId()
    for (const { id } of (await theirPayouts(account)).data ?? [])
      await refetchNow(shop.column.ports, shop.column.ctx, {
        provider: 'stripe',
        kind: 'payout',
        id,
        accountId: account,
      })
    const { items } = await me.get<PayoutPage>('/v1/billing/payee/payouts')
    expect(items.map(({ amountMinor, status }) => [amountMinor, status])).toEqual([[700, 'paid']])
  })
  it('that comes back from their bank is told of', async () => {
    await pay(payee)
    for (let day = 0; day < 2; day += 1) shop.later(1)
    const account = await accountId()
    const [payout] = (await theirPayouts(account)).data ?? []
    const id = payout?.id ?? 'none'
    await atStripe('POST', '/_skyreel/fail-payout', { payout: id }).catch(() => undefined)
    await refetchNow(shop.column.ports, shop.column.ctx, {
      provider: 'stripe',
      kind: 'payout',
      id,
      accountId: account,
    })
    expect(shop.column.events.filter(({ type }) => type === 'billing.payout.failed')).toMatchObject([
      { data: { payoutId: id, accountId: account } },
    ])
  })
  it('is for payees alone', async () => {
    expect((await pay(`bcu_${'0'.repeat(32)}`)).status).toBe(404)
  })
})

describe('while the provider is out of reach', () => {
  it('money is asked for, and its way is told by the same key later', async () => {
    const id = idFromUuid('usr', 'e'.repeat(32))
    const clock = manualClock()
    const payments = transferProvider(clock)
    await using desk = await openDesk({ config: { billingStaff: [id] }, ports: { clock, payments } })
    const staff = await desk.person('staff@example.org', id)
    await aPayeeRow(desk.column.ports)
    const body = { customerId: customerId(1), amountMinor: 500, currency: 'eur' }
    const ask = () => staff.keyed<PayeeTransfer>('one', 'POST', '/v1/billing/payee-transfers', body)
    payments.before = async () => {
      payments.before = async () => undefined
      throw new PaymentUnavailable('the line is cut')
    }
    expect([(await ask()).body.state, (await ask()).body.state]).toEqual(['asked', 'sent'])
  })
})
