import { and, eq } from 'drizzle-orm'
import type { AnyEvent, EventType } from '../../events/catalog.ts'
import { inbox } from '../database/delivery-schema.ts'
import type { Ports } from '../ports/ports.ts'
import { attemptsOf, countAttempt, forgetAttempts } from './attempts.ts'
import type { Context } from './context.ts'
import { writeLetter } from './dead-letter.ts'
import type { Envelope } from './envelope.ts'
import type { OnFunction } from './function.ts'
import { done, drop, retry, type Verdict } from './verdict.ts'

/**
 * Gives one event to one function, once: a repetition is answered `done` from the inbox. An error is a retry; the last
 * attempt's retry and every drop put the event into the dead-letter store, from where it can be replayed.
 * `attempt` is the platform's count from 1, `undefined` where it does not tell; what was counted here counts as well, so
 * that an event that was postponed does not begin anew. Throws only when the database cannot be reached: then the bus
 * must deliver again, and counts what never came to the function. So an event beyond its attempts gets one more.
 */
export async function deliver<T extends EventType>(
  fn: OnFunction<T>,
  event: AnyEvent,
  attempt: number | undefined,
  at: Surroundings,
): Promise<Verdict> {
  if (!concerns(fn, event)) return done
  const delivery = { consumer: fn.name, event }
  const [handled, before] = await Promise.all([
    handledBefore(delivery, at.ports),
    attemptsOf(delivery, at.ports),
  ])
  if (handled) return done
  if (before >= fn.attempts)
    return giveUp(delivery, `it was delivered ${before} times and never came to an end`, at)
  const told = Math.max(attempt ?? 1, before + 1)
  const nth = Math.min(told, fn.attempts)
  const noted = attempt === undefined || told > fn.attempts
  // Noted before the work: what kills the process, or hangs in it, would else never be given up.
  if (noted) await countAttempt(delivery, nth, at.ports)
  const verdict = await run(fn, { ...event, attempt: nth } as Envelope<T, never>, at)
  if (verdict.is === 'retry' && nth < fn.attempts) {
    if (!noted && verdict.afterSeconds !== undefined) await countAttempt(delivery, nth, at.ports)
    return verdict
  }
  if (verdict.is !== 'done')
    return giveUp(delivery, verdict.is === 'drop' ? verdict.reason : verdict.because, at)
  await remember(delivery, at.ports)
  if (before > 0 || noted) await forgetAttempts(delivery, at.ports)
  return verdict
}

/** One event on its way to one function. */
interface Delivery {
  readonly consumer: string
  readonly event: AnyEvent
}

interface Surroundings {
  readonly ports: Ports
  readonly ctx: Context
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
  { ports, ctx }: Surroundings,
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

async function handledBefore({ consumer, event }: Delivery, { db }: Pick<Ports, 'db'>): Promise<boolean> {
  const match = and(eq(inbox.consumer, consumer), eq(inbox.source, event.source), eq(inbox.eventId, event.id))
  return (await db.select({ at: inbox.handledAt }).from(inbox).where(match)).length > 0
}

async function remember(
  { consumer, event }: Delivery,
  { db, clock }: Pick<Ports, 'db' | 'clock'>,
): Promise<void> {
  const row = { consumer, source: event.source, eventId: event.id, handledAt: clock.now() }
  await db.insert(inbox).values(row).onConflictDoNothing()
}

async function giveUp(delivery: Delivery, reason: string, { ports, ctx }: Surroundings): Promise<Verdict> {
  const { consumer, event } = delivery
  await writeLetter(ports, { consumer, envelope: event, reason })
  await forgetAttempts(delivery, ports)
  const { id, type } = event
  ctx.log.error('event became a dead letter', { function: consumer, event: id, type, reason })
  return drop(reason)
}
