import { and, eq, gt, inArray, ne, or, sql } from 'drizzle-orm'
import { forbidden, notFound } from '../http/problem.ts'
import type { Db } from '../ports/database.ts'
import type { Actor } from '../run/actor.ts'
import type { Context } from '../run/context.ts'
import { isBillingStaff } from './billing-can.ts'
import { KEY_REMEMBERED_MS } from './model.ts'
import { onceAtProvider } from './operations.ts'
import { showRefund } from './payment-history.ts'
import { refundTooLarge } from './problems.ts'
import { type RefetchNeeds, refetchSeldom } from './refetch.ts'
import { payments, refunds } from './schema.ts'
import { findPayment, managesCustomer, type PaymentRow } from './store.ts'
import type { Refund, RefundRequest } from './wire-payments.ts'

interface Ask {
  readonly id: string | undefined
  readonly body: RefundRequest
  readonly key: string
}

/**
 * Pays back all or a part of a payment, once a key. Only staff may; the customer hears 403, anybody else 404. What is asked
 * for is written before the provider is asked, with the payment locked, so that no two of them exceed what was captured.
 */
export async function refundPayment(
  uses: RefetchNeeds,
  ctx: Context,
  actor: Actor,
  { id, body, key }: Ask,
): Promise<Refund> {
  const { row, customer } = await refundable(uses, actor, id)
  const { provider, currency } = row
  const { result } = await onceAtProvider(
    uses,
    { customerId: customer.id, kind: `refund:${row.id}`, key, asked: body },
    {
      prepare: async () => ({
        paymentId: row.id,
        amountMinor: body.amountMinor ?? (await leftOf(uses.db, row, uses.clock.now())),
        reason: body.reason,
      }),
      reserve: (tx, operationId, { amountMinor, reason }) =>
        reserve(tx, row, {
          ...{ provider, currency, amountMinor, reason, id: operationId, paymentId: row.id },
          ...{
            idempotencyKey: key,
            status: 'asked',
            createdAt: uses.clock.now(),
            syncedAt: uses.clock.now(),
          },
        }),
      call: async (request, idempotencyKey) => {
        const { id, paymentId, status, amountMinor, reason, createdAt } = await uses.payments
          .of(provider)
          .refund({ ...request, idempotencyKey })
        return showRefund({ id, paymentId, status, currency, amountMinor, reason, createdAt })
      },
      settle: (tx, operationId, refund) =>
        settle(tx, operationId, {
          ...{ ...refund, provider, currency, idempotencyKey: key },
          ...{ createdAt: new Date(refund.createdAt), syncedAt: uses.clock.now() },
        }),
      giveBack: (tx, operationId) => withdraw(tx, row, operationId),
    },
  )
  await refetchSeldom(uses, ctx, { provider, kind: 'refund', id: result.id, everyMs: 60_000 })
  return result
}

async function refundable(uses: RefetchNeeds, actor: Actor, id: string | undefined) {
  const found = await findPayment(uses.db, id)
  if (!found) throw notFound('payment')
  if (isBillingStaff(uses, actor)) return found
  if (await managesCustomer(uses.db, actor, found.customer))
    throw forbidden('Only staff may refund a payment.')
  throw notFound('payment')
}

type NewRefund = typeof refunds.$inferInsert

async function reserve(tx: Db, { provider, id }: PaymentRow, refund: NewRefund): Promise<void> {
  const same = and(eq(payments.provider, provider), eq(payments.id, id))
  const [locked] = await tx.select().from(payments).where(same).for('update')
  const left = locked ? await leftOf(tx, locked, refund.createdAt) : 0
  if (refund.amountMinor > left || left <= 0) throw refundTooLarge(left, refund.currency)
  await tx.insert(refunds).values(refund)
}

/**
 * What was captured less what went back, is on its way back or was asked for. One that was asked for and of which nothing
 * was heard for a day is not counted: if the provider has made it, the payment tells so, and else nobody will make it.
 */
async function leftOf(db: Db, payment: PaymentRow, now: Date): Promise<number> {
  const lost = new Date(now.getTime() - KEY_REMEMBERED_MS)
  const back = and(
    eq(refunds.provider, payment.provider),
    eq(refunds.paymentId, payment.id),
    inArray(refunds.status, ['asked', 'pending', 'requires_action', 'succeeded']),
    or(ne(refunds.status, 'asked'), gt(refunds.createdAt, lost)),
  )
  const asked = sql<string>`coalesce(sum(${refunds.amountMinor}) filter (where ${refunds.status} = 'asked'), 0)`
  const known = sql<string>`coalesce(sum(${refunds.amountMinor}) filter (where ${refunds.status} <> 'asked'), 0)`
  const [sums] = await db.select({ asked, known }).from(refunds).where(back)
  // The payment may tell of a refund whose own webhook is still on its way.
  const gone = Math.max(Number(sums?.known ?? 0), payment.amountRefundedMinor)
  return Math.max(0, payment.amountCapturedMinor - gone - Number(sums?.asked ?? 0))
}

/** One refund is one row: the provider's, whether its webhook wrote it already or not. */
async function settle(tx: Db, operationId: string, refund: NewRefund): Promise<void> {
  const { provider, paymentId, id, idempotencyKey } = refund
  await tx.delete(refunds).where(and(eq(refunds.provider, provider), eq(refunds.id, operationId)))
  // Two of the same amount at once: the webhook of the one may have been written into the row of the other.
  const swapped = and(
    eq(refunds.provider, provider),
    eq(refunds.paymentId, paymentId),
    eq(refunds.idempotencyKey, idempotencyKey ?? ''),
    ne(refunds.id, id),
  )
  await tx.update(refunds).set({ idempotencyKey: null }).where(swapped)
  await tx
    .insert(refunds)
    .values(refund)
    // Its status stays: the webhook may know a newer one than our call was answered with.
    .onConflictDoUpdate({ target: [refunds.provider, refunds.id], set: { idempotencyKey } })
}

async function withdraw(tx: Db, { provider }: PaymentRow, operationId: string): Promise<void> {
  await tx.delete(refunds).where(and(eq(refunds.provider, provider), eq(refunds.id, operationId)))
}
