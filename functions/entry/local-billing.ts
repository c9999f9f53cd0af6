import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Secrets } from '../../core/ports/secrets.ts'
import type { Log } from '../../core/run/log.ts'

export interface LocalBillingOptions {
  readonly home: string
  /** Of the platform: the webhooks' address. */
  readonly origin: string
  /** Where the local Stripe server listens; 0 takes a free port. */
  readonly port: number
  readonly log: Log
  readonly env: Readonly<Record<string, string | undefined>>
  readonly secrets: Secrets
}

/** What the column is told of its payment provider. */
export interface LocalBilling {
  readonly given: { readonly 'stripe-key'?: string; readonly 'stripe-webhook'?: string }
  /** Origin of the local Stripe server; absent where a key of Stripe's own is given. */
  readonly stripeApi?: string
}

/**
 * Billing of this machine. With STRIPE_API_KEY (and STRIPE_WEBHOOK_SECRET, as `stripe listen` tells it) that of Stripe
 * itself; without, a Stripe server of our own, whose state lies in `<home>/stripe` and whose webhooks come to `origin`.
 */
export async function openLocalBilling(
  options: LocalBillingOptions,
  stack: AsyncDisposableStack,
): Promise<LocalBilling> {
  const { STRIPE_API_KEY: key, STRIPE_WEBHOOK_SECRET: secret } = options.env
  if (key)
    return { given: { 'stripe-key': key, ...(secret ? { 'stripe-webhook': secretList(secret) } : {}) } }
  const folder = join(options.home, 'stripe')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const server = await startServer(options, folder)
  stack.defer(() => server.stop())
  const endpoint = server.addEndpoint({ url: `${options.origin}/webhooks/stripe`, form: 'snapshot' })
  await writeFile(join(folder, 'address.json'), JSON.stringify({ host: server.host, port: server.port }))
  return { stripeApi: server.origin, given: { 'stripe-webhook': secretList(endpoint.secret) } }
}

const secretList = (secret: string) => JSON.stringify([{ secret }])

async function startServer({ port, log, secrets }: LocalBillingOptions, folder: string) {
  const { startStripeServer } = await import('../../adapters/stripe-server/start.ts')
  const options = { key: await secrets.get('stripe-key'), file: join(folder, 'journal.jsonl'), log }
  try {
    return await startStripeServer({ ...options, port })
  } catch (error) {
    if (port === 0 || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    log.info('the port of the local Stripe server is taken: it listens at another', { port })
    return startStripeServer({ ...options, port: 0 })
  }
}
