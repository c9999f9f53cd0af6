import { and, asc, eq, gt, isNull, sql } from 'drizzle-orm'
import type { AnyEvent } from '../../events/catalog.ts'
import { deadLetters, inbox } from '../database/delivery-schema.ts'
import type { Database } from '../ports/database.ts'
import type { Uses } from '../ports/ports.ts'
import type { ForeignMessage } from './consumer.ts'
import { type EventId, idFromUuid } from './id.ts'
import { done, drop, type Verdict } from './verdict.ts'
import { toWire } from './wire-event.ts'

export type DeadLetter = typeof deadLetters.$inferSelect

/** Dead letters that wait, oldest first, 1000 at most. */
export function waitingDeadLetters({ db }: Uses<'db'>): Promise<DeadLetter[]> {
  return db
    .select()
    .from(deadLetters)
    .where(isNull(deadLetters.replayedAt))
    .orderBy(asc(deadLetters.createdAt), asc(deadLetters.id))
    .limit(1000)
}

/** The dead letter of this id, waiting or replayed; `undefined` where there is none. */
export async function findDeadLetter({ db }: Uses<'db'>, id: EventId): Promise<DeadLetter | undefined> {
  return (await db.select().from(deadLetters).where(eq(deadLetters.id, id)))[0]
}

/** Keeps what a function gave up: an event, or a message that is none. */
export async function writeLetter(
  { db, ids, clock }: Uses<'db' | 'ids' | 'clock'>,
  facts: { consumer: string; reason: string } & ({ envelope: AnyEvent } | { foreignMessage: KeptMessage }),
): Promise<void> {
  const id = idFromUuid('evt', ids.uuid())
  const reason = facts.reason.toWellFormed().replaceAll('\u0000', '\ufffd')
  await db.insert(deadLetters).values({ id, createdAt: clock.now(), ...storable(facts), reason })
}

type Given = Parameters<typeof writeLetter>[1]

/** PostgreSQL's JSON holds neither a NUL nor half a character: what has one is kept as base64 of the message that it was. */
function storable(facts: Given): Given {
  const { consumer, reason } = facts
  const kept = (body: string): Given => {
    const base64 = Buffer.from(body).toString('base64')
    return { consumer, reason, foreignMessage: { body: base64, encoding: 'base64' } }
  }
  if ('envelope' in facts)
    return HELD_BACK.test(JSON.stringify(facts.envelope))
      ? kept(JSON.stringify(toWire(facts.envelope)))
      : facts
  const { body } = facts.foreignMessage
  return body.isWellFormed() && !body.includes('\u0000') ? facts : kept(body)
}
/** As JSON.stringify writes them; whole characters it leaves as they are. */
const HELD_BACK = /\\u(?:0000|d[89a-f][0-9a-f]{2})/

export type KeptMessage = Pick<ForeignMessage, 'body' | 'encoding'>

/** The event as it was given up; `undefined` for a foreign message. */
export const eventOf = ({ envelope }: DeadLetter): AnyEvent | undefined =>
  // Only writeLetter() writes these rows.
  (envelope ?? undefined) as AnyEvent | undefined

/** A letter that cannot go before its function again. */
export class NotReplayable extends Error {
  override readonly name = 'NotReplayable'
}

/** The message as the function's queue takes it. */
function messageOf(letter: DeadLetter): string {
  const event = eventOf(letter)
  if (event) return JSON.stringify(toWire(event))
  const { body, encoding } = letter.foreignMessage as KeptMessage
  if (encoding === 'utf8') return body
  const bytes = Buffer.from(body, 'base64')
  const text = bytes.toString()
  if (text.includes('\u0000') || !Buffer.from(text).equals(bytes))
    throw new NotReplayable(`${letter.id} holds bytes that are no text: no queue takes them`)
  return text
}

/**
 * Puts the letter before the function that gave it up, with all its attempts, and is then done with it. A function that
 * has handled it meanwhile answers from its inbox; one that gives it up again writes a new letter. Throws, and keeps the
 * letter waiting, when the queue refuses. A crash between the two sends it twice, which consumers bear.
 */
export async function replay(
  { db, queue, clock }: Uses<'db' | 'queue' | 'clock'>,
  letter: DeadLetter,
): Promise<void> {
  await queue.send(letter.consumer, messageOf(letter))
  await db
    .update(deadLetters)
    .set({ replayedAt: clock.now() })
    .where(and(eq(deadLetters.id, letter.id), isNull(deadLetters.replayedAt)))
}

/** What became of a letter that was replayed: handled, given up again (with the new reason), or not known yet. */
export async function outcomeOf({ db }: Uses<'db'>, letter: DeadLetter): Promise<Verdict | undefined> {
  const event = eventOf(letter)
  if (!event) return undefined
  const { id, source } = event
  const handled = and(eq(inbox.consumer, letter.consumer), eq(inbox.source, source), eq(inbox.eventId, id))
  if ((await db.select({ at: inbox.handledAt }).from(inbox).where(handled)).length > 0) return done
  const again = await laterLetter(db, letter, event)
  return again && drop(again.reason)
}

async function laterLetter(
  db: Database,
  letter: DeadLetter,
  { id, source }: AnyEvent,
): Promise<DeadLetter | undefined> {
  const sameEvent = sql`${deadLetters.envelope} @> ${JSON.stringify({ id, source })}::jsonb`
  // Ids rise with time.
  const later = and(eq(deadLetters.consumer, letter.consumer), gt(deadLetters.id, letter.id), sameEvent)
  return (await db.select().from(deadLetters).where(later).limit(1))[0]
}
