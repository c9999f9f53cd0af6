import type { StripeObject } from './store.ts'

const PATHS: Readonly<Record<string, string>> = {
  account: '/v1/accounts',
  balance_transaction: '/v1/balance_transactions',
  'billing.meter': '/v1/billing/meters',
  'billing_portal.session': '/v1/billing_portal/sessions',
  charge: '/v1/charges',
  'checkout.session': '/v1/checkout/sessions',
  credit_note: '/v1/credit_notes',
  customer: '/v1/customers',
  dispute: '/v1/disputes',
  event: '/v1/events',
  invoice: '/v1/invoices',
  invoice_payment: '/v1/invoice_payments',
  invoiceitem: '/v1/invoiceitems',
  payment_intent: '/v1/payment_intents',
  payment_method: '/v1/payment_methods',
  payout: '/v1/payouts',
  price: '/v1/prices',
  product: '/v1/products',
  refund: '/v1/refunds',
  setup_intent: '/v1/setup_intents',
  subscription: '/v1/subscriptions',
  subscription_schedule: '/v1/subscription_schedules',
  'test_helpers.test_clock': '/v1/test_helpers/test_clocks',
  transfer: '/v1/transfers',
}

/** Where an object is retrieved. Undefined for what has no address of its own. */
export function pathOf({ object, id }: StripeObject): string | undefined {
  const folder = PATHS[object]
  return folder && `${folder}/${id}`
}
