import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { idColumn, instant } from '../database/columns.ts'
import { organisations, users } from '../identity/schema.ts'
import type { Currency } from './money.ts'
import type {
  CheckoutObject,
  DisputeObject,
  Interval,
  InvoiceObject,
  InvoiceStatus,
  PaymentAttempt,
  PaymentStatus,
  Provider,
  RefundObject,
  SubscriptionItem,
  SubscriptionObject,
  SubscriptionStatus,
} from './provider-objects.ts'

// What the provider has, mirrored. No foreign keys between mirrored tables: events come in any order.
const provider = () => text('provider').$type<Provider>().notNull()
const currency = () => text('currency').$type<Currency>().notNull()
const minor = (name: string) => bigint(name, { mode: 'number' })
const id = () => text('id').notNull()

/** Whoever pays: a user or an organisation. */
export const billingCustomers = pgTable(
  'billing_customers',
  {
    id: idColumn('bcu')('id').primaryKey(),
    userId: idColumn('usr')('user_id').references(() => users.id),
    organisationId: idColumn('org')('organisation_id').references(() => organisations.id),
    provider: provider(),
    /** Null until the provider knows them. */
    providerId: text('provider_id'),
    defaultMethodId: text('default_method_id'),
    country: text('country'),
    email: text('email').notNull(),
    /** Somebody starts a checkout for them: until then nobody else does. */
    checkoutToken: text('checkout_token'),
    checkoutUntil: instant('checkout_until'),
    deletedAt: instant('deleted_at'),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    uniqueIndex('billing_customers_of_user').on(t.userId),
    uniqueIndex('billing_customers_of_organisation').on(t.organisationId),
    uniqueIndex('billing_customers_at_provider').on(t.provider, t.providerId),
    check('billing_customers_one', sql`num_nonnulls(${t.userId}, ${t.organisationId}) = 1`),
  ],
)

