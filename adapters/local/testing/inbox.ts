import { asc } from 'drizzle-orm'
import type { ProviderEvent } from '../../../core/billing/provider-objects.ts'
import type { ApplyObject } from '../../../core/webhooks/model.ts'
import { receiveWebhook } from '../../../core/webhooks/receive.ts'
import { webhookInbox } from '../../../core/webhooks/schema.ts'
import {
  delivered,
  type MemoryProvider,
  memoryProvider,
  paymentsOf,
} from '../../../core/webhooks/testing/provider.ts'
import { openTestColumn, type TestColumn, type TestColumnOptions } from './column.ts'

export interface InboxColumn extends TestColumn {
  readonly provider: MemoryProvider
  /** What was written, in order: `sub_1 active`. */
  readonly applied: string[]
  readonly apply: ApplyObject
  /** Sends one webhook; answers its status. */
  send(...events: readonly ProviderEvent[]): Promise<number>
  rows(): Promise<(typeof webhookInbox.$inferSelect)[]>
  /** `evt_1 done`, by arrival. */
  states(): Promise<string[]>
}

/** A column with a provider in memory and an `apply` that notes what it was given. */
export async function openInbox(options: TestColumnOptions = {}): Promise<InboxColumn> {
  const provider = memoryProvider()
  const ports = { payments: paymentsOf(provider), ...options.ports }
  const column = await openTestColumn({ ...options, ports })
  const applied: string[] = []
  const apply: ApplyObject = async (_at, object) =>
    void applied.push(`${object.id} ${'gone' in object ? 'gone' : 'status' in object ? object.status : ''}`)
  const rows = () =>
    column.ports.db.select().from(webhookInbox).orderBy(asc(webhookInbox.receivedAt), asc(webhookInbox.id))
  const send = async (...events: readonly ProviderEvent[]) =>
    (await receiveWebhook(column.ports, column.ctx, 'stripe', delivered(...events))).status
  const states = async () => (await rows()).map(({ eventId, state }) => `${eventId} ${state}`)
  return Object.assign(column, { provider, applied, apply, rows, send, states })
}
