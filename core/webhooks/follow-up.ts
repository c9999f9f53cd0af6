import { and, eq, inArray, isNull, ne, or, sql } from 'drizzle-orm'
import type { Gone, InvoiceObject, ProviderObject } from '../billing/provider-objects.ts'
import { payments as mirrored } from '../billing/schema.ts'
import type { Transaction } from '../ports/database.ts'
import type { Uses } from '../ports/ports.ts'
import { uuidOf } from '../run/id.ts'
import type { Claim } from './claim.ts'

/**
 * Lets the payment of a refund or of a dispute be fetched after it, that of an open invoice with credit notes, and one that
 * was put to an invoice after it was taken, by a webhook of our own: Stripe has no event for what they change of their charge
 * or of what is asked for. Each time anew, since a fetch of the payment that runs now may have been too early.
 */
export async function askForPayment(
  tx: Transaction,
  { clock, ids }: Uses<'clock' | 'ids'>,
  { claim, object }: { readonly claim: Claim; readonly object: ProviderObject | Gone },
): Promise<void> {
  if ('gone' in object) return
  const payments = new Set([...paymentsBehind(object), ...(await takenAsOthers(tx, claim, object))])
  if (payments.size === 0) return
  const now = clock.now().toISOString()
  const values = [...payments].map((paymentId) => {
    const eventId = `after:${object.id}:${paymentId}:${claim.token}`
    return sql`(${uuidOf(`whk_${ids.uuid().replaceAll('-', '')}`)}, ${claim.provider}, ${eventId}, ${eventId},
      'skyreel.follow-up', 'payment', ${paymentId}, ${claim.accountId}, ${object.livemode}, 'backfill', 'received', ${now},
      '', ${now}, ${now})`
  })
  await tx.execute(sql`insert into webhook_inbox (id, provider, dedupe_id, event_id, type, object_kind, object_id,
    account_id, livemode, source, state, available_at, payload_hash, occurred_at, received_at)
    values ${sql.join(values, sql`, `)}`)
}

/** Those that the object changes without an event of their own. */
function paymentsBehind(object: ProviderObject): readonly string[] {
  if (object.kind === 'refund' || object.kind === 'dispute') return [object.paymentId]
  if (object.kind !== 'invoice' || object.creditNotes.beforePaymentMinor === 0) return []
  const open = object.payments.filter(({ status }) => status === 'open')
  return [...new Set(open.flatMap(({ paymentId }) => (paymentId === null ? [] : [paymentId])))]
}

/** Payments of an invoice that are mirrored as another one's or as nobody's: booked as income of their own. */
async function takenAsOthers(tx: Transaction, { provider }: Claim, object: ProviderObject) {
  const ids = object.kind === 'invoice' ? paidBy(object) : []
  if (ids.length === 0) return []
  const others = or(isNull(mirrored.invoiceId), ne(mirrored.invoiceId, object.id))
  const here = and(eq(mirrored.provider, provider), inArray(mirrored.id, ids), others)
  return (await tx.select({ id: mirrored.id }).from(mirrored).where(here)).map(({ id }) => id)
}

const paidBy = ({ payments }: InvoiceObject): string[] =>
  payments.flatMap(({ paymentId, status }) => (paymentId !== null && status === 'paid' ? [paymentId] : []))
