import type { Currency } from './money.ts'

// What a payment provider knows, in our words. An adapter makes these of whatever version of its vendor's objects comes; all
// behind it knows these alone. Amounts are integers in the currency's smallest unit, times are instants.

export const PROVIDERS = ['stripe', 'paypal', 'braintree', 'razorpay'] as const
export type Provider = (typeof PROVIDERS)[number]

interface Known {
  /** The provider's own id: `sub_...`. */
  readonly id: string
  readonly livemode: boolean
}

/** A plan as it is sold. `features` are keys such as `premium-titles`; `planKey` names it across accounts. */
export interface ProductObject extends Known {
  readonly kind: 'product'
  readonly active: boolean
  readonly name: string
  readonly description: string | null
  readonly planKey: string | null
  readonly audience: 'viewer' | 'organisation'
  readonly features: readonly string[]
  /** Order in the list of plans, lowest first. */
  readonly rank: number
}
export type Interval = 'day' | 'week' | 'month' | 'year'
export interface PriceObject extends Known {
  readonly kind: 'price'
  readonly productId: string
  readonly active: boolean
  readonly lookupKey: string | null
  readonly currency: Currency
  /** Null where it is tiered or finer than a minor unit; `unitAmountDecimal` always says it. */
  readonly unitAmountMinor: number | null
  /** Of a minor unit, as decimal text: `0.25`. Null where it is tiered. */
  readonly unitAmountDecimal: string | null
  /** Null for what is paid once. */
  readonly interval: Interval | null
  readonly intervalCount: number
  /** Name of the meter that a metered price is counted by. */
  readonly meter: string | null
  readonly trialDays: number | null
  /** Amounts in further currencies. */
  readonly otherCurrencies: Readonly<Record<string, number>>
}
export interface CustomerObject extends Known {
  readonly kind: 'customer'
  readonly email: string | null
  readonly name: string | null
  /** Our customer (`bcu_...`), as it was written into the metadata. */
  readonly reference: string | null
  readonly defaultPaymentMethodId: string | null
  readonly country: string | null
}
export interface PaymentMethodObject extends Known {
  readonly kind: 'payment-method'
  /** Null once it is detached. */
  readonly customerId: string | null
  readonly type: string
  readonly brand: string | null
  readonly last4: string | null
  readonly expiryMonth: number | null
  readonly expiryYear: number | null
}

export type SubscriptionStatus =
  | 'incomplete'
  | 'incomplete_expired'
  | 'trialing'
  | 'active'
  | 'past_due'
  | 'unpaid'
  | 'paused'
  | 'canceled'
export interface SubscriptionItem {
  readonly id: string
  readonly priceId: string
  readonly productId: string
  readonly quantity: number | null
  readonly periodStart: Date
  readonly periodEnd: Date
}
export interface SubscriptionObject extends Known {
  readonly kind: 'subscription'
  readonly customerId: string
  readonly status: SubscriptionStatus
  readonly currency: Currency
  readonly items: readonly SubscriptionItem[]
  readonly cancelAtPeriodEnd: boolean
  readonly cancelAt: Date | null
  readonly canceledAt: Date | null
  readonly endedAt: Date | null
  readonly trialEnd: Date | null
  readonly startedAt: Date
  readonly latestInvoiceId: string | null
  /** A change of price that is to come at the period's end. */
  readonly pending: { readonly priceId: string; readonly at: Date } | null
}

