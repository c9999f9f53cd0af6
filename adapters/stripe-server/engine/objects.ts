import type { StripeObject } from '../store.ts'

// Stripe's objects as far as the engine reads them; what it only writes is not told here. All of them are replaced whole
// and never changed in place, so that an event's snapshot can be the object itself.

export interface List<T> {
  readonly object: 'list'
  readonly data: readonly T[]
  readonly has_more: boolean
  readonly url: string
}
export const embed = <T>(url: string, data: readonly T[]): List<T> => ({
  object: 'list',
  data,
  has_more: false,
  url,
})

export type Metadata = Readonly<Record<string, string>>

export interface Customer extends StripeObject {
  /** Negative: credit for the next invoices. Positive: added to the next invoice. */
  balance: number
  currency: string | null
  invoice_settings: { default_payment_method: string | null }
  invoice_prefix?: string | null
  next_invoice_sequence?: number
  address?: { country?: string | null; state?: string | null } | null
  tax_exempt?: string | null
  email: string | null
  name?: string | null
  test_clock?: string | null
  deleted?: boolean
}
export interface Price extends StripeObject {
  currency: string
  currency_options?: Readonly<Record<string, PriceAmount>>
  product: string
  recurring: Recurring | null
  tax_behavior: string | null
  unit_amount: number | null
  unit_amount_decimal: string | null
  tiers?: readonly unknown[]
  transform_quantity?: { divide_by: number; round: 'up' | 'down' } | null
}
export interface PriceAmount {
  unit_amount: number | null
  unit_amount_decimal: string | null
}
export interface Recurring {
  interval: 'day' | 'week' | 'month' | 'year'
  interval_count: number
  meter: string | null
  usage_type: 'licensed' | 'metered'
}
export interface PaymentMethod extends StripeObject {
  customer: string | null
  type: string
  card?: { fingerprint: string; brand: string; last4: string } | null
}

export interface Item {
  id: string
  object: 'subscription_item'
  created: number
  current_period_start: number
  current_period_end: number
  metadata: Metadata
  price: Price
  quantity?: number
  subscription: string
  [field: string]: unknown
}
export interface Subscription extends StripeObject {
  status: string
  customer: string
  currency: string
  items: List<Item>
  billing_cycle_anchor: number
  cancel_at: number | null
  cancel_at_period_end: boolean
  canceled_at: number | null
  ended_at: number | null
  created: number
  default_payment_method: string | null
  latest_invoice: string | null
  pause_collection: { behavior: string; resumes_at: number | null } | null
  schedule: string | null
  start_date: number
  trial_end: number | null
  trial_start: number | null
  trial_settings: { end_behavior: { missing_payment_method: string } }
  automatic_tax: { enabled: boolean; [field: string]: unknown }
  metadata: Metadata
}
export interface Phase {
  start_date: number
  end_date: number
  currency: string
  items: readonly { price: string; quantity?: number }[]
  proration_behavior: string
  [field: string]: unknown
}
export interface Schedule extends StripeObject {
  status: string
  customer: string
  subscription: string | null
  released_subscription: string | null
  current_phase: { start_date: number; end_date: number } | null
  end_behavior: string
  phases: readonly Phase[]
}

