import { hash } from 'node:crypto'
import { and, eq, inArray } from 'drizzle-orm'
import type { Provider, ProviderEvent } from '../billing/provider-objects.ts'
import { payees } from '../payouts/schema.ts'
import type { Uses } from '../ports/ports.ts'
import type { Config } from '../run/config.ts'
import { idFromUuid } from '../run/id.ts'
import { keepRows, type NewRow } from './keep.ts'
import { type WebhookSource, type WebhookState, webhookInbox } from './schema.ts'

type Accepting = Uses<'db' | 'clock' | 'ids' | 'config'>

/** How events came, and the bytes that they came as. */
export interface Arrival {
  readonly source: WebhookSource
  /** Of an event that we read from a list, none. */
  readonly bytes?: Uint8Array
}

/** `wake`: something waits, new or from an earlier delivery that came to nothing yet. */
export interface Accepted {
  readonly added: number
  readonly quarantined: number
  readonly wake: boolean
}

/**
 * Writes events into the inbox, each once, all or none: whoever is answered 2xx after it may forget them. An event
 * that is there already keeps its row; `wake` then tells whether that row still waits.
 */
export async function acceptEvents(
  uses: Accepting,
  events: readonly ProviderEvent[],
  arrival: Arrival,
): Promise<Accepted> {
  if (events.length === 0) return { added: 0, quarantined: 0, wake: false }
  const rows = await rowsFor(uses, events, arrival)
  const added = await keepRows(uses.db, rows)
  const fresh = rows.filter(({ id }) => added.has(id))
  const known = rows.filter(({ id }) => !added.has(id)).map(({ event }) => event)
  const wake =
    fresh.some(({ state }) => state === 'received') || (known.length > 0 && (await anyWaits(uses, known)))
  const quarantined = fresh.filter(({ state }) => state === 'quarantined').length
  return { added: fresh.length, quarantined, wake }
}

async function rowsFor(
  uses: Accepting,
  events: readonly ProviderEvent[],
  arrival: Arrival,
): Promise<readonly NewRow[]> {
  const payload = arrival.bytes ? payloadOf(arrival.bytes) : null
  const payloadHash = hashOf(arrival, events)
  const isOurs = await accountCheck(uses, events)
  const receivedAt = uses.clock.now().toISOString()
  return events.map((event, at) => ({
    id: idFromUuid('whk', uses.ids.uuid()),
    ...{ event, source: arrival.source, payloadHash, receivedAt },
    state: stateOf(event, uses.config, isOurs),
    // Kept with the first of several events: they came as one.
    payload: at === 0 ? payload : null,
  }))
}

type IsOurs = (account: string | null) => boolean

/** What is not for us is put aside, not refused: its sender would send it for days. A type without use to us is done. */
function stateOf({ livemode, account, about }: ProviderEvent, config: Config, isOurs: IsOurs): WebhookState {
  if (livemode !== config.billingLivemode || !isOurs(account)) return 'quarantined'
  return about === null ? 'done' : 'received'
}

/** Our own account, and those of payees. The table is asked only for an account that is another than ours. */
async function accountCheck(
  { db, config }: Uses<'db' | 'config'>,
  events: readonly ProviderEvent[],
): Promise<IsOurs> {
  const own = config.billingAccount
  if (own === undefined) return () => true
  const others = events.flatMap(({ account }) => (account === null || account === own ? [] : [account]))
  const known =
    others.length === 0
      ? []
      : await db.select({ id: payees.accountId }).from(payees).where(inArray(payees.accountId, others))
  return (account) => account === null || account === own || known.some(({ id }) => id === account)
}

/** A repetition of what a worker died with must not be answered as handled. */
async function anyWaits({ db }: Uses<'db'>, events: readonly ProviderEvent[]): Promise<boolean> {
  const ids = events.map((event) => event.dedupeId)
  const here = and(
    eq(webhookInbox.provider, events[0]?.provider as Provider),
    inArray(webhookInbox.dedupeId, ids),
    inArray(webhookInbox.state, ['received', 'leased']),
  )
  return (await db.select({ id: webhookInbox.id }).from(webhookInbox).where(here).limit(1)).length > 0
}

const utf8 = new TextDecoder()

/**
 * JSON as it came, anything else as JSON text: a form, or JSON with escapes that PostgreSQL's jsonb refuses (NUL, half a
 * surrogate pair). A body that it cannot hold at all is left to its hash: it must not keep the event from being kept.
 */
function payloadOf(bytes: Uint8Array): string | null {
  const text = utf8.decode(bytes)
  if (text.includes('\0')) return null
  return /^\s*[{[]/.test(text) && !/\\u(?:0000|d[89a-f])/i.test(text) ? text : JSON.stringify(text)
}

function hashOf({ bytes }: Arrival, events: readonly ProviderEvent[]): string {
  const told = bytes ?? JSON.stringify(events.map(({ eventId, type }) => [eventId, type]))
  return hash('sha256', told)
}
