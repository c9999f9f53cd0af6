import { and, asc, eq, isNull } from 'drizzle-orm'
import { memberships, organisations, users } from '../identity/schema.ts'
import type { Db } from '../ports/database.ts'
import type { Uses } from '../ports/ports.ts'
import { type CustomerId, idFromUuid } from '../run/id.ts'
import type { Payer } from './billing-can.ts'
import { billingCustomers } from './schema.ts'

export type CustomerRow = typeof billingCustomers.$inferSelect
/** One whom the provider knows, too. */
export type KnownCustomer = CustomerRow & { readonly providerId: string }

/** The customer, if there is one already. Looking at bills makes none. */
export async function findCustomer(db: Db, payer: Payer): Promise<CustomerRow | undefined> {
  return (await db.select().from(billingCustomers).where(isOf(payer)))[0]
}

/** The customer, made on first use; the provider hears of it only by `knownCustomer`. Two at once make one. */
export async function customerOf(
  uses: Uses<'db' | 'clock' | 'ids' | 'payments'>,
  payer: Payer,
): Promise<CustomerRow> {
  const found = await findCustomer(uses.db, payer)
  if (found) return found
  const { email } = await contactOf(uses.db, payer)
  const row = {
    id: idFromUuid('bcu', uses.ids.uuid()),
    ...payer,
    provider: uses.payments.primary,
    email,
    createdAt: uses.clock.now(),
  }
  await uses.db.insert(billingCustomers).values(row).onConflictDoNothing()
  const made = await findCustomer(uses.db, payer)
  if (!made) throw new Error(`customer ${row.id} was made and is not there`)
  return made
}

/** The customer as the provider knows them, made there on first use and again after they were deleted there. */
export async function knownCustomer(
  uses: Uses<'db' | 'clock' | 'ids' | 'payments'>,
  payer: Payer,
): Promise<KnownCustomer> {
  const customer = await customerOf(uses, payer)
  if (isKnown(customer)) return customer
  const contact = await contactOf(uses.db, payer)
  const { id: providerId } = await uses.payments.of(customer.provider).saveCustomer({
    id: null,
    reference: customer.id,
    ...contact,
    // A lost answer is asked for again under the same key; one that was deleted must not be given again.
    idempotencyKey: `customer:${customer.id}:${customer.deletedAt?.getTime() ?? 0}`,
  })
  return keepProviderId(uses.db, customer, providerId)
}

export const isKnown = (customer: CustomerRow | undefined): customer is KnownCustomer =>
  customer !== undefined && customer.providerId !== null && customer.deletedAt === null

/** Also one whom the provider has deleted: what they have paid stays theirs to see. */
export const wasKnown = (customer: CustomerRow | undefined): customer is KnownCustomer =>
  customer !== undefined && customer.providerId !== null

/** The webhook of the new customer may have been faster; it told the same. */
async function keepProviderId(db: Db, customer: CustomerRow, providerId: string): Promise<KnownCustomer> {
  const asRead =
    customer.providerId === null
      ? isNull(billingCustomers.providerId)
      : eq(billingCustomers.providerId, customer.providerId)
  await db
    .update(billingCustomers)
    .set({ providerId, deletedAt: null })
    .where(and(eq(billingCustomers.id, customer.id), asRead))
  return { ...customer, ...(await providerIdOf(db, customer.id, providerId)), deletedAt: null }
}

async function providerIdOf(db: Db, id: CustomerId, fallback: string) {
  const columns = { providerId: billingCustomers.providerId }
  const [row] = await db.select(columns).from(billingCustomers).where(eq(billingCustomers.id, id))
  return { providerId: row?.providerId ?? fallback }
}

const isOf = (payer: Payer) =>
  'userId' in payer
    ? eq(billingCustomers.userId, payer.userId)
    : eq(billingCustomers.organisationId, payer.organisationId)

/** Where bills go: the person, or the organisation's first owner. */
async function contactOf(db: Db, payer: Payer): Promise<{ email: string; name: string }> {
  const [contact] = 'userId' in payer ? await person(db, payer) : await firstOwner(db, payer)
  if (!contact) throw new Error('whoever pays is gone')
  return contact
}

const person = (db: Db, { userId }: Extract<Payer, { userId: unknown }>) =>
  db.select({ email: users.email, name: users.name }).from(users).where(eq(users.id, userId))

const firstOwner = (db: Db, { organisationId }: Extract<Payer, { organisationId: unknown }>) =>
  db
    .select({ email: users.email, name: organisations.name })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .innerJoin(organisations, eq(organisations.id, memberships.organisationId))
    .where(and(eq(memberships.organisationId, organisationId), eq(memberships.role, 'owner')))
    .orderBy(asc(memberships.createdAt), asc(memberships.userId))
    .limit(1)
