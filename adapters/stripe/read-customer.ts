import type Stripe from 'stripe'
import type {
  CustomerObject,
  PayeeAccountObject,
  PaymentMethodObject,
} from '../../core/billing/provider-objects.ts'
import { idOf, noted } from './read-fields.ts'

/** https://docs.stripe.com/api/customers/object */
export function readCustomer(customer: Stripe.Customer): CustomerObject {
  return {
    kind: 'customer',
    id: customer.id,
    livemode: customer.livemode,
    email: customer.email ?? null,
    name: customer.name ?? null,
    reference: noted(customer.metadata, 'skyreel_customer'),
    // A source is what accounts had before payment methods; it is charged all the same.
    defaultPaymentMethodId:
      idOf(customer.invoice_settings?.default_payment_method) ?? idOf(customer.default_source),
    country: customer.address?.country ?? null,
  }
}

/** https://docs.stripe.com/api/payment_methods/object */
export function readPaymentMethod(method: Stripe.PaymentMethod): PaymentMethodObject {
  return {
    kind: 'payment-method',
    id: method.id,
    livemode: method.livemode,
    customerId: idOf(method.customer),
    type: method.type,
    brand: method.card?.brand ?? null,
    last4: method.card?.last4 ?? method.sepa_debit?.last4 ?? method.us_bank_account?.last4 ?? null,
    expiryMonth: method.card?.exp_month ?? null,
    expiryYear: method.card?.exp_year ?? null,
  }
}

/** A payee's account. Accounts do not tell their mode: it is that of the key. https://docs.stripe.com/api/accounts/object */
export function readPayeeAccount(account: Stripe.Account, livemode: boolean): PayeeAccountObject {
  const { currently_due: due, past_due: late, disabled_reason: disabled } = account.requirements ?? {}
  return {
    kind: 'payee-account',
    id: account.id,
    livemode,
    reference: noted(account.metadata, 'skyreel_customer'),
    country: account.country ?? null,
    chargesEnabled: account.charges_enabled,
    payoutsEnabled: account.payouts_enabled,
    requirements: [...new Set([...(late ?? []), ...(due ?? []), ...(disabled ? [disabled] : [])])],
  }
}
