import { sql } from 'drizzle-orm'
import { allOf } from '../../../adapters/stripe-server/engine/objects-in-store.ts'
import { rowsOf } from '../../../core/database/rows.ts'
import type { AnyEvent } from '../../../events/catalog.ts'
import type { Account } from './history-account.ts'
import type { History } from './history-open.ts'

/** What tells only an operator, and what asks for work. */
const SILENT = 'duplicate-subscription'
const WAKE_UP = 'billing.webhook.received'

/** Every effect has its one event, every event has gone out, and what Stripe's state demands was told exactly once. */
export async function doubtsOfEffects({ ports: { db }, told, account }: History): Promise<readonly string[]> {
  const effects = await rowsOf<{ object_id: string; effect: string; waits_for: string | null }>(
    db,
    sql`select object_id, effect, waits_for from billing_effects`,
  )
  const waiting = await rowsOf<{ type: string }>(db, sql`select type from outbox where published_at is null`)
  // A process that dies between the bus and the outbox publishes again: the same event, which consumers know by its id.
  const events = [...new Map(told.map((event) => [event.id, event])).values()].filter(
    ({ type }) => type !== WAKE_UP,
  )
  const loud = effects.filter(({ effect }) => effect !== SILENT)
  return [
    ...effects
      .filter((row) => row.waits_for !== null)
      .map((row) => `effects: ${row.object_id} ${row.effect} waits for ${row.waits_for}`),
    ...waiting.map(({ type }) => `effects: ${type} was not published`),
    ...(loud.length === events.length ? [] : [`effects: ${loud.length}, but ${events.length} events`]),
    ...miscounted(events, account),
  ]
}

/** `[1, 1]`: exactly once. `[0, 1]`: it was so, but we may not have looked while it was. */
type Times = readonly [least: number, most: number]
const ONCE: Times = [1, 1]
const NEVER: Times = [0, 0]
const MAYBE: Times = [0, 1]

function miscounted(events: readonly AnyEvent[], account: Account): readonly string[] {
  const counts = new Map<string, number>()
  for (const event of events) {
    const key = `${event.type} ${businessKey(event)}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const demanded = demandsOf(account)
  const wrong = [...demanded].filter(([key, [least, most]]) => {
    const count = counts.get(key) ?? 0
    return count < least || count > most
  })
  const types = new Set([...demanded.keys()].map((key) => key.split(' ')[0]))
  const strange = [...counts].filter(([key]) => types.has(key.split(' ')[0]) && !demanded.has(key))
  return [
    ...wrong.map(([key, times]) => `effects: ${key} was told ${counts.get(key) ?? 0} times, not ${times}`),
    ...strange.map(([key]) => `effects: ${key} was told of nothing at Stripe`),
  ]
}

/** What an event is about, in the words of the business. Failed payments by their number: each try is told. */
function businessKey({ data }: AnyEvent): string {
  const facts = data as unknown as Readonly<Record<string, string | undefined>>
  return facts.refundId ?? facts.disputeId ?? facts.caseId ?? facts.invoiceId ?? facts.subscriptionId ?? ''
}

const BEGUN = ['trialing', 'active', 'past_due', 'unpaid', 'paused']

function demandsOf({ store }: Account): ReadonlyMap<string, Times> {
  const demanded = new Map<string, Times>()
  for (const { id, status } of allOf(store, 'subscription')) {
    const maybe = status === 'canceled' ? MAYBE : NEVER
    demanded.set(`billing.subscription.started ${id}`, BEGUN.includes(status) ? ONCE : maybe)
    demanded.set(`billing.subscription.ended ${id}`, status === 'canceled' ? ONCE : NEVER)
  }
  for (const { id, status } of allOf(store, 'invoice'))
    demanded.set(`billing.invoice.paid ${id}`, status === 'paid' ? ONCE : NEVER)
  for (const { id, status } of allOf(store, 'refund'))
    demanded.set(
      `billing.payment.refunded ${id}`,
      status === 'succeeded' ? ONCE : status === 'failed' ? MAYBE : NEVER,
    )
  for (const { id, status } of allOf(store, 'dispute')) {
    demanded.set(`billing.dispute.opened ${id}`, status === 'prevented' ? NEVER : ONCE)
    const isClosed = ['won', 'lost', 'warning_closed'].includes(status)
    demanded.set(`billing.dispute.closed ${id}`, isClosed ? ONCE : NEVER)
  }
  for (const [invoice, tries] of failedTries(store))
    demanded.set(`billing.payment.failed ${invoice}`, [tries, tries])
  return demanded
}

function failedTries(store: Account['store']): ReadonlyMap<string, number> {
  const payments = allOf(store, 'invoice_payment')
  const failed = allOf(store, 'charge').filter(({ status }) => status === 'failed')
  const tries = new Map<string, number>()
  for (const { payment_intent: intent } of failed) {
    const invoice = payments.find(({ payment }) => payment.payment_intent === intent)?.invoice
    if (invoice) tries.set(invoice, (tries.get(invoice) ?? 0) + 1)
  }
  return tries
}
