import { and, eq } from 'drizzle-orm'
import { isId } from '../run/id.ts'
import type { Applying } from './applying.ts'
import { release } from './effects.ts'
import type { CustomerObject, PaymentMethodObject } from './provider-objects.ts'
import { billingCustomers, paymentMethods } from './schema.ts'

type Row = typeof billingCustomers.$inferSelect

/**
 * Writes into the customer of ours that this is: the one that has its id, else the one that it names. A customer that was
 * made elsewhere and names none is nobody's, and nothing is written. Answers whether it is one of ours.
 */
export async function mirrorCustomer(at: Applying, object: CustomerObject): Promise<boolean> {
  const row = (await rowAt(at, object.id)) ?? (await rowNamed(at, object))
  if (!row) return false
  const { provider } = at
  const { id: providerId, defaultPaymentMethodId: defaultMethodId, country } = object
  const email = object.email ?? row.email
  await at.tx
    .update(billingCustomers)
    .set({ provider, providerId, defaultMethodId, country, email, deletedAt: null })
    .where(eq(billingCustomers.id, row.id))
  await release(at, { customer: object.id })
  return true
}

/** Its subscriptions end with it at the provider, and tell so by themselves. */
export async function deleteCustomer(at: Applying, id: string): Promise<void> {
  const here = and(eq(billingCustomers.provider, at.provider), eq(billingCustomers.providerId, id))
  await at.tx.update(billingCustomers).set({ deletedAt: at.now, defaultMethodId: null }).where(here)
}

async function rowAt({ tx, provider }: Applying, providerId: string): Promise<Row | undefined> {
  const here = and(eq(billingCustomers.provider, provider), eq(billingCustomers.providerId, providerId))
  return (await tx.select().from(billingCustomers).where(here).for('update'))[0]
}

/** Only while it has no other at a provider, or one that is deleted: a copy made by hand must not take its place. */
async function rowNamed(
  { tx, log, provider }: Applying,
  { id, reference }: CustomerObject,
): Promise<Row | undefined> {
  if (reference === null || !isId('bcu', reference)) return undefined
  const here = eq(billingCustomers.id, reference)
  const [row] = await tx.select().from(billingCustomers).where(here).for('update')
  if (!row || row.providerId === null || row.deletedAt !== null) return row
  log.warn('two customers at the provider name one of ours', { provider, id, customer: reference })
  return undefined
}

/** Writes what is shown of a payment method. */
export async function mirrorPaymentMethod(
  { tx, provider, now: syncedAt }: Applying,
  object: PaymentMethodObject,
): Promise<void> {
  const { kind: _kind, livemode: _livemode, customerId, ...facts } = object
  const row = { ...facts, provider, providerCustomerId: customerId, syncedAt }
  await tx
    .insert(paymentMethods)
    .values(row)
    .onConflictDoUpdate({ target: [paymentMethods.provider, paymentMethods.id], set: row })
}

export async function detachPaymentMethod({ tx, provider, now }: Applying, id: string): Promise<void> {
  await tx
    .update(paymentMethods)
    .set({ providerCustomerId: null, syncedAt: now })
    .where(and(eq(paymentMethods.provider, provider), eq(paymentMethods.id, id)))
}
