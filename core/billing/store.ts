import { and, asc, desc, eq, getTableColumns, inArray, isNull, lt, or, type SQL } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { readCursor } from '../http/page.ts'
import { notFound } from '../http/problem.ts'
import type { Db } from '../ports/database.ts'
import type { Uses } from '../ports/ports.ts'
import type { Actor } from '../run/actor.ts'
import { billingCan, standingOf } from './billing-can.ts'
import type { CustomerRow, KnownCustomer } from './customers.ts'
import { PROVIDERS } from './provider-objects.ts'
import { billingCustomers, invoices, paymentMethods, payments, subscriptions } from './schema.ts'

export type SubscriptionRow = typeof subscriptions.$inferSelect
export type InvoiceRow = typeof invoices.$inferSelect
export type PaymentRow = typeof payments.$inferSelect

/** Where a page begins: after this row, newest first. */
export interface Place {
  readonly at: Date
  readonly id: string
}
/** The key of a row in a cursor: its time and, since a second holds many, its id. */
export const placeKey = ({ createdAt, id }: { readonly createdAt: Date; readonly id: string }): string =>
  `${createdAt.getTime()}.${id}`

const PLACE = /^(\d{1,15})\.([\w-]{1,100})$/
export function readPlace(cursor: string | undefined, list: string): Place | undefined {
  const key = readCursor(cursor, list, isPlace)
  const [, time, id] = PLACE.exec(key ?? '') ?? []
  return time === undefined || id === undefined ? undefined : { at: new Date(Number(time)), id }
}

/** PostgreSQL reads no year of five digits. */
const LATEST = Date.UTC(9999, 11, 31)
const isPlace = (text: string): boolean => Number(PLACE.exec(text)?.[1] ?? Number.NaN) <= LATEST

const before = (place: Place | undefined, at: PgColumn, id: PgColumn): SQL | undefined =>
  place && or(lt(at, place.at), and(eq(at, place.at), lt(id, place.id)))

export interface PageOf {
  readonly before: Place | undefined
  readonly limit: number
}

/** All of them, also those that have ended, latest first. */
export const subscriptionsOf = (
  db: Db,
  { provider, providerId }: KnownCustomer,
): Promise<SubscriptionRow[]> =>
  db
    .select()
    .from(subscriptions)
    .where(and(eq(subscriptions.provider, provider), eq(subscriptions.providerCustomerId, providerId)))
    .orderBy(desc(subscriptions.startedAt), desc(subscriptions.id))
    .limit(100)

export const invoicesOf = (
  db: Db,
  { provider, providerId }: KnownCustomer,
  page: PageOf,
): Promise<InvoiceRow[]> =>
  db
    .select()
    .from(invoices)
    .where(
      and(
        eq(invoices.provider, provider),
        eq(invoices.providerCustomerId, providerId),
        isNull(invoices.deletedAt),
        before(page.before, invoices.createdAt, invoices.id),
      ),
    )
    .orderBy(desc(invoices.createdAt), desc(invoices.id))
    .limit(page.limit)

export const paymentsOf = (
  db: Db,
  { provider, providerId }: KnownCustomer,
  page: PageOf,
): Promise<PaymentRow[]> =>
  db
    .select()
    .from(payments)
    .where(
      and(
        eq(payments.provider, provider),
        eq(payments.providerCustomerId, providerId),
        before(page.before, payments.createdAt, payments.id),
      ),
    )
    .orderBy(desc(payments.createdAt), desc(payments.id))
    .limit(page.limit)

export const paymentMethodsOf = (db: Db, { provider, providerId }: KnownCustomer) =>
  db
    .select()
    .from(paymentMethods)
    .where(and(eq(paymentMethods.provider, provider), eq(paymentMethods.providerCustomerId, providerId)))
    .orderBy(asc(paymentMethods.id))
    .limit(100)

/** Something of a customer, with the customer. */
export interface Owned<R> {
  readonly row: R
  readonly customer: KnownCustomer
}

/** A subscription that the actor may see and change. 404 for any other: its existence is private too. */
export async function subscriptionFor(
  { db }: Uses<'db'>,
  actor: Actor,
  id: string | undefined,
): Promise<Owned<SubscriptionRow>> {
  const rows = await db
    .select({ row: getTableColumns(subscriptions), customer: getTableColumns(billingCustomers) })
    .from(subscriptions)
    .innerJoin(billingCustomers, ownerOf(subscriptions))
    .where(isNamed(subscriptions, id))
  return firstManaged(db, actor, { rows, what: 'subscription' })
}

/** An invoice that the actor may see. 404 for any other. */
export async function invoiceFor(
  { db }: Uses<'db'>,
  actor: Actor,
  id: string | undefined,
): Promise<Owned<InvoiceRow>> {
  const rows = await db
    .select({ row: getTableColumns(invoices), customer: getTableColumns(billingCustomers) })
    .from(invoices)
    .innerJoin(billingCustomers, ownerOf(invoices))
    .where(and(isNamed(invoices, id), isNull(invoices.deletedAt)))
  return firstManaged(db, actor, { rows, what: 'invoice' })
}

/** A payment method that the actor may use. 404 for any other. */
export async function paymentMethodFor({ db }: Uses<'db'>, actor: Actor, id: string | undefined) {
  const rows = await db
    .select({ row: getTableColumns(paymentMethods), customer: getTableColumns(billingCustomers) })
    .from(paymentMethods)
    .innerJoin(billingCustomers, ownerOf(paymentMethods))
    .where(isNamed(paymentMethods, id))
  return firstManaged(db, actor, { rows, what: 'payment method' })
}

/** A payment with its customer, for whom the caller must ask by `managesCustomer`. */
export async function findPayment(db: Db, id: string | undefined) {
  const rows = await db
    .select({ row: getTableColumns(payments), customer: getTableColumns(billingCustomers) })
    .from(payments)
    .innerJoin(billingCustomers, ownerOf(payments))
    .where(isNamed(payments, id))
  return rows[0] && { row: rows[0].row, customer: withProviderId(rows[0].customer) }
}

export const managesCustomer = async (db: Db, actor: Actor, customer: CustomerRow): Promise<boolean> =>
  billingCan(await standingOf(db, actor, customer), 'billing:manage')

const ownerOf = (owned: { readonly provider: PgColumn; readonly providerCustomerId: PgColumn }) =>
  and(
    eq(billingCustomers.provider, owned.provider),
    eq(billingCustomers.providerId, owned.providerCustomerId),
  )

/** By all providers and the id, not by the id alone: their key begins with the provider, and PostgreSQL before 18 would read the whole table. */
const isNamed = (table: { readonly provider: PgColumn; readonly id: PgColumn }, id: string | undefined) =>
  and(inArray(table.provider, [...PROVIDERS]), eq(table.id, id ?? ''))

async function firstManaged<R>(
  db: Db,
  actor: Actor,
  { rows, what }: { readonly rows: readonly { row: R; customer: CustomerRow }[]; readonly what: string },
): Promise<Owned<R>> {
  for (const { row, customer } of rows)
    if (await managesCustomer(db, actor, customer)) return { row, customer: withProviderId(customer) }
  throw notFound(what)
}

/** Joined by it, so it is there. */
const withProviderId = (customer: CustomerRow): KnownCustomer => ({
  ...customer,
  providerId: customer.providerId ?? '',
})