export const plans = pgTable(
  'plans',
  {
    provider: provider(),
    id: id(),
    planKey: text('plan_key'),
    name: text('name').notNull(),
    description: text('description').notNull(),
    audience: text('audience').$type<'viewer' | 'organisation'>().notNull(),
    rank: integer('rank').notNull(),
    active: boolean('active').notNull(),
    livemode: boolean('livemode').notNull(),
    deletedAt: instant('deleted_at'),
    syncedAt: instant('synced_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.provider, t.id] })],
)
export const planFeatures = pgTable(
  'plan_features',
  { provider: provider(), planId: text('plan_id').notNull(), feature: text('feature').notNull() },
  (t) => [primaryKey({ columns: [t.provider, t.planId, t.feature] })],
)
export const planPrices = pgTable(
  'plan_prices',
  {
    provider: provider(),
    id: id(),
    planId: text('plan_id').notNull(),
    priceKey: text('price_key'),
    currency: currency(),
    unitAmountMinor: minor('unit_amount_minor'),
    unitAmountDecimal: text('unit_amount_decimal'),
    interval: text('interval').$type<Interval>(),
    intervalCount: integer('interval_count').notNull(),
    meter: text('meter'),
    trialDays: integer('trial_days'),
    otherCurrencies: jsonb('other_currencies').$type<Record<string, number>>().notNull(),
    active: boolean('active').notNull(),
    deletedAt: instant('deleted_at'),
    syncedAt: instant('synced_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.provider, t.id] }), index('plan_prices_of_plan').on(t.provider, t.planId)],
)

export const subscriptions = pgTable(
  'subscriptions',
  {
    provider: provider(),
    id: id(),
    providerCustomerId: text('provider_customer_id').notNull(),
    status: text('status').$type<SubscriptionStatus>().notNull(),
    currency: currency(),
    /** Dates are ISO 8601 text in here. */
    items: jsonb('items').$type<Stored<SubscriptionItem>[]>().notNull(),
    cancelAtPeriodEnd: boolean('cancel_at_period_end').notNull(),
    cancelAt: instant('cancel_at'),
    canceledAt: instant('canceled_at'),
    endedAt: instant('ended_at'),
    trialEnd: instant('trial_end'),
    startedAt: instant('started_at').notNull(),
    /** The latest end of its items' periods. */
    periodEnd: instant('period_end').notNull(),
    latestInvoiceId: text('latest_invoice_id'),
    pending: jsonb('pending').$type<Stored<NonNullable<SubscriptionObject['pending']>>>(),
    syncedAt: instant('synced_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.provider, t.id] }),
    index('subscriptions_of_customer').on(t.provider, t.providerCustomerId),
  ],
)

export const invoices = pgTable(
  'invoices',
  {
    provider: provider(),
    id: id(),
    number: text('number'),
    providerCustomerId: text('provider_customer_id').notNull(),
    subscriptionId: text('subscription_id'),
    status: text('status').$type<InvoiceStatus>().notNull(),
    reason: text('reason').notNull(),
    currency: currency(),
    subtotalMinor: minor('subtotal_minor').notNull(),
    taxMinor: minor('tax_minor').notNull(),
    totalMinor: minor('total_minor').notNull(),
    amountDueMinor: minor('amount_due_minor').notNull(),
    amountPaidMinor: minor('amount_paid_minor').notNull(),
    amountRemainingMinor: minor('amount_remaining_minor').notNull(),
    creditAppliedMinor: minor('credit_applied_minor').notNull(),
    creditNotesMinor: minor('credit_notes_minor').notNull(),
    paidOutOfBand: boolean('paid_out_of_band').notNull(),
    attemptCount: integer('attempt_count').notNull(),
    nextAttemptAt: instant('next_attempt_at'),
    lastFailure: jsonb('last_failure').$type<NonNullable<InvoiceObject['lastFailure']>>(),
    payments: jsonb('payments').$type<InvoiceObject['payments'][number][]>().notNull(),
    hostedUrl: text('hosted_url'),
    pdfUrl: text('pdf_url'),
    periodStart: instant('period_start').notNull(),
    periodEnd: instant('period_end').notNull(),
    dueAt: instant('due_at'),
    createdAt: instant('created_at').notNull(),
    finalizedAt: instant('finalized_at'),
    paidAt: instant('paid_at'),
    deletedAt: instant('deleted_at'),
    syncedAt: instant('synced_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.provider, t.id] }),
    index('invoices_of_customer').on(t.provider, t.providerCustomerId, t.createdAt, t.id),
    index('invoices_of_subscription').on(t.provider, t.subscriptionId),
  ],
)
export const invoiceLines = pgTable(
  'invoice_lines',
  {
    provider: provider(),
    invoiceId: text('invoice_id').notNull(),
    id: id(),
    position: integer('position').notNull(),
    description: text('description').notNull(),
    amountMinor: minor('amount_minor').notNull(),
    taxMinor: minor('tax_minor').notNull(),
    /** Of what is billed by use it may be more than 32 bits hold. */
    quantity: minor('quantity'),
    priceId: text('price_id'),
    periodStart: instant('period_start').notNull(),
    periodEnd: instant('period_end').notNull(),
    proration: boolean('proration').notNull(),
    meter: text('meter'),
  },
  (t) => [primaryKey({ columns: [t.provider, t.invoiceId, t.id] })],
)

export const payments = pgTable(
  'payments',
  {
    provider: provider(),
    id: id(),
    providerCustomerId: text('provider_customer_id'),
    invoiceId: text('invoice_id'),
    status: text('status').$type<PaymentStatus>().notNull(),
    currency: currency(),
    amountMinor: minor('amount_minor').notNull(),
    amountCapturedMinor: minor('amount_captured_minor').notNull(),
    amountRefundedMinor: minor('amount_refunded_minor').notNull(),
    disputed: boolean('disputed').notNull(),
    methodId: text('method_id'),
    receiptUrl: text('receipt_url'),
    createdAt: instant('created_at').notNull(),
    syncedAt: instant('synced_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.provider, t.id] }),
    index('payments_of_customer').on(t.provider, t.providerCustomerId, t.createdAt, t.id),
    index('payments_of_invoice').on(t.provider, t.invoiceId),
  ],
)
export const paymentAttempts = pgTable(
  'payment_attempts',
  {
    provider: provider(),
    paymentId: text('payment_id').notNull(),
    id: id(),
    status: text('status').$type<PaymentAttempt['status']>().notNull(),
    amountMinor: minor('amount_minor').notNull(),
    failureCode: text('failure_code'),
    failureMessage: text('failure_message'),
    at: instant('at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.provider, t.paymentId, t.id] })],
)
/** Both what was asked for here (with a key, before the provider has answered) and what was done elsewhere. */
export const refunds = pgTable(
  'refunds',
  {
    provider: provider(),
    /** The provider's; of one that it has not answered yet, our operation's. */
    id: id(),
    paymentId: text('payment_id').notNull(),
    idempotencyKey: text('idempotency_key'),
    status: text('status').$type<RefundObject['status'] | 'asked'>().notNull(),
    currency: currency(),
    amountMinor: minor('amount_minor').notNull(),
    reason: text('reason'),
    createdAt: instant('created_at').notNull(),
    syncedAt: instant('synced_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.provider, t.id] }),
    uniqueIndex('refunds_once').on(t.provider, t.paymentId, t.idempotencyKey),
    check('refunds_positive', sql`${t.amountMinor} > 0`),
  ],
)
export const disputes = pgTable(
  'disputes',
  {
    provider: provider(),
    id: id(),
    paymentId: text('payment_id').notNull(),
    status: text('status').$type<DisputeObject['status']>().notNull(),
    currency: currency(),
    amountMinor: minor('amount_minor').notNull(),
    reason: text('reason').notNull(),
    evidenceDueAt: instant('evidence_due_at'),
    createdAt: instant('created_at').notNull(),
    syncedAt: instant('synced_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.provider, t.id] }),
    index('disputes_of_payment').on(t.provider, t.paymentId),
  ],
)
/** References alone: never a card's number. */
export const paymentMethods = pgTable(
  'payment_methods',
  {
    provider: provider(),
    id: id(),
    /** Null once detached. */
    providerCustomerId: text('provider_customer_id'),
    type: text('type').notNull(),
    brand: text('brand'),
    last4: text('last4'),
    expiryMonth: integer('expiry_month'),
    expiryYear: integer('expiry_year'),
    syncedAt: instant('synced_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.provider, t.id] }),
    index('payment_methods_of_customer').on(t.provider, t.providerCustomerId),
  ],
)

/** What happened once because of an object: a mail, a grant, an event. The row is written with it. */
export const billingEffects = pgTable(
  'billing_effects',
  {
    provider: provider(),
    objectId: text('object_id').notNull(),
    effect: text('effect').notNull(),
    at: instant('at').notNull(),
    /** What must be known before its event can name our customer: `customer:cus_1`, `payment:pi_1`. Null once it went out. */
    waitsFor: text('waits_for'),
    /** The event that waits, without the customer's id. */
    event: jsonb('event').$type<{ type: string; subject: string; data: Record<string, unknown> }>(),
  },
  (t) => [
    primaryKey({ columns: [t.provider, t.objectId, t.effect] }),
    index('billing_effects_waiting').on(t.provider, t.waitsFor).where(sql`waits_for is not null`),
  ],
)

/**
 * Calls out to the provider by what they are meant for. Written before the call; the id that came back is kept, since the
 * provider forgets idempotency keys after a day.
 */
export const billingOperations = pgTable(
  'billing_operations',
  {
    id: idColumn('bop')('id').primaryKey(),
    customerId: idColumn('bcu')('customer_id').notNull(),
    kind: text('kind').notNull(),
    /** The client's, or made of the intent. Once per customer and kind. */
    idempotencyKey: text('idempotency_key').notNull(),
    /** Of the request: the same key with another one is refused. */
    requestHash: text('request_hash').notNull(),
    /** What the provider is asked, made once: sent again it is the same, whatever has changed meanwhile. */
    request: jsonb('request'),
    state: text('state').$type<'asked' | 'done' | 'refused'>().notNull(),
    /** What came back, to be answered again. */
    result: jsonb('result'),
    /** How the checkout that it began stands, by the provider's last word: it grants nothing by itself. */
    checkout: jsonb('checkout').$type<CheckoutOutcome>(),
    createdAt: instant('created_at').notNull(),
    settledAt: instant('settled_at'),
  },
  (t) => [uniqueIndex('billing_operations_once').on(t.customerId, t.kind, t.idempotencyKey)],
)

export type CheckoutOutcome = Pick<
  CheckoutObject,
  'id' | 'status' | 'paymentStatus' | 'subscriptionId' | 'paymentId'
>

/** A record as JSON keeps it: instants are text. */
export type Stored<T> = { readonly [K in keyof T]: T[K] extends Date ? string : T[K] }
