import { createHmac } from 'node:crypto'
import { localConfig } from '../../adapters/local/config.ts'
import { openDatabase } from '../../adapters/local/database.ts'
import { systemClock } from '../../adapters/node/clock.ts'
import { openIds } from '../../adapters/node/ids.ts'
import { openLog } from '../../adapters/node/log.ts'
import { openPayments } from '../../adapters/stripe/open-payments.ts'
import { type StripeServer, startStripeServer } from '../../adapters/stripe-server/start.ts'
import { createRouter } from '../../core/http/router.ts'
import type { Ports } from '../../core/ports/ports.ts'
import { SecretMissing, type Secrets } from '../../core/ports/secrets.ts'
import type { Context } from '../../core/run/context.ts'
import { stripeWebhookRoutes } from '../../core/webhooks/routes.ts'

const SECRET = 'whsec_of_the_benchmark'
const KEY = 'sk_test_of_the_benchmark'
/** Both sides of the comparison have as many. */
export const CONNECTIONS = 16

export interface Shop extends AsyncDisposable {
  readonly ports: Ports
  readonly ctx: Context
  /** Subscriptions at the local Stripe server, as its API shows them. */
  readonly subscriptions: readonly Readonly<Record<string, unknown>>[]
  /** Through the router and the whole receive path; throws for anything but 200. */
  receive(delivery: Delivery): Promise<void>
}
export interface Delivery {
  readonly body: Uint8Array
  readonly headers: Readonly<Record<string, string>>
}

/** The real receive path and the real driver on a database, with a Stripe server that has some subscriptions. */
export async function openShop(url: string, subscriptions: number): Promise<Shop> {
  const stack = new AsyncDisposableStack()
  const server = await startStripeServer({ port: 0, key: KEY })
  stack.defer(() => server.stop())
  const database = openDatabase(url, { connections: CONNECTIONS })
  stack.defer(() => database.close())
  const payments = openPayments({ secrets, clock: systemClock, api: server.origin })
  const config = localConfig('http://localhost')
  const bus = { publish: async () => undefined }
  const ports = {
    db: database.db,
    bus,
    clock: systemClock,
    ids: openIds(),
    config,
    payments,
  } as unknown as Ports
  const { signal } = new AbortController()
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const ctx: Context = { requestId: 'bench', traceparent, signal, log: openLog({ level: 'error' }) }
  const router = createRouter(stripeWebhookRoutes, async () => undefined)
  const receive = async ({ body, headers }: Delivery) => {
    const request = { ...REQUEST, body, headers }
    const { status } = await router.handle(request, ports, ctx)
    if (status !== 200) throw new Error(`a webhook was answered ${status}`)
  }
  const made = await makeSubscriptions(server, subscriptions)
  return { ports, ctx, subscriptions: made, receive, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

const REQUEST = {
  ...{ method: 'POST', path: '/webhooks/stripe', query: new URLSearchParams(), cookies: {}, params: {} },
  clientIp: '127.0.0.1',
}

const secrets: Secrets = {
  async get(name) {
    if (name === 'stripe-webhook') return JSON.stringify([{ secret: SECRET }])
    if (name === 'stripe-key') return KEY
    throw new SecretMissing(name)
  },
}

/** An event as Stripe sends it: https://docs.stripe.com/webhooks#verify-manually */
export function signedEvent(
  id: string,
  object: Readonly<Record<string, unknown>>,
): Delivery & { text: string } {
  const now = Math.floor(Date.now() / 1000)
  const text = JSON.stringify({
    ...{ id, object: 'event', api_version: '2026-10-28.endive', created: now, livemode: false },
    ...{ pending_webhooks: 1, request: { id: null, idempotency_key: null } },
    type: 'customer.subscription.updated',
    data: { object },
  })
  const v1 = createHmac('sha256', SECRET).update(`${now}.${text}`).digest('hex')
  const headers = { 'content-type': 'application/json', 'stripe-signature': `t=${now},v1=${v1}` }
  return { text, body: new TextEncoder().encode(text), headers }
}

async function makeSubscriptions({ origin }: StripeServer, count: number) {
  const post = async (path: string, params: Record<string, string>) => {
    const headers = { authorization: `Bearer ${KEY}` }
    const response = await fetch(origin + path, {
      method: 'POST',
      headers,
      body: new URLSearchParams(params),
    })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as { id: string; [field: string]: unknown }
  }
  const product = await post('/v1/products', { name: 'Premium' })
  const amount = { currency: 'eur', unit_amount: '999', 'recurring[interval]': 'month' }
  const price = await post('/v1/prices', { product: product.id, ...amount })
  const made: { id: string; [field: string]: unknown }[] = []
  for (let n = 0; n < count; n += 1) {
    const customer = await post('/v1/customers', { email: `viewer${n}@example.org` })
    const items = { 'items[0][price]': price.id, trial_period_days: '30' }
    made.push(await post('/v1/subscriptions', { customer: customer.id, ...items }))
  }
  return made
}
