import { sql } from 'drizzle-orm'
import { rowsOf } from '../database/rows.ts'
import type { Uses } from '../ports/ports.ts'
import type { Context } from '../run/context.ts'
import { cursorAt, moveCursor } from './cursor.ts'

const DAY_MS = 86_400_000
const KEPT_MS = 30 * DAY_MS
const BATCH = 2000
const CURSOR = 'retention'

/**
 * Takes persons out of old webhooks. Id, type and hash stay; nothing ever reads a payload to decide by it. It begins a day
 * before where it ended the last time: rows stay for ever, and looking at all of them each day costs more each day.
 */
export async function stripPayloads(
  uses: Uses<'db' | 'clock'>,
  { signal }: Pick<Context, 'signal'>,
): Promise<void> {
  const longAgo = new Date(uses.clock.now().getTime() - KEPT_MS).toISOString()
  const done = (await cursorAt(uses, CURSOR)) ?? new Date(DAY_MS).toISOString()
  const from = new Date(Date.parse(done) - DAY_MS).toISOString()
  const strip = sql`update webhook_inbox set payload = null where id in (
    select id from webhook_inbox where payload is not null and received_at >= ${from} and received_at < ${longAgo}
    order by received_at limit ${BATCH} for update skip locked) returning 1`
  let stripped = BATCH
  while (!signal.aborted && stripped === BATCH) stripped = (await rowsOf(uses.db, strip)).length
  if (stripped < BATCH) await moveCursor(uses, CURSOR, longAgo)
}
