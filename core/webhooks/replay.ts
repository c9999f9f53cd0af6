import { sql } from 'drizzle-orm'
import type { Provider } from '../billing/provider-objects.ts'
import { rowsOf } from '../database/rows.ts'
import type { Uses } from '../ports/ports.ts'
import { cursorAt, dropCursor, moveCursor } from './cursor.ts'

export interface Replaying {
  readonly provider: Provider
  readonly since: Date
  readonly dryRun?: boolean
  readonly onProgress?: (replayed: number) => void
}

const BATCH = 500
const NONE = '00000000-0000-0000-0000-000000000000'

/**
 * Lets webhooks that are done go through once more, oldest first: after a mended mistake in what is written. Where nothing
 * was wrong nothing changes. A run that is cut off goes on where it was. Answers how many.
 */
export async function replay(
  uses: Uses<'db' | 'clock'>,
  signal: AbortSignal,
  { provider, since, dryRun = false, onProgress }: Replaying,
): Promise<number> {
  const cursor = `replay:${provider}:${since.toISOString()}`
  let after = (await cursorAt(uses, cursor)) ?? NONE
  for (let replayed = 0; ; ) {
    const ids = await nextBatch(uses, { provider, since, after, dryRun })
    replayed += ids.length
    const last = ids.at(-1)
    if (last !== undefined) {
      after = last
      if (!dryRun) await moveCursor(uses, cursor, after)
      onProgress?.(replayed)
    }
    if (ids.length < BATCH && !dryRun) await dropCursor(uses, cursor)
    if (ids.length < BATCH || signal.aborted) return replayed
  }
}

async function nextBatch(
  { db, clock }: Uses<'db' | 'clock'>,
  want: { provider: Provider; since: Date; after: string; dryRun: boolean },
): Promise<readonly string[]> {
  const { provider, since, after, dryRun } = want
  const chosen = sql`select id from webhook_inbox where provider = ${provider} and state = 'done'
    and object_id is not null and received_at >= ${since.toISOString()} and id > ${after} order by id limit ${BATCH}`
  const put = sql`with chosen as (${chosen} for update), put as (update webhook_inbox i set state = 'received',
      attempts = 0, available_at = ${clock.now().toISOString()}, settled_at = null from chosen c where i.id = c.id)
    select id from chosen order by id`
  return (await rowsOf<{ readonly id: string }>(db, dryRun ? chosen : put)).map((row) => row.id)
}
