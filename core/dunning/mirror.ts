import { and, desc, eq, gte, inArray, isNull, or } from 'drizzle-orm'
import type { Provider } from '../billing/provider-objects.ts'
import { disputes, invoices, payments, subscriptions } from '../billing/schema.ts'
import type { Transaction } from '../ports/database.ts'
import type { CaseRow } from './cases.ts'
import type { Occurrence } from './model.ts'
import { DISPUTED, saysInvoice, saysSubscription } from './occurrences.ts'

type At = { readonly tx: Transaction; readonly provider: Provider }

/**
 * What the mirror says to a case by now. A timer asks before it takes a step: what came before the case was there, or
 * could not be told whose it was, is not missed.
 */
export async function saysMirror(tx: Transaction, row: CaseRow): Promise<readonly Occurrence[]> {
  const at = { tx, provider: row.provider }
  const [invoice] = await tx
    .select()
    .from(invoices)
    .where(and(eq(invoices.provider, row.provider), eq(invoices.id, row.invoiceId)))
  const subscription = await subscriptionOf(at, row.subscriptionId)
  return [
    ...(invoice ? (invoice.deletedAt === null ? saysInvoice(invoice) : ['voided' as const]) : []),
    ...((await isDisputed(at, row.providerCustomerId, row.openedAt)) ? ['disputed' as const] : []),
    ...(subscription ? saysSubscription(subscription) : []),
  ]
}

export async function subscriptionOf({ tx, provider }: At, id: string) {
  const here = and(eq(subscriptions.provider, provider), eq(subscriptions.id, id))
  return (await tx.select().from(subscriptions).where(here))[0]
}

/** Open invoices of a subscription, latest first. */
export const openInvoicesOf = ({ tx, provider }: At, subscriptionId: string) =>
  tx
    .select()
    .from(invoices)
    .where(
      and(
        eq(invoices.provider, provider),
        eq(invoices.subscriptionId, subscriptionId),
        eq(invoices.status, 'open'),
        isNull(invoices.deletedAt),
      ),
    )
    .orderBy(desc(invoices.createdAt), desc(invoices.id))

/** Whether the customer disputes any payment, or has lost us one since then. */
export async function isDisputed({ tx, provider }: At, customerId: string, since: Date): Promise<boolean> {
  const found = await tx
    .select({ id: disputes.id })
    .from(disputes)
    .innerJoin(payments, and(eq(payments.provider, disputes.provider), eq(payments.id, disputes.paymentId)))
    .where(
      and(
        eq(disputes.provider, provider),
        eq(payments.providerCustomerId, customerId),
        or(
          inArray(disputes.status, [...DISPUTED]),
          and(eq(disputes.status, 'lost'), gte(disputes.createdAt, since)),
        ),
      ),
    )
    .limit(1)
  return found.length > 0
}

export async function payerOf({ tx, provider }: At, paymentId: string): Promise<string | undefined> {
  const here = and(eq(payments.provider, provider), eq(payments.id, paymentId))
  const [row] = await tx.select({ customer: payments.providerCustomerId }).from(payments).where(here)
  return row?.customer ?? undefined
}
