import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { snapshotEvent } from '../../adapters/stripe/testing/events.ts'
import { webhookSecrets } from '../../adapters/stripe/testing/known-secrets.ts'
import { invoice } from '../../adapters/stripe/testing/objects.ts'
import { signedDelivery } from '../../adapters/stripe/testing/signed-delivery.ts'
import type { Asked } from './coldstart-runtimes.ts'
import type { CloudStandIn, Env } from './coldstart-stand-ins.ts'

/** During a roll there are two, and Stripe signs with both. */
const SIGNING = ['whsec_of_the_benchmark', 'whsec_of_the_roll']
/** Of the stand-ins: what the function's manifest names. */
export const WEBHOOK_SECRETS: Env = {
  'stripe-webhook': webhookSecrets(...SIGNING.map((secret) => ({ secret }))),
}

export interface SignedWebhook {
  readonly eventId: string
  readonly asked: Asked
}

/** A snapshot of a paid invoice as Stripe sends it, signed now. Each is another event. */
export function signedWebhook(at: Date): SignedWebhook {
  const id = `evt_${randomBytes(12).toString('hex')}`
  const body = JSON.stringify(snapshotEvent('invoice.paid', invoice(), { id }))
  const signed = signedDelivery(body, { secrets: SIGNING, at })
  const headers = { ...signed.headers, 'content-type': 'application/json; charset=utf-8' }
  return { eventId: id, asked: { method: 'POST', path: '/webhooks/stripe', status: 200, headers, body } }
}

/** Throws unless the event is in the inbox, waits for a worker, and the bus was told since `toldBefore`. */
export async function mustBeKept(
  { databaseUrl, cloud }: { readonly databaseUrl: string; readonly cloud: Omit<CloudStandIn, 'env'> },
  eventId: string,
  toldBefore: number,
): Promise<void> {
  const states = await statesOf(databaseUrl, eventId)
  if (states.join() !== 'received')
    throw new Error(`in the inbox ${eventId} is: ${states.join() || 'absent'}`)
  if (cloud.told() !== toldBefore + 1) throw new Error(`no worker was told of ${eventId}`)
  const refused = cloud.refused()
  if (refused.length > 0) throw new Error(`services refused: ${refused.join('; ')}`)
}

async function statesOf(databaseUrl: string, eventId: string): Promise<readonly string[]> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const statement = 'select state from webhook_inbox where event_id = $1'
    const { rows } = await client.query<{ state: string }>(statement, [eventId])
    return rows.map(({ state }) => state)
  } finally {
    await client.end()
  }
}
