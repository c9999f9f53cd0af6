import { billingCustomers, organisations } from '../../database/schema.ts'
import type { Db } from '../../ports/database.ts'
import type { CustomerId, OrganisationId } from '../../run/id.ts'
import { currencyOf } from '../money.ts'
import {
  type BalanceEntry,
  type CheckoutObject,
  type CreditNotes,
  type CustomerObject,
  type DisputeObject,
  type Gone,
  type InvoiceLine,
  type InvoiceObject,
  NO_CREDIT_NOTES,
  type NoticeObject,
  type ObjectKind,
  type PayeeAccountObject,
  type PaymentAttempt,
  type PaymentMethodObject,
  type PaymentObject,
  type PayoutObject,
  type PriceObject,
  type ProductObject,
  type Provider,
  type RefundObject,
  type SubscriptionItem,
  type SubscriptionObject,
  type TransferObject,
} from '../provider-objects.ts'

// Objects of a provider for tests, consistent with each other by their default ids: customer `cus_1` has the subscription
// `sub_1` to price `price_1` of product `prod_1`, whose invoice `in_1` over 9.99 euro is paid by payment `pi_1`.

/** When everything of the provider was made, unless a test says otherwise. */
export const BILLED_AT = new Date('2026-01-01T00:00:00.000Z')
/** `later(3)`: three days after `BILLED_AT`. */
export const later = (days: number): Date => new Date(BILLED_AT.getTime() + days * 86_400_000)
export const EUR = currencyOf('eur')
export const USD = currencyOf('usd')
export const JPY = currencyOf('jpy')

const MONTH = { periodStart: BILLED_AT, periodEnd: later(31) } as const

export const aProduct = (facts: Partial<ProductObject> = {}): ProductObject => ({
  kind: 'product',
  id: 'prod_1',
  livemode: false,
  active: true,
  name: 'Premium',
  description: 'All films.',
  planKey: 'premium',
  audience: 'viewer',
  features: ['premium-titles'],
  rank: 1,
  ...facts,
})

export const aPrice = (facts: Partial<PriceObject> = {}): PriceObject => ({
  kind: 'price',
  id: 'price_1',
  livemode: false,
  productId: 'prod_1',
  active: true,
  lookupKey: 'premium-month',
  currency: EUR,
  unitAmountMinor: 999,
  unitAmountDecimal: '999',
  interval: 'month',
  intervalCount: 1,
  meter: null,
  trialDays: null,
  otherCurrencies: {},
  ...facts,
})

/** Without a reference: a customer that was made elsewhere. `aCustomerRow` makes the one of ours that `cus_1` is. */
export const aCustomer = (facts: Partial<CustomerObject> = {}): CustomerObject => ({
  kind: 'customer',
  id: 'cus_1',
  livemode: false,
  email: 'ada@example.org',
  name: 'Ada',
  reference: null,
  defaultPaymentMethodId: 'pm_1',
  country: 'DE',
  ...facts,
})

export const aPaymentMethod = (facts: Partial<PaymentMethodObject> = {}): PaymentMethodObject => ({
  kind: 'payment-method',
  id: 'pm_1',
  livemode: false,
  customerId: 'cus_1',
  type: 'card',
  brand: 'visa',
  last4: '4242',
  expiryMonth: 12,
  expiryYear: 2030,
  ...facts,
})

export const anItem = (facts: Partial<SubscriptionItem> = {}): SubscriptionItem => ({
  id: 'si_1',
  priceId: 'price_1',
  productId: 'prod_1',
  quantity: 1,
  ...MONTH,
  ...facts,
})

export const aSubscription = (facts: Partial<SubscriptionObject> = {}): SubscriptionObject => ({
  kind: 'subscription',
  id: 'sub_1',
  livemode: false,
  customerId: 'cus_1',
  status: 'active',
  currency: EUR,
  items: [anItem()],
  cancelAtPeriodEnd: false,
  cancelAt: null,
  canceledAt: null,
  endedAt: null,
  trialEnd: null,
  startedAt: BILLED_AT,
  latestInvoiceId: 'in_1',
  pending: null,
  ...facts,
})

export const aLine = (facts: Partial<InvoiceLine> = {}): InvoiceLine => ({
  id: 'il_1',
  description: 'Premium',
  amountMinor: 999,
  taxMinor: 0,
  quantity: 1,
  priceId: 'price_1',
  ...MONTH,
  proration: false,
  meter: null,
  ...facts,
})

const sumOf = (notes: CreditNotes): number => Object.values(notes).reduce((all, minor) => all + minor, 0)

