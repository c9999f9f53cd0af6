import { and, eq } from 'drizzle-orm'
import type { AnyEvent, EventType } from '../../events/catalog.ts'
import { deadLetters, inbox } from '../database/delivery-schema.ts'
import type { Ports } from '../ports/ports.ts'
import type { Context } from './context.ts'
import type { Envelope } from './envelope.ts'
import type { OnFunction } from './function.ts'
import { idFromUuid } from './id.ts'
import { done, drop, retry, type Verdict } from './verdict.ts'

/**
 * Gives one event to one function, once: a repetition is answered `done` from the inbox. An error is a retry; the last
 * attempt's retry and every drop put the event into the dead-letter store, from where it can be replayed.
 * Throws only when the database cannot be reached: then the bus must deliver again.
 */
export async function deliver<T extends EventType>(
  fn: OnFunction<T>,
  event: AnyEvent,
  attempt: number,
  at: { ports: Ports; ctx: Context },
): Promise<Verdict> {
  if (!concerns(fn, event)) return done
  if (await handledBefore(fn.name, event, at.ports)) return done
  const verdict = await run(fn, { ...event, attempt } as Envelope<T, never>, at)
  if (verdict.is === 'done') await remember(fn.name, event, at.ports)
  if (verdict.is === 'retry' && attempt < fn.attempts) return verdict
  if (verdict.is !== 'done')
    return bury(fn.name, event, verdict.is === 'drop' ? verdict.reason : verdict.because, at)
  return verdict
}

/** Whether a function subscribes to this event: its type, and for storage events its bucket. */
export function concerns(fn: Pick<OnFunction, 'type' | 'bucket'>, event: AnyEvent): boolean {
  if (fn.type !== event.type) return false
  return (
    fn.bucket === undefined || (event.type === 'storage.object.created' && event.data.bucket === fn.bucket)
  )
}

async function run<T extends EventType>(
  fn: OnFunction<T>,
  event: Envelope<T, never>,
  { ports, ctx }: { ports: Ports; ctx: Context },
): Promise<Verdict> {
  try {
    return await fn.handler(event, ports, ctx)
  } catch (error) {
    ctx.log.error('event handler failed', {
      function: fn.name,
      event: event.id,
      attempt: event.attempt,
      error,
    })
    return retry(error instanceof Error ? error.message : String(error))
  }
}

async function handledBefore(consumer: string, event: AnyEvent, { db }: Pick<Ports, 'db'>): Promise<boolean> {
  const match = and(eq(inbox.consumer, consumer), eq(inbox.source, event.source), eq(inbox.eventId, event.id))
  return (await db.select({ at: inbox.handledAt }).from(inbox).where(match)).length > 0
}

async function remember(
  consumer: string,
  event: AnyEvent,
  { db, clock }: Pick<Ports, 'db' | 'clock'>,
): Promise<void> {
  const row = { consumer, source: event.source, eventId: event.id, handledAt: clock.now() }
  await db.insert(inbox).values(row).onConflictDoNothing()
}

async function bury(
  consumer: string,
  event: AnyEvent,
  reason: string,
  { ports, ctx }: { ports: Ports; ctx: Context },
): Promise<Verdict> {
  const id = idFromUuid('evt', ports.ids.uuid())
  await ports.db
    .insert(deadLetters)
    .values({ id, consumer, envelope: event, reason, createdAt: ports.clock.now() })
  ctx.log.error('event became a dead letter', {
    function: consumer,
    event: event.id,
    type: event.type,
    reason,
  })
  return drop(reason)
}
