import { sql } from 'drizzle-orm'
import type { Provider, ProviderObject } from '../billing/provider-objects.ts'
import { rowsOf } from '../database/rows.ts'
import type { Db } from '../ports/database.ts'
import type { ListedKind } from '../ports/payments.ts'

/** What is compared of an object, by field: times in whole seconds, since providers tell no finer ones. */
export type Facts = Readonly<Record<string, string | number | boolean | null>>

interface Mirror {
  readonly table: string
  readonly id: string
  /** A field of the provider's object, and the SQL of our row `t` that must be the same. */
  readonly fields: Readonly<Record<string, string>>
  /** When the provider made it; absent where we do not keep that. */
  readonly madeAt?: string
  /** When we last wrote it: what is newer than a list cannot be missed in it. */
  readonly writtenAt: string
  /** Rows that are there for us. */
  readonly alive?: string
  /** Objects that we never mirror, such as customers that are not ours. */
  readonly foreign?: (object: ProviderObject) => boolean
}

const MONEY = { currency: 't.currency', amountMinor: 't.amount_minor' }

export const MIRRORS: { readonly [K in ListedKind]: Mirror } = {
  product: {
    ...{ table: 'plans', id: 'id', writtenAt: 't.synced_at', alive: 't.deleted_at is null' },
    fields: {
      ...{
        active: 't.active',
        name: 't.name',
        planKey: 't.plan_key',
        audience: 't.audience',
        rank: 't.rank',
      },
      features: `(select coalesce(jsonb_agg(f.feature), '[]') from plan_features f
        where f.provider = t.provider and f.plan_id = t.id)`,
    },
  },
  price: {
    ...{ table: 'plan_prices', id: 'id', writtenAt: 't.synced_at', alive: 't.deleted_at is null' },
    fields: {
      ...{ productId: 't.plan_id', active: 't.active', lookupKey: 't.price_key', currency: 't.currency' },
      ...{ unitAmountMinor: 't.unit_amount_minor', interval: 't.interval', meter: 't.meter' },
    },
  },
  customer: {
    ...{ table: 'billing_customers', id: 'provider_id', writtenAt: 't.created_at' },
    alive: 't.provider_id is not null and t.deleted_at is null',
    fields: { defaultPaymentMethodId: 't.default_method_id', country: 't.country' },
    foreign: (object) => object.kind === 'customer' && object.reference === null,
  },
  subscription: {
    ...{ table: 'subscriptions', id: 'id', writtenAt: 't.synced_at' },
    fields: {
      ...{ customerId: 't.provider_customer_id', status: 't.status', currency: 't.currency' },
      ...{ cancelAtPeriodEnd: 't.cancel_at_period_end', cancelAt: 't.cancel_at', trialEnd: 't.trial_end' },
      ...{ latestInvoiceId: 't.latest_invoice_id', items: 't.items' },
    },
  },
  invoice: {
    ...{ table: 'invoices', id: 'id', madeAt: 't.created_at', writtenAt: 't.synced_at' },
    alive: 't.deleted_at is null',
    fields: {
      ...{ customerId: 't.provider_customer_id', subscriptionId: 't.subscription_id', status: 't.status' },
      ...{ currency: 't.currency', totalMinor: 't.total_minor', taxMinor: 't.tax_minor' },
      ...{ amountPaidMinor: 't.amount_paid_minor', amountRemainingMinor: 't.amount_remaining_minor' },
      ...{ creditNotesMinor: 't.credit_notes_minor', attemptCount: 't.attempt_count', paidAt: 't.paid_at' },
    },
  },
  payment: {
    ...{ table: 'payments', id: 'id', madeAt: 't.created_at', writtenAt: 't.synced_at' },
    fields: {
      ...{ ...MONEY, customerId: 't.provider_customer_id', status: 't.status', disputed: 't.disputed' },
      invoiceId: 't.invoice_id',
      ...{ amountCapturedMinor: 't.amount_captured_minor', amountRefundedMinor: 't.amount_refunded_minor' },
    },
  },
  refund: {
    ...{ table: 'refunds', id: 'id', madeAt: 't.created_at', writtenAt: 't.synced_at' },
    // One that was asked for and not answered has our own id.
    alive: `t.status <> 'asked'`,
    fields: { ...MONEY, paymentId: 't.payment_id', status: 't.status' },
  },
  dispute: {
    ...{ table: 'disputes', id: 'id', madeAt: 't.created_at', writtenAt: 't.synced_at' },
    fields: { ...MONEY, paymentId: 't.payment_id', status: 't.status' },
  },
  payout: {
    ...{ table: 'payouts', id: 'id', madeAt: 't.created_at', writtenAt: 't.synced_at' },
    // A payee's own payouts stand in the payee's list, not in ours.
    alive: `t.account_id = ''`,
    fields: { ...MONEY, status: 't.status', failureCode: 't.failure_code' },
  },
  transfer: {
    ...{ table: 'payee_transfers', id: 'provider_id', madeAt: 't.created_at', writtenAt: 't.updated_at' },
    alive: 't.provider_id is not null',
    fields: { ...MONEY, reversedMinor: 't.reversed_minor' },
    foreign: (object) => object.kind === 'transfer' && object.reference === null,
  },
}
export const LISTED_KINDS = Object.keys(MIRRORS) as ListedKind[]

