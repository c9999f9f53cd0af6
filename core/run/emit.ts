import type { EventData, EventType } from '../../events/catalog.ts'
import { outbox } from '../database/delivery-schema.ts'
import type { Db, Transaction } from '../ports/database.ts'
import type { Uses } from '../ports/ports.ts'
import type { Context } from './context.ts'
import { type EventId, idFromUuid } from './id.ts'
import { relay } from './relay.ts'

export interface NewEvent<T extends EventType> {
  readonly type: T
  readonly subject?: string
  readonly data: EventData<T>
}
export type Emit = <T extends EventType>(event: NewEvent<T>) => Promise<void>

/** Writes an event into the outbox, in the transaction of the change that it tells of. */
export async function emit<T extends EventType>(
  tx: Db,
  { clock, ids }: Uses<'clock' | 'ids'>,
  { traceparent }: Pick<Context, 'traceparent'>,
  event: NewEvent<T>,
): Promise<EventId> {
  const now = clock.now()
  const id = idFromUuid('evt', ids.uuid())
  await tx.insert(outbox).values({ id, ...event, traceparent, createdAt: now, availableAt: now })
  return id
}

/**
 * Runs a change and its events in one transaction and, once it is committed, hands the events to the bus.
 * A bus that fails then costs nothing but time: the outbox sweep publishes them later.
 */
export async function commit<T>(
  uses: Uses<'db' | 'bus' | 'clock' | 'ids'>,
  ctx: Context,
  change: (tx: Transaction, emit: Emit) => Promise<T>,
): Promise<T> {
  const emitted: EventId[] = []
  const result = await uses.db.transaction((tx) =>
    change(tx, async (event) => {
      emitted.push(await emit(tx, uses, ctx, event))
    }),
  )
  if (emitted.length > 0) await relaySafely(uses, ctx, emitted)
  return result
}

/** The change is committed: whatever fails from here on must not look as if it were not. */
async function relaySafely(
  uses: Uses<'db' | 'bus' | 'clock'>,
  ctx: Context,
  emitted: readonly EventId[],
): Promise<void> {
  try {
    await relay(uses, ctx, emitted)
  } catch (error) {
    ctx.log.warn('events wait for the outbox sweep', { error, events: emitted.length })
  }
}