export interface Period {
  start: number
  end: number
}
export interface LineTax {
  amount: number
  tax_behavior: 'exclusive' | 'inclusive'
  tax_rate_details: { tax_rate: string } | null
  taxability_reason: string
  taxable_amount: number
  type: 'tax_rate_details'
}
export interface Line {
  id: string
  object: 'line_item'
  amount: number
  currency: string
  description: string
  period: Period
  quantity: number | null
  parent: Readonly<Record<string, unknown>>
  pricing: Pricing | null
  taxes: readonly LineTax[]
  [field: string]: unknown
}
export interface Pricing {
  type: 'price_details'
  price_details: { price: string; product: string }
  unit_amount_decimal: string | null
}
export interface InvoiceItem extends StripeObject {
  amount: number
  currency: string
  customer: string
  date: number
  description: string | null
  invoice: string | null
  parent: { type: string; subscription_details: { subscription: string; subscription_item?: string } } | null
  period: Period
  pricing: Pricing | null
  proration: boolean
  quantity: number
  metadata: Metadata
}
export interface InvoicePayment extends StripeObject {
  amount_paid: number | null
  amount_requested: number
  currency: string
  invoice: string
  is_default: boolean
  payment: { type: string; payment_intent?: string; payment_record?: string }
  status: string
  status_transitions: { canceled_at: number | null; paid_at: number | null }
}
export interface Invoice extends StripeObject {
  status: string | null
  customer: string
  currency: string
  billing_reason: string
  number: string | null
  subtotal: number
  total: number
  amount_due: number
  amount_paid: number
  amount_remaining: number
  amount_overpaid: number
  amount_paid_off_stripe: number
  attempt_count: number
  attempted: boolean
  auto_advance: boolean
  next_payment_attempt: number | null
  starting_balance: number
  ending_balance: number | null
  default_payment_method: string | null
  pre_payment_credit_notes_amount: number
  post_payment_credit_notes_amount: number
  parent: {
    type: string
    quote_details: null
    subscription_details: { subscription: string; metadata: Metadata } | null
  } | null
  lines: List<Line>
  payments: List<InvoicePayment>
  period_start: number
  period_end: number
  created: number
  status_transitions: {
    finalized_at: number | null
    marked_uncollectible_at: number | null
    paid_at: number | null
    voided_at: number | null
  }
}

export interface PaymentIntent extends StripeObject {
  status: string
  amount: number
  amount_capturable: number
  amount_received: number
  capture_method: string
  client_secret: string
  currency: string
  customer: string | null
  description: string | null
  latest_charge: string | null
  last_payment_error: Readonly<Record<string, unknown>> | null
  metadata: Metadata
  payment_method: string | null
}
export interface Charge extends StripeObject {
  amount: number
  amount_captured: number
  amount_refunded: number
  balance_transaction: string | null
  captured: boolean
  currency: string
  customer: string | null
  disputed: boolean
  payment_intent: string | null
  payment_method: string | null
  refunded: boolean
  status: 'succeeded' | 'pending' | 'failed'
}
export interface Refund extends StripeObject {
  amount: number
  balance_transaction: string | null
  failure_balance_transaction?: string
  charge: string
  currency: string
  payment_intent: string | null
  metadata: Metadata
  status: string
}
export interface BalanceTransaction extends StripeObject {
  amount: number
  available_on: number
  created: number
  currency: string
  fee: number
  net: number
  source: string
  status: string
  type: string
}
export interface Dispute extends StripeObject {
  amount: number
  balance_transactions: readonly BalanceTransaction[]
  charge: string
  currency: string
  evidence: Readonly<Record<string, string | null>>
  evidence_details: Readonly<Record<string, unknown>>
  metadata: Metadata
  payment_intent: string | null
  reason: string
  status: string
}
export interface Payout extends StripeObject {
  amount: number
  arrival_date: number
  balance_transaction: string | null
  failure_balance_transaction: string | null
  currency: string
  status: string
}
export interface CreditNote extends StripeObject {
  amount: number
  invoice: string
  currency: string
}
export interface TestClock extends StripeObject {
  frozen_time: number
  status: string
}

export interface Objects {
  customer: Customer
  price: Price
  product: StripeObject & { name: string }
  payment_method: PaymentMethod
  subscription: Subscription
  subscription_schedule: Schedule
  invoice: Invoice
  invoiceitem: InvoiceItem
  invoice_payment: InvoicePayment
  payment_intent: PaymentIntent
  charge: Charge
  refund: Refund
  balance_transaction: BalanceTransaction
  dispute: Dispute
  payout: Payout
  credit_note: CreditNote
  tax_rate: StripeObject
  'test_helpers.test_clock': TestClock
}