/** Paid, unless its status is another: then nothing is paid and all of it remains. Sums follow from the lines. */
export function anInvoice(facts: Partial<InvoiceObject> = {}): InvoiceObject {
  const { status = 'paid', lines = [aLine()] } = facts
  const [subtotalMinor, taxMinor] = [sum(lines, 'amountMinor'), sum(lines, 'taxMinor')]
  const totalMinor = facts.totalMinor ?? subtotalMinor + taxMinor
  const paid = status === 'paid'
  return {
    kind: 'invoice',
    id: 'in_1',
    livemode: false,
    number: status === 'draft' ? null : 'SKY-0001',
    customerId: 'cus_1',
    subscriptionId: 'sub_1',
    status,
    reason: 'subscription_create',
    currency: EUR,
    subtotalMinor,
    taxMinor,
    totalMinor,
    amountDueMinor: totalMinor,
    amountPaidMinor: paid ? totalMinor : 0,
    amountRemainingMinor: paid || status === 'void' ? 0 : totalMinor,
    creditAppliedMinor: 0,
    creditNotesMinor: sumOf(facts.creditNotes ?? NO_CREDIT_NOTES),
    creditNotes: NO_CREDIT_NOTES,
    paidOutOfBand: false,
    attemptCount: paid ? 1 : 0,
    nextAttemptAt: null,
    lastFailure: null,
    payments: paid ? [{ paymentId: 'pi_1', amountMinor: totalMinor, status: 'paid' }] : [],
    lines,
    hostedUrl: 'https://invoice.example/in_1',
    pdfUrl: 'https://invoice.example/in_1.pdf',
    ...MONTH,
    dueAt: null,
    createdAt: BILLED_AT,
    finalizedAt: status === 'draft' ? null : BILLED_AT,
    paidAt: paid ? BILLED_AT : null,
    ...facts,
  }
}

/** Of `txn_<id>`, 9.99 euro with a fee of 54 cents. */
export function anEntry(facts: Partial<BalanceEntry> = {}): BalanceEntry {
  const { amountMinor = 999, feeMinor = 54 } = facts
  return {
    id: 'txn_1',
    type: 'charge',
    currency: EUR,
    amountMinor,
    feeMinor,
    netMinor: amountMinor - feeMinor,
    createdAt: BILLED_AT,
    availableAt: later(7),
    ...facts,
  }
}

export const anAttempt = (facts: Partial<PaymentAttempt> = {}): PaymentAttempt => ({
  id: 'ch_1',
  status: 'succeeded',
  amountMinor: 999,
  failureCode: null,
  failureMessage: null,
  at: BILLED_AT,
  ...facts,
})

/** An attempt that the card refused. */
export const aFailedAttempt = (facts: Partial<PaymentAttempt> = {}): PaymentAttempt =>
  anAttempt({
    id: 'ch_0',
    status: 'failed',
    failureCode: 'card_declined',
    failureMessage: 'Your card was declined.',
    ...facts,
  })

/** Succeeded and captured, unless its status is another: then nothing is captured and there is no balance entry. */
export function aPayment(facts: Partial<PaymentObject> = {}): PaymentObject {
  const { id = 'pi_1', status = 'succeeded', amountMinor = 999, currency = EUR } = facts
  const done = status === 'succeeded'
  const mark = id.slice(id.indexOf('_') + 1)
  return {
    kind: 'payment',
    id,
    livemode: false,
    customerId: 'cus_1',
    invoiceId: 'in_1',
    status,
    currency,
    amountMinor,
    amountCapturedMinor: done ? amountMinor : 0,
    amountRefundedMinor: 0,
    disputed: false,
    methodId: 'pm_1',
    attempts: done ? [anAttempt({ id: `ch_${mark}`, amountMinor })] : [],
    balance: done ? [anEntry({ id: `txn_${mark}`, amountMinor, currency })] : [],
    receiptUrl: null,
    createdAt: BILLED_AT,
    ...facts,
  }
}

/** Succeeded, of 9.99 euro; the provider keeps its fee. */
export function aRefund(facts: Partial<RefundObject> = {}): RefundObject {
  const { id = 're_1', amountMinor = 999, currency = EUR } = facts
  const entry = { id: `txn_${id}`, type: 'refund', amountMinor: -amountMinor, feeMinor: 0, currency }
  return {
    kind: 'refund',
    id,
    livemode: false,
    paymentId: 'pi_1',
    status: 'succeeded',
    currency,
    amountMinor,
    reason: 'requested_by_customer',
    balance: [anEntry(entry)],
    createdAt: later(1),
    ...facts,
  }
}

