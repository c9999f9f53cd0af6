import { and, eq } from 'drizzle-orm'
import type { Applying } from './applying.ts'
import { release, tell } from './effects.ts'
import { isStale } from './mirror-guard.ts'
import type { PaymentObject } from './provider-objects.ts'
import { paymentAttempts, payments } from './schema.ts'

/** Writes the payment as it is, with its attempts. Answers whether it did: not over one that is at its end. */
export async function mirrorPayment(at: Applying, object: PaymentObject): Promise<boolean> {
  const here = and(eq(payments.provider, at.provider), eq(payments.id, object.id))
  const [before] = await at.tx.select().from(payments).where(here).for('update')
  if (before && isStale(at, 'payment', before, object)) return false
  const row = rowOf(at, object)
  await at.tx
    .insert(payments)
    .values(row)
    .onConflictDoUpdate({ target: [payments.provider, payments.id], set: row })
  await replaceAttempts(at, object)
  await release(at, { payment: object.id })
  await tellFailures(at, object)
  return true
}

function rowOf({ provider, now }: Applying, object: PaymentObject): typeof payments.$inferInsert {
  const { kind: _kind, livemode: _livemode, attempts: _attempts, balance: _balance, ...facts } = object
  const { customerId, ...row } = facts
  return { ...row, provider, providerCustomerId: customerId, syncedAt: now }
}

async function replaceAttempts({ tx, provider }: Applying, { id, attempts }: PaymentObject): Promise<void> {
  await tx
    .delete(paymentAttempts)
    .where(and(eq(paymentAttempts.provider, provider), eq(paymentAttempts.paymentId, id)))
  const rows = attempts.map((attempt) => ({ ...attempt, provider, paymentId: id }))
  if (rows.length > 0) await tx.insert(paymentAttempts).values(rows)
}

/** Each attempt once. Of a single payment nobody is told: whoever pays it sits before it. */
async function tellFailures(at: Applying, object: PaymentObject): Promise<void> {
  const { id, invoiceId, customerId, currency, attempts } = object
  if (invoiceId === null || customerId === null) return
  for (const attempt of attempts.filter(({ status }) => status === 'failed'))
    await tell(at, {
      type: 'billing.payment.failed',
      objectId: id,
      effect: `failed:${attempt.id}`,
      whose: { customer: customerId },
      data: { invoiceId, currency, amountMinor: attempt.amountMinor },
    })
}
