import Stripe from 'stripe'
import { expect, it } from 'vitest'
import type { PaymentProvider, Payments } from '../../core/ports/payments.ts'
import type { Ports } from '../../core/ports/ports.ts'
import type { CustomerId } from '../../core/run/id.ts'
import { ingest } from '../../core/usage/ingest.ts'
import { pushUsage } from '../../core/usage/push.ts'
import { rollUp } from '../../core/usage/rollup.ts'
import { openTestColumn } from '../local/testing/column.ts'
import { mortal } from '../local/testing/mortal-database.ts'
import { aSubscriber, at, aUse, NOW } from '../local/testing/usage-desk.ts'
import { startStripeServer } from '../stripe-server/start.ts'
import { openPayments } from './open-payments.ts'
import { knownSecrets } from './testing/known-secrets.ts'

const KEY = 'sk_test_usage'
const METER = 'api_requests'

interface Moments {
  before: (identifier: string) => Promise<void>
  after: (identifier: string) => Promise<void>
}

/** A column whose payments are the real driver on the local Stripe server, with moments to die at before and after a call. */
async function openStripeDesk() {
  const stack = new AsyncDisposableStack()
  let now = NOW
  const server = await startStripeServer({ port: 0, key: KEY, now: () => now })
  stack.defer(() => server.stop())
  const clock = { now: () => now }
  const secrets = knownSecrets({ 'stripe-key': KEY })
  const stripe = openPayments({ secrets, clock, api: server.origin }).of('stripe')
  const moments: Moments = { before: async () => undefined, after: async () => undefined }
  const column = stack.use(await openTestColumn({ ports: { payments: mortalPayments(stripe, moments) } }))
  column.clock.set(NOW)
  const advance = () => {
    column.clock.advance(120_000)
    now = column.clock.now()
  }
  const sdk = new Stripe(KEY, { host: server.host, port: server.port, protocol: 'http', telemetry: false })
  await stripe.saveMeter({ name: METER, displayName: 'API requests' })
  return Object.assign(column, {
    ...{ stripe, sdk, moments, advance },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  })
}
type StripeDesk = Awaited<ReturnType<typeof openStripeDesk>>

function mortalPayments(provider: PaymentProvider, moments: Moments): Payments {
  const sendUsage: PaymentProvider['sendUsage'] = async (usage) => {
    await moments.before(usage.identifier)
    await provider.sendUsage(usage)
    await moments.after(usage.identifier)
  }
  const dying = new Proxy(provider, {
    get: (target, field) => (field === 'sendUsage' ? sendUsage : Reflect.get(target, field)),
  })
  return { primary: 'stripe', of: () => dying }
}

async function subscriber(desk: StripeDesk, n: number) {
  const contact = { id: null, reference: `bcu_${n}`, email: `p${n}@example.org`, name: 'Ada' }
  const { id: providerId } = await desk.stripe.saveCustomer({ ...contact, idempotencyKey: `customer-${n}` })
  return { tenant: await aSubscriber(desk.ports.db, n, { providerId }), providerId }
}

async function live(
  desk: StripeDesk,
  nth: number,
  batch: readonly ReturnType<typeof aUse>[],
): Promise<boolean> {
  desk.advance()
  await using process = mortal(desk.ports, { url: desk.databaseUrl, nth, provider: desk.moments })
  const ports: Ports = process.ports
  try {
    await ingest(ports.db, batch, ports.clock.now())
    await rollUp(ports, desk.ctx)
    await pushUsage(ports, desk.ctx)
    return true
  } catch (error) {
    if (!process.doom.dead) throw error
    return false
  }
}

/** What Stripe's meter says that a customer has used. */
async function meteredBy(desk: StripeDesk, customer: string): Promise<number> {
  const { data: meters } = await desk.sdk.billing.meters.list()
  const start = Date.parse('2026-02-01T00:00:00.000Z') / 1000
  const { data } = await desk.sdk.billing.meters.listEventSummaries(
    meters.find((meter) => meter.event_name === METER)?.id ?? '',
    { customer, start_time: start, end_time: start + 28 * 86_400 },
  )
  return data.reduce((sum, { aggregated_value }) => sum + aggregated_value, 0)
}

const uses = (tenant: CustomerId) => [
  aUse(tenant, { units: '0.6', at: at(-4) }),
  aUse(tenant, { units: '2.1', at: at(-3) }),
  aUse(tenant, { units: '0.3', at: at(-1) }),
]

it('has in Stripe’s meter what was counted, wherever a process dies and is followed by one that lives', async () => {
  await using desk = await openStripeDesk()
  const [one, two] = [await subscriber(desk, 1), await subscriber(desk, 2)]
  let [nth, batches] = [0, 0]
  for (let lived = false; !lived; batches++) {
    const batch = [...uses(one.tenant), ...uses(two.tenant)]
    lived = await live(desk, ++nth, batch)
    await live(desk, 0, batch)
    await live(desk, 0, [])
  }
  expect([await meteredBy(desk, one.providerId), await meteredBy(desk, two.providerId)]).toEqual([
    3 * batches,
    3 * batches,
  ])
  expect(nth).toBeGreaterThan(40)
})