/** Waits for our answer; the amount and a fee of 20 euro are withdrawn. */
export function aDispute(facts: Partial<DisputeObject> = {}): DisputeObject {
  const { id = 'dp_1', amountMinor = 999, currency = EUR } = facts
  const entry = { id: `txn_${id}`, type: 'adjustment', amountMinor: -amountMinor, feeMinor: 2000, currency }
  return {
    kind: 'dispute',
    id,
    livemode: false,
    paymentId: 'pi_1',
    status: 'needs_response',
    currency,
    amountMinor,
    reason: 'fraudulent',
    evidenceDueAt: later(20),
    balance: [anEntry(entry)],
    createdAt: later(2),
    ...facts,
  }
}

/** Ours, arrived. */
export function aPayout(facts: Partial<PayoutObject> = {}): PayoutObject {
  const { id = 'po_1', amountMinor = 945, currency = EUR } = facts
  const entry = { id: `txn_${id}`, type: 'payout', amountMinor: -amountMinor, feeMinor: 0, currency }
  return {
    kind: 'payout',
    id,
    livemode: false,
    accountId: null,
    status: 'paid',
    currency,
    amountMinor,
    failureCode: null,
    balance: [anEntry(entry)],
    arrivalAt: later(9),
    createdAt: later(7),
    ...facts,
  }
}

export function aTransfer(facts: Partial<TransferObject> = {}): TransferObject {
  const { id = 'tr_1', amountMinor = 500, currency = EUR } = facts
  const entry = { id: `txn_${id}`, type: 'transfer', amountMinor: -amountMinor, feeMinor: 0, currency }
  return {
    kind: 'transfer',
    id,
    livemode: false,
    accountId: 'acct_1',
    currency,
    amountMinor,
    reversedMinor: 0,
    reference: null,
    balance: [anEntry(entry)],
    createdAt: later(7),
    ...facts,
  }
}

export const aPayeeAccount = (facts: Partial<PayeeAccountObject> = {}): PayeeAccountObject => ({
  kind: 'payee-account',
  id: 'acct_1',
  livemode: false,
  reference: null,
  country: 'DE',
  chargesEnabled: true,
  payoutsEnabled: true,
  requirements: [],
  ...facts,
})

/** Complete and paid, of the subscription `sub_1`. */
export const aCheckout = (facts: Partial<CheckoutObject> = {}): CheckoutObject => ({
  kind: 'checkout',
  id: 'cs_1',
  livemode: false,
  mode: 'subscription',
  status: 'complete',
  paymentStatus: 'paid',
  customerId: 'cus_1',
  subscriptionId: 'sub_1',
  paymentId: null,
  reference: null,
  url: null,
  expiresAt: later(1),
  ...facts,
})

export const aNotice = (facts: Partial<NoticeObject> = {}): NoticeObject => ({
  kind: 'notice',
  id: 'evt_notice',
  livemode: false,
  notice: 'meter-refused-usage',
  details: {},
  ...facts,
})

/** What a fetch answers for an object that is deleted, or never was. */
export const gone = (kind: ObjectKind, id: string): Gone => ({ gone: true, kind, id, accountId: null })

type CustomerRow = typeof billingCustomers.$inferSelect
/** A customer of ours that the provider knows as `cus_1`, of the user or the organisation that `facts` name. */
export async function aCustomerRow(
  db: Db,
  facts: Partial<CustomerRow> & Pick<CustomerRow, 'id'>,
): Promise<CustomerRow> {
  const row = {
    provider: 'stripe' as Provider,
    providerId: 'cus_1',
    email: 'ada@example.org',
    createdAt: BILLED_AT,
    ...facts,
  }
  const [made] = await db.insert(billingCustomers).values(row).returning()
  if (!made) throw new Error('the customer was not inserted')
  return made
}

export async function anOrganisation(db: Db, id: OrganisationId, name = 'Ada & Co'): Promise<OrganisationId> {
  await db.insert(organisations).values({ id, name, createdAt: BILLED_AT })
  return id
}

/** `customerId(1)`: always the same id, for tests that compare whole rows. */
export const customerId = (n: number): CustomerId => `bcu_${n.toString(16).padStart(32, '0')}` as CustomerId
export const organisationId = (n: number): OrganisationId =>
  `org_${n.toString(16).padStart(32, '0')}` as OrganisationId

function sum(lines: readonly InvoiceLine[], field: 'amountMinor' | 'taxMinor'): number {
  return lines.reduce((total, line) => total + line[field], 0)
}