export type InvoiceStatus = 'draft' | 'open' | 'paid' | 'void' | 'uncollectible'
export interface InvoiceLine {
  readonly id: string
  readonly description: string
  /** Before tax and after discounts; negative for a proration credit. */
  readonly amountMinor: number
  readonly taxMinor: number
  readonly quantity: number | null
  readonly priceId: string | null
  readonly periodStart: Date
  readonly periodEnd: Date
  readonly proration: boolean
  /** By what it is counted, for lines of metered prices. */
  readonly meter: string | null
}
/** What credit notes took off an invoice. Amounts with tax. */
export interface CreditNotes {
  /** Made the claim smaller. */
  readonly beforePaymentMinor: number
  /** Of what was paid: put onto the customer's credit balance, paid back as refunds (objects of their own), paid back elsewhere. */
  readonly toBalanceMinor: number
  readonly toRefundMinor: number
  readonly outOfBandMinor: number
}
export const NO_CREDIT_NOTES: CreditNotes = {
  ...{ beforePaymentMinor: 0, toBalanceMinor: 0, toRefundMinor: 0, outOfBandMinor: 0 },
}
export interface InvoiceObject extends Known {
  readonly kind: 'invoice'
  readonly number: string | null
  readonly customerId: string
  readonly subscriptionId: string | null
  readonly status: InvoiceStatus
  readonly reason: string
  readonly currency: Currency
  readonly subtotalMinor: number
  readonly taxMinor: number
  readonly totalMinor: number
  readonly amountDueMinor: number
  readonly amountPaidMinor: number
  readonly amountRemainingMinor: number
  /** Taken from the customer's credit balance (positive) or put onto it (negative). */
  readonly creditAppliedMinor: number
  /** Credit notes before and after payment. */
  readonly creditNotesMinor: number
  /** The same by what became of them. */
  readonly creditNotes: CreditNotes
  readonly paidOutOfBand: boolean
  readonly attemptCount: number
  readonly nextAttemptAt: Date | null
  readonly lastFailure: { readonly code: string; readonly message: string } | null
  readonly payments: readonly {
    readonly paymentId: string | null
    readonly amountMinor: number
    readonly status: 'open' | 'paid' | 'canceled'
  }[]
  readonly lines: readonly InvoiceLine[]
  readonly hostedUrl: string | null
  readonly pdfUrl: string | null
  readonly periodStart: Date
  readonly periodEnd: Date
  readonly dueAt: Date | null
  readonly createdAt: Date
  readonly finalizedAt: Date | null
  readonly paidAt: Date | null
}

/** A movement on our account at the provider: what accounting is made of. `netMinor` is `amountMinor - feeMinor`. */
export interface BalanceEntry {
  readonly id: string
  readonly type: string
  readonly currency: Currency
  readonly amountMinor: number
  readonly feeMinor: number
  readonly netMinor: number
  readonly createdAt: Date
  readonly availableAt: Date
}

export type PaymentStatus =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'processing'
  | 'requires_capture'
  | 'succeeded'
  | 'canceled'
  | 'failed'
