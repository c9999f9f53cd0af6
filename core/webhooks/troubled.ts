import { and, desc, eq, inArray, sql } from 'drizzle-orm'
import type { Uses } from '../ports/ports.ts'
import type { WebhookId } from '../run/id.ts'
import { type WebhookState, webhookInbox } from './schema.ts'

export type Troubled = typeof webhookInbox.$inferSelect

/** Who decides, and why: kept in the row. */
export interface Decision {
  readonly note: string
  readonly by: string
}

/** Webhooks that wait for an operator, newest first. */
export function troubledWebhooks({ db }: Uses<'db'>, limit = 200): Promise<Troubled[]> {
  return db
    .select()
    .from(webhookInbox)
    .where(inArray(webhookInbox.state, ['dead', 'quarantined']))
    .orderBy(desc(webhookInbox.receivedAt), desc(webhookInbox.id))
    .limit(limit)
}

/** Lets a dead or quarantined webhook be processed after all. False where it is neither. */
export async function retryWebhook(
  { db, clock }: Uses<'db' | 'clock'>,
  id: WebhookId,
  { note, by }: Decision,
): Promise<boolean> {
  const now = clock.now()
  // What is about no object of ours has nothing to wait for.
  const state = sql<WebhookState>`case when object_id is null then 'done' else 'received' end`
  const put = { state, attempts: 0, availableAt: now, settledAt: null }
  const rows = await db
    .update(webhookInbox)
    .set({ ...put, note, notedBy: by, notedAt: now })
    .where(troubled(id))
    .returning({ id: webhookInbox.id })
  return rows.length > 0
}

/** Gives a dead or quarantined webhook up. False where it is neither. */
export async function discardWebhook(
  { db, clock }: Uses<'db' | 'clock'>,
  id: WebhookId,
  { note, by }: Decision,
): Promise<boolean> {
  const now = clock.now()
  const rows = await db
    .update(webhookInbox)
    .set({ state: 'discarded', settledAt: now, note, notedBy: by, notedAt: now })
    .where(troubled(id))
    .returning({ id: webhookInbox.id })
  return rows.length > 0
}

const troubled = (id: WebhookId) =>
  and(eq(webhookInbox.id, id), inArray(webhookInbox.state, ['dead', 'quarantined']))
