import { and, asc, eq } from 'drizzle-orm'
import type { Applying } from './applying.ts'
import { tell } from './effects.ts'
import type { RefundObject } from './provider-objects.ts'
import { refunds } from './schema.ts'

/** Writes the refund as it is, into the row that asked for it where there is one. */
export async function mirrorRefund(at: Applying, object: RefundObject): Promise<void> {
  await adoptAsked(at, object)
  const row = rowOf(at, object)
  await at.tx
    .insert(refunds)
    .values(row)
    .onConflictDoUpdate({ target: [refunds.provider, refunds.id], set: row })
  if (object.status === 'succeeded') await tellRefunded(at, object)
}

/**
 * Gives the provider's id to the row that our API wrote before it asked, so that one refund is one row whichever is first:
 * the provider's answer or its webhook. Providers do not tell the idempotency key again; of several rows that ask for the
 * same amount of one payment the oldest is taken, and which of them has which id makes no difference to anybody.
 */
async function adoptAsked({ tx, provider }: Applying, object: RefundObject): Promise<void> {
  const at = (id: string) => and(eq(refunds.provider, provider), eq(refunds.id, id))
  if ((await tx.select({ id: refunds.id }).from(refunds).where(at(object.id))).length > 0) return
  const alike = and(
    eq(refunds.provider, provider),
    eq(refunds.paymentId, object.paymentId),
    eq(refunds.status, 'asked'),
    eq(refunds.currency, object.currency),
    eq(refunds.amountMinor, object.amountMinor),
  )
  const oldest = tx.select({ id: refunds.id }).from(refunds).where(alike)
  const [asked] = await oldest.orderBy(asc(refunds.createdAt), asc(refunds.id)).limit(1).for('update')
  if (asked) await tx.update(refunds).set({ id: object.id }).where(at(asked.id))
}

/** Without the idempotency key, which stays as it is. */
function rowOf({ provider, now }: Applying, object: RefundObject): typeof refunds.$inferInsert {
  const { kind: _kind, livemode: _livemode, balance: _balance, ...facts } = object
  return { ...facts, provider, syncedAt: now }
}

async function tellRefunded(at: Applying, object: RefundObject): Promise<void> {
  const { id, paymentId, currency, amountMinor } = object
  await tell(at, {
    type: 'billing.payment.refunded',
    objectId: id,
    effect: 'refunded',
    whose: { payment: paymentId },
    data: { paymentId, refundId: id, currency, amountMinor },
  })
}