/** What the provider's object says of the fields that are mirrored. */
export function factsThere(kind: ListedKind, object: ProviderObject): Facts {
  const values = object as unknown as Readonly<Record<string, unknown>>
  const fields = Object.keys(MIRRORS[kind].fields)
  return Object.fromEntries(fields.map((field) => [field, plain(values[field])]))
}

interface Page {
  readonly kind: ListedKind
  readonly provider: Provider
}

/** What we have of these ids; an id that we have not is absent. */
export async function factsHere(
  db: Db,
  { kind, provider }: Page,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Facts>> {
  if (ids.length === 0) return new Map()
  const { table, id, fields, alive = 'true' } = MIRRORS[kind]
  // Names and fields are of the table above, never from outside.
  const pairs = sql.raw(
    Object.entries(fields)
      .map(([field, of]) => `'${field}', ${of}`)
      .join(', '),
  )
  const list = sql.join(
    ids.map((one) => sql`${one}`),
    sql`, `,
  )
  const rows = await rowsOf<{ readonly id: string; readonly facts: Record<string, unknown> }>(
    db,
    sql`select t.${sql.raw(id)} as id, jsonb_build_object(${pairs}) as facts from ${sql.raw(table)} t
      where t.provider = ${provider} and t.${sql.raw(id)} in (${list}) and ${sql.raw(alive)}`,
  )
  const plainOf = (facts: Record<string, unknown>): Facts =>
    Object.fromEntries(Object.entries(facts).map(([field, value]) => [field, plain(value)]))
  return new Map(rows.map((row) => [row.id, plainOf(row.facts)]))
}

/** Ids that we have, in their order, after one: those that were made since and not written after `before`. */
export async function idsHere(
  db: Db,
  { kind, provider }: Page,
  page: { readonly after: string; readonly since: Date | undefined; readonly before: Date },
): Promise<readonly string[]> {
  const { table, id, madeAt, writtenAt, alive = 'true' } = MIRRORS[kind]
  if (page.since && madeAt === undefined) return []
  const made = page.since ? sql`${sql.raw(madeAt ?? '')} >= ${page.since.toISOString()}` : sql`true`
  const rows = await rowsOf<{ readonly id: string }>(
    db,
    sql`select t.${sql.raw(id)} as id from ${sql.raw(table)} t where t.provider = ${provider}
      and t.${sql.raw(id)} > ${page.after} and ${sql.raw(writtenAt)} < ${page.before.toISOString()} and ${made}
      and ${sql.raw(alive)} order by t.${sql.raw(id)} limit 500`,
  )
  return rows.map((row) => row.id)
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d/

function plain(value: unknown): Facts[string] {
  if (value === undefined || value === null) return null
  if (value instanceof Date) return Math.floor(value.getTime() / 1000)
  if (typeof value === 'string') return TIME.test(value) ? Math.floor(Date.parse(value) / 1000) : value
  if (typeof value === 'number' || typeof value === 'boolean') return value
  return Array.isArray(value) ? value.map(inOneLine).sort().join(', ') : JSON.stringify(value)
}

/** Of a subscription's item what it is and how many; of a feature its name. */
function inOneLine(entry: unknown): string {
  if (typeof entry !== 'object' || entry === null) return String(entry)
  const { priceId, quantity } = entry as { priceId?: unknown; quantity?: unknown }
  return `${priceId} x ${quantity}`
}
