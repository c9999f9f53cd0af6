import fc from 'fast-check'
import { expect, it, vi } from 'vitest'
import { seedPlans } from '../../core/billing/seed-plans.ts'
import type { CheckoutStarted, PlanList, SubscriptionList } from '../../core/billing/wire.ts'
import type { PaymentMethodList, PaymentPage } from '../../core/billing/wire-payments.ts'
import type { Schema } from '../../core/http/route.ts'
import { organisationRoutes } from '../../core/identity/organisations-routes.ts'
import type { Organisation } from '../../core/identity/organisations-wire.ts'
import { usageRoutes } from '../../core/usage/usage-routes.ts'
import { type Client, openTestPlatform, type TestPlatform } from '../entry/testing/platform.ts'
import billingApi from './api.ts'
import { pay } from './testing/shop.ts'

/** A deeper look: FUZZ_RUNS=5000. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 600)
const ROUTES = [...billingApi.routes, ...usageRoutes, ...organisationRoutes]
/** A provider that cannot, is not there or is not set up: told in the API's description. */
const OF_PROVIDERS: readonly number[] = [501, 503]

const ODD = [
  '',
  '\0',
  'a\0b',
  '\ud800',
  '__proto__',
  'constructor',
  '-1',
  '1e999',
  'NaN',
  '%00',
  'null',
  'ı',
  '/\\x',
]
const odd = fc.oneof(
  fc.constantFrom(...ODD),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.integer().map(String),
)
const odder = fc.oneof(
  odd,
  fc.constantFrom(null, true, [], {}, [[]], 2 ** 53, 1e308, -0, 0.1, -1, 2 ** 31),
  fc.double(),
  fc.jsonValue(),
)
const time = fc.oneof(
  fc.constantFrom('0000-01-01T00:00:00Z', '0001-01-01T00:00:00+23:59', '9999-12-31T23:59:59-23:59'),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
)
const day = fc.oneof(
  fc.constantFrom('0000-01-01', '9999-12-31', '2026-02-30'),
  time.map((t) => t.slice(0, 10)),
)
const currency = fc.constantFrom('eur', 'usd', 'jpy', 'kwd', 'xyz')
const cursor = fc
  .tuple(
    fc.constantFrom('invoices', 'payments', 'organisations'),
    fc.nat({ max: 2 ** 31 - 1 }),
    fc.nat({ max: 999_999 }),
  )
  .map(([list, high, low]) => btoa(`${list}:${high}${low}.x`).replaceAll('=', ''))

/** Values that a field might really have, by its name, so that most calls come past the first check. */
function likely({ org, prices, method }: Known): Record<string, fc.Arbitrary<unknown>> {
  const path = fc.constantFrom('/plans/', '/a?b=c#d', '/@x', '/:80', '/%2f%2fevil.example', '/\u2028')
  const count = fc.integer({ min: 1, max: 1000 })
  return {
    ...{ priceId: fc.constantFrom(...prices), quantity: fc.integer({ min: 1, max: 100_000 }), currency },
    ...{ organisationId: fc.constant(org), successPath: path, cancelPath: path, returnPath: path },
    ...{ when: fc.constantFrom('now', 'period-end'), methodId: fc.constant(method), amountMinor: count },
    ...{ description: odd, reason: fc.constant('duplicate'), name: odd, email: fc.emailAddress() },
    ...{
      role: fc.constantFrom('owner', 'billing', 'member'),
      country: fc.constantFrom('DE', 'US', 'CA', 'AQ'),
    },
    ...{ region: fc.constantFrom('NY', 'BE', '1'), postalCode: odd, taxId: fc.constant('DE123456789') },
    ...{
      limit: fc.constantFrom('1', '100'),
      cursor,
      from: fc.oneof(time, day),
      to: fc.oneof(time, day),
      step: fc.constant('hour'),
    },
    ...{
      meter: fc.constant('api_requests'),
      audience: fc.constant('viewer'),
      sessionId: fc.constant('s'.repeat(16)),
    },
    ...{ sequence: count, seconds: fc.double({ min: 0, max: 3600, noNaN: true }), videoId: odd },
    events: fc.array(anEvent, { minLength: 1, maxLength: 3 }),
  }
}
const mostly = (usual: fc.Arbitrary<unknown>, other: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: other })
const EVENT = {
  ...{ source: fc.constant('app'), id: fc.uuid(), meter: fc.constant('api_requests'), subject: odd },
  quantity: fc.oneof(fc.double({ min: 0, max: 1e12 }), fc.constantFrom('1.5', '000000000001.000000001')),
  at: fc.constantFrom(new Date().toISOString(), '2026-02-29T00:00:00Z', '2026-11-20T24:00:00Z'),
  dimensions: fc.dictionary(odd, odd, { maxKeys: 3 }),
}
const anEvent = fc.record(
  Object.fromEntries(Object.entries(EVENT).map(([name, of]) => [name, mostly(of, odder)])),
)

