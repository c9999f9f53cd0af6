// Objects in the shapes that Stripe documents, cut down to what is read. `legacy` ones are of 2024-06-20, before basil.

export const list = <T>(data: readonly T[], hasMore = false) => ({
  object: 'list' as const,
  data: [...data],
  has_more: hasMore,
  url: '/v1/list',
})

export const balanceTransaction = (id: string, amount: number, fee = 0) => ({
  id,
  object: 'balance_transaction',
  type: 'charge',
  amount,
  fee,
  net: amount - fee,
  currency: 'eur',
  created: 1_795_000_000,
  available_on: 1_795_172_800,
})

export const charge = (more: Record<string, unknown> = {}) => ({
  id: 'ch_1',
  object: 'charge',
  amount: 1000,
  amount_captured: 1000,
  amount_refunded: 0,
  balance_transaction: balanceTransaction('txn_1', 1000, 54),
  failure_balance_transaction: null,
  captured: true,
  created: 1_795_000_000,
  currency: 'eur',
  customer: 'cus_1',
  disputed: false,
  failure_code: null,
  failure_message: null,
  livemode: false,
  payment_intent: 'pi_1',
  payment_method: 'pm_1',
  receipt_url: 'https://pay.stripe.com/receipts/1',
  refunded: false,
  status: 'succeeded',
  ...more,
})

export const paymentIntent = (more: Record<string, unknown> = {}) => ({
  id: 'pi_1',
  object: 'payment_intent',
  amount: 1000,
  amount_received: 1000,
  created: 1_794_999_990,
  currency: 'eur',
  customer: 'cus_1',
  livemode: false,
  payment_method: 'pm_1',
  status: 'succeeded',
  ...more,
})

const price = (id: string) => ({
  id,
  object: 'price',
  product: 'prod_1',
  recurring: { usage_type: 'licensed' },
})

export const subscription = (more: Record<string, unknown> = {}) => ({
  id: 'sub_1',
  object: 'subscription',
  cancel_at: null,
  cancel_at_period_end: false,
  canceled_at: null,
  created: 1_794_000_000,
  currency: 'eur',
  customer: 'cus_1',
  ended_at: null,
  items: list([
    {
      id: 'si_1',
      object: 'subscription_item',
      current_period_start: 1_795_000_000,
      current_period_end: 1_797_592_000,
      price: price('price_1'),
      quantity: 1,
    },
  ]),
  latest_invoice: 'in_1',
  livemode: false,
  schedule: null,
  start_date: 1_794_000_000,
  status: 'active',
  trial_end: null,
  ...more,
})

export const legacySubscription = () => ({
  ...subscription(),
  current_period_start: 1_700_000_000,
  current_period_end: 1_702_592_000,
  items: list([{ id: 'si_1', object: 'subscription_item', price: price('price_1'), quantity: 1 }]),
})

export const schedule = (more: Record<string, unknown> = {}) => ({
  id: 'sub_sched_1',
  object: 'subscription_schedule',
  status: 'active',
  current_phase: { start_date: 1_795_000_000, end_date: 1_797_592_000 },
  phases: [
    { items: [{ price: 'price_1', quantity: 1 }], start_date: 1_795_000_000, end_date: 1_797_592_000 },
    { items: [{ price: 'price_2', quantity: 1 }], start_date: 1_797_592_000, end_date: 1_800_270_400 },
  ],
  ...more,
})

export const invoice = (more: Record<string, unknown> = {}) => ({
  id: 'in_1',
  object: 'invoice',
  amount_due: 1190,
  amount_paid: 1190,
  amount_remaining: 0,
  attempt_count: 1,
  billing_reason: 'subscription_cycle',
  created: 1_795_000_000,
  currency: 'eur',
  customer: 'cus_1',
  due_date: null,
  ending_balance: 0,
  hosted_invoice_url: 'https://invoice.stripe.com/i/1',
  invoice_pdf: 'https://pay.stripe.com/invoice/1/pdf',
  lines: list([line()]),
  livemode: false,
  next_payment_attempt: null,
  number: 'ABC-0001',
  parent: { type: 'subscription_details', subscription_details: { subscription: 'sub_1' } },
  payments: list([invoicePayment()]),
  period_start: 1_795_000_000,
  period_end: 1_797_592_000,
  post_payment_credit_notes_amount: 0,
  pre_payment_credit_notes_amount: 0,
  starting_balance: 0,
  status: 'paid',
  status_transitions: { finalized_at: 1_795_000_100, paid_at: 1_795_000_200 },
  subtotal: 1000,
  total: 1190,
  total_taxes: [{ amount: 190, tax_behavior: 'exclusive' }],
  ...more,
})

export const invoicePayment = (more: Record<string, unknown> = {}) => ({
  id: 'inpay_1',
  object: 'invoice_payment',
  amount_paid: 1190,
  amount_requested: 1190,
  invoice: 'in_1',
  is_default: true,
  payment: { type: 'payment_intent', payment_intent: 'pi_1' },
  status: 'paid',
  ...more,
})

export const line = (more: Record<string, unknown> = {}) => ({
  id: 'il_1',
  object: 'line_item',
  amount: 1000,
  currency: 'eur',
  description: 'Premium',
  discount_amounts: [],
  parent: { type: 'subscription_item_details', subscription_item_details: { proration: false } },
  period: { start: 1_795_000_000, end: 1_797_592_000 },
  pretax_credit_amounts: [],
  pricing: { type: 'price_details', price_details: { price: 'price_1', product: 'prod_1' } },
  quantity: 1,
  taxes: [{ amount: 190, tax_behavior: 'exclusive' }],
  ...more,
})

/** As 2024-06-20 had it. */
export function legacyInvoice(more: Record<string, unknown> = {}) {
  const { parent: _, payments: __, total_taxes: ___, ...rest } = invoice()
  const { parent: ____, pricing: _____, taxes: ______, ...oldLine } = line()
  return {
    ...rest,
    charge: 'ch_1',
    paid: true,
    paid_out_of_band: false,
    payment_intent: 'pi_1',
    subscription: 'sub_1',
    tax: 190,
    total_tax_amounts: [{ amount: 190, inclusive: false }],
    lines: list([
      {
        ...oldLine,
        price: price('price_1'),
        proration: true,
        tax_amounts: [{ amount: 190, inclusive: false }],
      },
    ]),
    ...more,
  }
}
