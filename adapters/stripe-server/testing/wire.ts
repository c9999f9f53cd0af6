import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import Stripe from 'stripe'
import { bodyText } from '../http-body.ts'
import { type StripeServer, type StripeServerOptions, startStripeServer } from '../start.ts'

export const KEY = 'sk_test_of_the_local_server'

export interface Wire extends AsyncDisposable {
  readonly server: StripeServer
  /** The real SDK, over the wire. */
  readonly stripe: Stripe
}

/** A running server and the SDK in front of it. */
export async function openWire(options: Partial<StripeServerOptions> = {}): Promise<Wire> {
  const server = await startStripeServer({ port: 0, key: KEY, ...options })
  return { server, stripe: sdkOf(server), [Symbol.asyncDispose]: () => server.stop() }
}

export function sdkOf(
  { host, port, key }: Pick<StripeServer, 'host' | 'port' | 'key'>,
  more: object = {},
): Stripe {
  return new Stripe(key, { host, port, protocol: 'http', maxNetworkRetries: 0, telemetry: false, ...more })
}

export interface Hook {
  readonly body: string
  readonly headers: IncomingHttpHeaders
}
export interface Receiver extends AsyncDisposable {
  readonly url: string
  /** What came, in order. */
  readonly hooks: Hook[]
  /** Status of the next answers; 200 when there is none left. */
  readonly answers: number[]
}

/** An endpoint for webhooks that keeps what comes. */
export async function openReceiver(): Promise<Receiver> {
  const hooks: Hook[] = []
  const answers: number[] = []
  const server = createServer(async (request, response) => {
    hooks.push({ body: await bodyText(request), headers: request.headers })
    response.writeHead(answers.shift() ?? 200).end()
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/hooks`,
    hooks,
    answers,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

/** A product sold monthly in dollars and euros. */
export async function aPlan(
  stripe: Stripe,
  more: Partial<Stripe.PriceCreateParams> = {},
): Promise<Stripe.Price> {
  const product = await stripe.products.create({ name: 'Premium' })
  return await stripe.prices.create({
    product: product.id,
    currency: 'usd',
    unit_amount: 1200,
    recurring: { interval: 'month' },
    currency_options: { eur: { unit_amount: 1100 } },
    ...more,
  })
}

/** A customer whose card pays. */
export async function aPayer(stripe: Stripe, card = 'pm_card_visa'): Promise<Stripe.Customer> {
  const customer = await stripe.customers.create({ email: 'payer@example.org', name: 'A Payer' })
  const method = await stripe.paymentMethods.attach(card, { customer: customer.id })
  return await stripe.customers.update(customer.id, {
    invoice_settings: { default_payment_method: method.id },
  })
}
