import type { AnyEvent } from '../../events/catalog.ts'
import type { Uses } from '../ports/ports.ts'
import { MessageTooLong } from '../ports/queue.ts'
import type { Context } from './context.ts'
import { writeLetter } from './dead-letter.ts'
import { BATCH, hold, settle } from './outbox-hold.ts'
import { relay } from './relay.ts'
import { toWire } from './wire-event.ts'

type Sweeping = Uses<'db' | 'bus' | 'queue' | 'clock' | 'ids'>

/** Publishes all that waits, batch after batch. */
export async function sweepOutbox(uses: Sweeping, ctx: Context): Promise<void> {
  while (!ctx.signal.aborted && (await relay(uses, ctx)) > 0);
  while (!ctx.signal.aborted && (await relayPostponed(uses, ctx)) === BATCH);
}

/** Puts events whose delay is over before the functions that postponed them; returns how many were due. */
async function relayPostponed(uses: Sweeping, ctx: Context): Promise<number> {
  const rows = await hold(uses, { postponed: true })
  for (const row of rows) {
    // Only postpone() writes rows with a consumer, and it writes the whole event.
    const [consumer, envelope] = [row.consumer ?? '', row.envelope as AnyEvent]
    try {
      await sendOrKeep(uses, ctx, { consumer, envelope })
      await settle(uses, [row])
    } catch (error) {
      ctx.log.warn('a postponed event stays in the outbox', { error, event: row.id, function: consumer })
    }
  }
  return rows.length
}

/** What no queue will ever take belongs to the dead letters. */
async function sendOrKeep(
  uses: Sweeping,
  { log }: Pick<Context, 'log'>,
  { consumer, envelope }: { consumer: string; envelope: AnyEvent },
): Promise<void> {
  try {
    await uses.queue.send(consumer, JSON.stringify(toWire(envelope)))
  } catch (error) {
    if (!(error instanceof MessageTooLong)) throw error
    const { message: reason } = error
    await writeLetter(uses, { consumer, envelope, reason })
    log.error('event became a dead letter', { function: consumer, event: envelope.id, reason })
  }
}
