import type { Store } from '../store.ts'
import type { Customer } from './objects.ts'
import { add, change, invalid, need } from './objects-in-store.ts'

/**
 * Moves a customer's balance and writes it down: https://docs.stripe.com/billing/customer/balance. Negative amounts are
 * credit for the customer.
 */
export function moveCredit(
  store: Store,
  customerId: string,
  of: { amount: number; currency: string; type: string; invoice?: string; creditNote?: string },
) {
  const customer = need(store, 'customer', customerId, 'customer') as Customer
  const ending = (customer.balance ?? 0) + of.amount
  change(store, customer, { balance: ending, currency: of.currency }, 'customer.updated')
  return add(store, {
    id: store.newId('cbtxn'),
    object: 'customer_balance_transaction',
    amount: of.amount,
    created: store.now(customerId),
    credit_note: of.creditNote ?? null,
    currency: of.currency,
    customer: customerId,
    description: null,
    ending_balance: ending,
    invoice: of.invoice ?? null,
    livemode: false,
    metadata: {},
    type: of.type,
  })
}

/** A customer has one currency for as long as something is owed or runs in it, as at Stripe. */
export function settleCurrency(store: Store, customer: Customer, currency: string, bound: boolean): void {
  if (customer.currency === currency) return
  if (customer.currency && (bound || (customer.balance ?? 0) !== 0))
    throw invalid(
      `You cannot combine currencies on a single customer. This customer has an active subscription, subscription schedule, discount, quote, or invoice item with currency ${customer.currency}.`,
    )
  change(store, customer, { currency })
}
