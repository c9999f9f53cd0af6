import { and, eq, inArray } from 'drizzle-orm'
import type { Provider, ProviderEvent } from '../billing/provider-objects.ts'
import type { Uses } from '../ports/ports.ts'
import { acceptEvents } from './accept.ts'
import { cursorAt, dropCursor, moveCursor } from './cursor.ts'
import { webhookInbox } from './schema.ts'

export interface Backfilling {
  readonly provider: Provider
  readonly since: Date
  /** Only events that no endpoint has taken; else all of the time. */
  readonly undelivered: boolean
  readonly dryRun?: boolean
  readonly onProgress?: (done: Backfilled) => void
  /** Told of each event that we did not have. */
  readonly onMissing?: (event: ProviderEvent) => void
}
export interface Backfilled {
  readonly read: number
  readonly added: number
}

const BATCH = 100
const BATCH_PAUSE_MS = 50

/**
 * Puts the provider's own list of events (https://docs.stripe.com/webhooks/process-undelivered-events) into the inbox,
 * oldest first. What is there already stays as it is. A run that is cut off goes on where it was.
 */
export async function backfill(
  uses: Uses<'db' | 'clock' | 'ids' | 'config' | 'payments'>,
  signal: AbortSignal,
  want: Backfilling,
): Promise<Backfilled> {
  const { provider, since, undelivered } = want
  const cursor = `backfill:${provider}:${undelivered ? 'undelivered' : 'all'}:${since.toISOString()}`
  const after = await cursorAt(uses, cursor)
  const query = { since, undelivered, ...(after === undefined ? {} : { after }) }
  let done: Backfilled = { read: 0, added: 0 }
  let batch: ProviderEvent[] = []
  const flush = async () => {
    const last = batch.at(-1)
    if (!last) return
    done = { read: done.read + batch.length, added: done.added + (await add(uses, batch, want)) }
    if (!want.dryRun) await moveCursor(uses, cursor, last.eventId)
    batch = []
    want.onProgress?.(done)
  }
  for await (const event of uses.payments.of(provider).events(query)) {
    if (signal.aborted) return done
    batch.push(event)
    if (batch.length < BATCH) continue
    await flush()
    await uses.clock.sleep(BATCH_PAUSE_MS, signal)
  }
  await flush()
  if (!want.dryRun) await dropCursor(uses, cursor)
  return done
}

async function add(
  uses: Uses<'db' | 'clock' | 'ids' | 'config'>,
  events: readonly ProviderEvent[],
  { provider, dryRun, onMissing }: Backfilling,
): Promise<number> {
  const ids = events.map((event) => event.dedupeId)
  const here = and(eq(webhookInbox.provider, provider), inArray(webhookInbox.dedupeId, ids))
  const rows = await uses.db.select({ id: webhookInbox.dedupeId }).from(webhookInbox).where(here)
  const missing = events.filter(({ dedupeId }) => !rows.some((row) => row.id === dedupeId))
  for (const event of missing) onMissing?.(event)
  return dryRun ? missing.length : (await acceptEvents(uses, missing, { source: 'backfill' })).added
}
