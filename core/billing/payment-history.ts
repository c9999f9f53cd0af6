import { and, asc, eq, inArray } from 'drizzle-orm'
import { DEFAULT_LIMIT, toPage } from '../http/page.ts'
import type { Db } from '../ports/database.ts'
import type { Uses } from '../ports/ports.ts'
import type { Actor } from '../run/actor.ts'
import { payerFor } from './billing-can.ts'
import { findCustomer, wasKnown } from './customers.ts'
import { paymentAttempts, refunds } from './schema.ts'
import { iso } from './show-subscription.ts'
import { type PaymentRow, paymentsOf, placeKey, readPlace } from './store.ts'
import type { BillingPageQuery, Payment, PaymentPage, Refund } from './wire-payments.ts'

type AttemptRow = typeof paymentAttempts.$inferSelect
export type RefundRow = typeof refunds.$inferSelect

const LIST = 'payments'

/** One page of payments with the tries to take them and what was paid back, newest first. */
export async function listPayments(
  uses: Uses<'db'>,
  actor: Actor,
  { organisationId, limit = DEFAULT_LIMIT, cursor }: BillingPageQuery,
): Promise<PaymentPage> {
  const before = readPlace(cursor, LIST)
  const customer = await findCustomer(uses.db, await payerFor(uses, actor, organisationId))
  if (!wasKnown(customer)) return { items: [] }
  const rows = await paymentsOf(uses.db, customer, { before, limit: limit + 1 })
  const { items, nextCursor } = toPage(rows, limit, { list: LIST, key: placeKey, item: (row) => row })
  return {
    items: await showPayments(uses.db, items),
    ...(nextCursor === undefined ? {} : { nextCursor }),
  }
}

async function showPayments(db: Db, rows: readonly PaymentRow[]): Promise<Payment[]> {
  const provider = rows[0]?.provider
  if (provider === undefined) return []
  const ids = rows.map(({ id }) => id)
  const [attempts, paidBack] = await Promise.all([
    db
      .select()
      .from(paymentAttempts)
      .where(and(eq(paymentAttempts.provider, provider), inArray(paymentAttempts.paymentId, ids)))
      .orderBy(asc(paymentAttempts.at), asc(paymentAttempts.id)),
    db
      .select()
      .from(refunds)
      .where(and(eq(refunds.provider, provider), inArray(refunds.paymentId, ids)))
      .orderBy(asc(refunds.createdAt), asc(refunds.id)),
  ])
  return rows.map((row) => ({
    ...showPayment(row),
    attempts: attempts.filter(({ paymentId }) => paymentId === row.id).map(showAttempt),
    refunds: paidBack.filter(({ paymentId }) => paymentId === row.id).map(showRefund),
  }))
}

function showPayment(row: PaymentRow): Omit<Payment, 'attempts' | 'refunds'> {
  const { id, invoiceId, status, currency, amountMinor, disputed, methodId, receiptUrl } = row
  return {
    ...{ id, invoiceId, status, currency, amountMinor, disputed, methodId, receiptUrl },
    capturedMinor: row.amountCapturedMinor,
    refundedMinor: row.amountRefundedMinor,
    createdAt: iso(row.createdAt),
  }
}

const showAttempt = ({ id, status, amountMinor, failureCode, failureMessage, at }: AttemptRow) => ({
  ...{ id, status, amountMinor, failureCode, failureMessage },
  at: iso(at),
})

export const showRefund = (
  row: Pick<RefundRow, 'id' | 'paymentId' | 'status' | 'currency' | 'amountMinor' | 'reason' | 'createdAt'>,
): Refund => {
  const { id, paymentId, status, currency, amountMinor, reason, createdAt } = row
  return { id, paymentId, status, currency, amountMinor, reason, createdAt: iso(createdAt) }
}