function fieldsOf(schema: Schema | undefined): string[] {
  const shape = (schema as { _zod?: { def?: { shape?: object } } } | undefined)?._zod?.def?.shape
  return Object.keys(shape ?? {})
}

interface Known {
  readonly org: string
  readonly prices: readonly string[]
  readonly method: string
  /** What a path may name. */
  readonly ids: readonly string[]
}

/** One who has an organisation, a subscription, a payment and a card, so that calls come as far as the provider. */
async function customer({ platform, nobody }: TestPlatform, me: Client): Promise<Known> {
  await seedPlans(platform.ports.payments.of('stripe'))
  const prices = await vi.waitFor(
    async () => {
      const { items } = (await nobody.call('GET', '/v1/plans')).body as PlanList
      if (items.length < 4) throw new Error(`${items.length} plans are there`)
      return items.flatMap((plan) => plan.prices.map(({ id }) => id))
    },
    { timeout: 30_000, interval: 200 },
  )
  const { id: org } = (await me.call('POST', '/v1/organisations', { name: 'Film & Co' })).body as Organisation
  const headers = {
    authorization: `Bearer ${me.token}`,
    'content-type': 'application/json',
    'idempotency-key': 'one',
  }
  const body = JSON.stringify({ priceId: prices[0] })
  const started = await fetch(`${me.origin}/v1/subscribe`, { method: 'POST', headers, body })
  await pay(((await started.json()) as CheckoutStarted).checkoutUrl)
  return vi.waitFor(
    async () => {
      const items = async <T extends { items: readonly { id: string }[] }>(path: string) =>
        ((await me.call('GET', path)).body as T).items.map(({ id }) => id)
      const [subscription] = await items<SubscriptionList>('/v1/subscriptions')
      const [payment] = await items<PaymentPage>('/v1/billing/payments')
      const [method] = await items<PaymentMethodList>('/v1/billing/payment-methods')
      if (!subscription || !payment || !method) throw new Error('what was bought is not there yet')
      return { org, prices, method, ids: [org, subscription, payment] }
    },
    { timeout: 30_000, interval: 200 },
  )
}

it('no input makes the API of billing fail, and no cache may keep what is private', async () => {
  await using test = await openTestPlatform()
  const me = await test.signUp()
  const known = await customer(test, me)
  const usual = likely(known)
  const record = (schema: Schema | undefined, other: fc.Arbitrary<unknown>) =>
    fc.record(Object.fromEntries(fieldsOf(schema).map((name) => [name, mostly(usual[name] ?? odd, other)])), {
      requiredKeys: [],
    })
  const calls = fc.constantFrom(...ROUTES).chain((route) =>
    fc.record({
      route: fc.constant(route),
      params: fc.array(mostly(fc.constantFrom(...known.ids), odd), { minLength: 2, maxLength: 2 }),
      query: record(route.query, odd),
      body: mostly(record(route.body, odder), odder),
      key: fc.uuid(),
    }),
  )
  const seen = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(calls, async ({ route, params, query, body, key }) => {
      const path = route.path
        .split('/')
        .map((part) =>
          part.startsWith(':') ? encodeURIComponent((params.pop() ?? 'x').toString().toWellFormed()) : part,
        )
        .join('/')
      const headers = { authorization: `Bearer ${me.token}`, 'idempotency-key': key }
      const sent = route.body
        ? {
            headers: { ...headers, 'content-type': 'application/json' },
            body: JSON.stringify(body) ?? 'null',
          }
        : { headers }
      const search = new URLSearchParams(query as Record<string, string>)
      const answer = await fetch(`${me.origin}${path}?${search}`, { method: route.method, ...sent })
      const text = await answer.text()
      const name = `${answer.status} ${route.method} ${route.path}`
      seen.set(name, (seen.get(name) ?? 0) + 1)
      expect(answer.status < 500 || OF_PROVIDERS.includes(answer.status), `${name} ${text}`).toBe(true)
      if (answer.ok && answer.status !== 204 && route.access === 'user')
        expect(answer.headers.get('cache-control'), name).toMatch(/private|no-store/)
    }),
    { numRuns: RUNS },
  )
  if (process.env.FUZZ_RUNS)
    console.log([...seen].filter(([k]) => k.startsWith('2') || k.startsWith('5')).sort())
}, 300_000)
