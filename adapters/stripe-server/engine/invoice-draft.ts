import type { Store } from '../store.ts'
import { invoiceItemLine, linesOf } from './lines.ts'
import { link, linked, unlinkAll } from './links.ts'
import {
  type Customer,
  embed,
  type Invoice,
  type InvoiceItem,
  type InvoicePayment,
  type Line,
  type LineTax,
  type Metadata,
  type Period,
  type Subscription,
} from './objects.ts'
import { add, change, find, need } from './objects-in-store.ts'

export interface NewInvoice {
  readonly customer: string
  readonly currency: string
  readonly reason: string
  readonly lines: readonly Line[]
  readonly period: Period
  readonly subscription?: Subscription
  /** False: it stays a draft until somebody finalizes it. */
  readonly autoAdvance: boolean
  readonly metadata?: Metadata
  readonly description?: string | null
  readonly automaticTax?: boolean
  readonly prorationDate?: number
}

/** A draft with the given lines and all that waits for the customer's next invoice. */
export function draftInvoice(store: Store, of: NewInvoice): Invoice {
  const pending = pendingItems(store, of)
  const tax = of.automaticTax ?? of.subscription?.automatic_tax.enabled ?? false
  const lines = [...pending.map((item) => invoiceItemLine(store, item, tax)), ...of.lines]
  const invoice = add(store, invoiceWith(store, of, { id: store.newId('in'), lines }))
  for (const item of pending) change(store, item, { invoice: invoice.id })
  unlinkAll(store, 'pending-items', of.customer, new Set(pending.map((item) => item.id)))
  if (of.subscription) {
    link(store, 'invoices', of.subscription.id, invoice.id)
    change(store, of.subscription, { latest_invoice: invoice.id })
  }
  store.emit('invoice.created', invoice)
  return invoice
}

/** Items that the next invoice takes along: of its subscription, and of none. */
export function pendingItems(
  store: Store,
  of: { customer: string; currency: string; subscription?: Subscription },
): InvoiceItem[] {
  return linked(store, 'pending-items', of.customer)
    .map((id) => find(store, 'invoiceitem', id))
    .filter((item) => item !== undefined)
    .filter((item) => {
      const owner = item.parent?.subscription_details.subscription
      return item.currency === of.currency && (owner === undefined || owner === of.subscription?.id)
    })
}

/** An invoice as it would be. It is not put into the store. */
export function invoiceWith(
  store: Store,
  of: NewInvoice,
  { id, lines }: { id: string; lines: readonly Line[] },
): Invoice {
  const customer = need(store, 'customer', of.customer, 'customer') as Customer
  const totals = totalsOf(lines)
  const tax = of.automaticTax ?? of.subscription?.automatic_tax.enabled ?? false
  return {
    id,
    object: 'invoice',
    account_country: 'DE',
    account_name: 'Skyreel',
    account_tax_ids: null,
    ...totals,
    amount_due: Math.max(0, totals.total),
    amount_overpaid: 0,
    amount_paid: 0,
    amount_paid_off_stripe: 0,
    amount_remaining: Math.max(0, totals.total),
    amount_shipping: 0,
    application: null,
    attempt_count: 0,
    attempted: false,
    auto_advance: of.autoAdvance,
    automatic_tax: {
      disabled_reason: null,
      enabled: tax,
      liability: tax ? { type: 'self' } : null,
      provider: tax ? 'stripe' : null,
      status: tax ? 'complete' : null,
    },
    automatically_finalizes_at: null,
    billing_reason: of.reason,
    collection_method: 'charge_automatically',
    created: store.now(of.customer),
    currency: of.currency,
    custom_fields: null,
    customer: of.customer,
    customer_address: customer.address ?? null,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: null,
    customer_shipping: null,
    customer_tax_exempt: customer.tax_exempt ?? 'none',
    customer_tax_ids: [],
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: of.description ?? null,
    discounts: [],
    due_date: null,
    effective_at: null,
    ending_balance: null,
    footer: null,
    from_invoice: null,
    hosted_invoice_url: null,
    invoice_pdf: null,
    issuer: { type: 'self' },
    last_finalization_error: null,
    latest_revision: null,
    lines: linesOf(id, lines),
    livemode: false,
    metadata: of.metadata ?? {},
    next_payment_attempt: null,
    number: null,
    on_behalf_of: null,
    parent: of.subscription ? parentOf(of.subscription, of.prorationDate) : null,
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    payments: embed<InvoicePayment>('/v1/invoice_payments', []),
    period_end: of.period.end,
    period_start: of.period.start,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    receipt_number: null,
    rendering: null,
    shipping_cost: null,
    shipping_details: null,
    starting_balance: customer.balance ?? 0,
    statement_descriptor: null,
    status: 'draft',
    status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
    test_clock: customer.test_clock ?? null,
    webhooks_delivered_at: null,
  }
}

const parentOf = (subscription: Subscription, prorationDate: number | undefined) => ({
  type: 'subscription_details',
  quote_details: null,
  subscription_details: {
    metadata: subscription.metadata,
    subscription: subscription.id,
    ...(prorationDate !== undefined && { subscription_proration_date: prorationDate }),
  },
})

/** Sums of lines: inclusive tax is in the subtotal already. */
function totalsOf(lines: readonly Line[]) {
  const subtotal = lines.reduce((total, line) => total + line.amount, 0)
  const taxes = taxesByRate(lines)
  const added = taxes.reduce((total, tax) => total + (tax.tax_behavior === 'exclusive' ? tax.amount : 0), 0)
  const allTax = taxes.reduce((total, tax) => total + tax.amount, 0)
  const total = subtotal + added
  return {
    subtotal,
    subtotal_excluding_tax: total - allTax,
    total,
    total_discount_amounts: [],
    total_excluding_tax: total - allTax,
    total_pretax_credit_amounts: [],
    total_taxes: taxes,
  }
}

function taxesByRate(lines: readonly Line[]): LineTax[] {
  const byRate = new Map<string, LineTax>()
  for (const tax of lines.flatMap((line) => line.taxes)) {
    const key = `${tax.tax_rate_details?.tax_rate} ${tax.tax_behavior}`
    const sum = byRate.get(key)
    byRate.set(key, {
      ...tax,
      amount: tax.amount + (sum?.amount ?? 0),
      taxable_amount: tax.taxable_amount + (sum?.taxable_amount ?? 0),
    })
  }
  return [...byRate.values()]
}
