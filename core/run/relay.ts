import type { AnyEvent } from '../../events/catalog.ts'
import type { Uses } from '../ports/ports.ts'
import type { Context } from './context.ts'
import type { EventId } from './id.ts'
import { hold, type Row, settle } from './outbox-hold.ts'

/**
 * Publishes waiting events and returns how many. With `only` just these. Rows are held by moving `available_at`, and
 * deleted once the bus has them: a crash between the two publishes again, which consumers bear.
 */
export async function relay(
  uses: Uses<'db' | 'bus' | 'clock'>,
  ctx: Context,
  only?: readonly EventId[],
): Promise<number> {
  const rows = await hold(uses, { only })
  if (rows.length === 0) return 0
  if (await published(uses, ctx, rows)) return rows.length
  // A request does not wait for more of it: the sweep comes back to them.
  return only || rows.length === 1 ? 0 : publishAlone(uses, ctx, rows)
}

async function published(uses: Uses<'db' | 'bus'>, ctx: Context, rows: readonly Row[]): Promise<boolean> {
  try {
    await uses.bus.publish(rows.map(toEvent))
  } catch (error) {
    const ids = rows.slice(0, 10).map(({ id }) => id)
    ctx.log.warn('events stay in the outbox: the bus refused them', { error, events: rows.length, ids })
    return false
  }
  await settle(uses, rows)
  return true
}

/** So many refusals, and not one event taken: the bus is down. */
const MOST_REFUSALS = 3

/** One event that the bus never takes must not keep those beside it for ever. */
async function publishAlone(uses: Uses<'db' | 'bus'>, ctx: Context, rows: readonly Row[]): Promise<number> {
  let taken = 0
  for (const [i, row] of rows.entries()) {
    if (ctx.signal.aborted || (taken === 0 && i >= MOST_REFUSALS)) break
    if (await published(uses, ctx, [row])) taken += 1
  }
  return taken
}

function toEvent(row: Row): AnyEvent {
  const { id, type, subject, data, traceparent, createdAt } = row
  const event = { id, type, source: EVENT_SOURCE, time: createdAt.toISOString(), data }
  // Only emit() writes these rows, and it took type and data as a pair.
  return {
    ...event,
    ...(subject === null ? {} : { subject }),
    ...(traceparent === null ? {} : { traceparent }),
  } as AnyEvent
}

export const EVENT_SOURCE = '/skyreel/outbox'