/** One try to take the money. */
export interface PaymentAttempt {
  readonly id: string
  readonly status: 'succeeded' | 'pending' | 'failed'
  readonly amountMinor: number
  readonly failureCode: string | null
  readonly failureMessage: string | null
  readonly at: Date
}
export interface PaymentObject extends Known {
  readonly kind: 'payment'
  readonly customerId: string | null
  readonly invoiceId: string | null
  readonly status: PaymentStatus
  readonly currency: Currency
  readonly amountMinor: number
  readonly amountCapturedMinor: number
  readonly amountRefundedMinor: number
  readonly disputed: boolean
  readonly methodId: string | null
  readonly attempts: readonly PaymentAttempt[]
  /** Of the captured charge; empty before there is one. */
  readonly balance: readonly BalanceEntry[]
  readonly receiptUrl: string | null
  readonly createdAt: Date
}
export interface RefundObject extends Known {
  readonly kind: 'refund'
  readonly paymentId: string
  readonly status: 'pending' | 'requires_action' | 'succeeded' | 'failed' | 'canceled'
  readonly currency: Currency
  readonly amountMinor: number
  readonly reason: string | null
  /** What it took, and what came back of one that failed. */
  readonly balance: readonly BalanceEntry[]
  readonly createdAt: Date
}
export interface DisputeObject extends Known {
  readonly kind: 'dispute'
  readonly paymentId: string
  readonly status:
    | 'warning_needs_response'
    | 'warning_under_review'
    | 'warning_closed'
    | 'needs_response'
    | 'under_review'
    | 'won'
    | 'lost'
    | 'prevented'
  readonly currency: Currency
  readonly amountMinor: number
  readonly reason: string
  readonly evidenceDueAt: Date | null
  readonly balance: readonly BalanceEntry[]
  readonly createdAt: Date
}
/** Money from our account at the provider to a bank account; `accountId` for a payee's own. */
export interface PayoutObject extends Known {
  readonly kind: 'payout'
  readonly accountId: string | null
  readonly status: 'pending' | 'in_transit' | 'paid' | 'failed' | 'canceled'
  readonly currency: Currency
  readonly amountMinor: number
  readonly failureCode: string | null
  readonly balance: readonly BalanceEntry[]
  readonly arrivalAt: Date
  readonly createdAt: Date
}
/** Money from our account at the provider to that of a payee. */
export interface TransferObject extends Known {
  readonly kind: 'transfer'
  readonly accountId: string
  readonly currency: Currency
  readonly amountMinor: number
  readonly reversedMinor: number
  /** Our `pay_...`. */
  readonly reference: string | null
  readonly balance: readonly BalanceEntry[]
  readonly createdAt: Date
}
/** A payee's account at the provider. */
export interface PayeeAccountObject extends Known {
  readonly kind: 'payee-account'
  /** Our customer (`bcu_...`). */
  readonly reference: string | null
  readonly country: string | null
  readonly chargesEnabled: boolean
  readonly payoutsEnabled: boolean
  /** What the provider still wants to know. */
  readonly requirements: readonly string[]
}
export interface CheckoutObject extends Known {
  readonly kind: 'checkout'
  readonly mode: 'payment' | 'subscription' | 'setup'
  readonly status: 'open' | 'complete' | 'expired'
  readonly paymentStatus: 'paid' | 'unpaid' | 'no_payment_required'
  readonly customerId: string | null
  readonly subscriptionId: string | null
  readonly paymentId: string | null
  /** Our operation (`bop_...`). */
  readonly reference: string | null
  readonly url: string | null
  readonly expiresAt: Date
}
/** Something that happened and is no object: usage that a meter refused, events that were never made. */
export interface NoticeObject extends Known {
  readonly kind: 'notice'
  readonly notice: 'meter-refused-usage' | 'events-were-not-generated'
  readonly details: Readonly<Record<string, unknown>>
}

export type ProviderObject =
  | ProductObject
  | PriceObject
  | CustomerObject
  | PaymentMethodObject
  | SubscriptionObject
  | InvoiceObject
  | PaymentObject
  | RefundObject
  | DisputeObject
  | PayoutObject
  | TransferObject
  | PayeeAccountObject
  | CheckoutObject
  | NoticeObject
export type ObjectKind = ProviderObject['kind']
export type ObjectOf<K extends ObjectKind> = Extract<ProviderObject, { kind: K }>

/** What an event is about. `accountId`: the payee's account that it belongs to, null for our own. */
export interface ObjectRef {
  readonly kind: ObjectKind
  readonly id: string
  readonly accountId: string | null
}

/** The object is deleted at the provider, or never was. */
export interface Gone extends ObjectRef {
  readonly gone: true
}

/** What a provider says has happened. It is never believed: the object is fetched. */
export interface ProviderEvent {
  readonly provider: Provider
  readonly eventId: string
  /** The same for all forms of one occurrence: a thin event and its snapshot. */
  readonly dedupeId: string
  /** The vendor's word without a version prefix: `invoice.paid`. */
  readonly type: string
  /** Null for a type that we have no use for: it is kept, and nothing is done. */
  readonly about: ObjectRef | null
  readonly livemode: boolean
  /** Account that it was sent for, where the provider tells. */
  readonly account: string | null
  /** Whole seconds at most providers: it does not order two events. */
  readonly createdAt: Date
}
