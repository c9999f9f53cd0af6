import { createIntent } from '../engine/intents.ts'
import type { Invoice, PaymentIntent } from '../engine/objects.ts'
import { confirmPayment } from '../engine/pay.ts'
import { startSubscription } from '../engine/subscribe.ts'
import { cardOf } from '../engine/test-cards.ts'
import { type Store, StripeFailure, type StripeObject } from '../store.ts'
import { completeUnpaid } from './checkout-later.ts'
import type { CheckoutSession } from './checkout-sessions.ts'
import { change, flag, inner, integer, make, metadata, text } from './fields.ts'
import { attachMethod } from './payment-methods.ts'
import { confirmSetup, makeSetup } from './setup-intents.ts'

export interface Buyer {
  readonly email: string
  readonly name: string
  readonly country: string
}

/** Whether the card's owner has to approve on a page of the bank first. */
export function wantsApproval(method: StripeObject): boolean {
  return cardOf({ card: method.card }).authentication !== undefined
}

/**
 * Does what the session is for, with the card that was typed: throws a 402 where it is declined; the session stays open
 * for another card then. The card's owner has approved already.
 */
export function completeSession(
  store: Store,
  session: CheckoutSession,
  { method, buyer }: { method: StripeObject; buyer: Buyer },
): StripeObject {
  if (session.mode !== 'payment') refuseDeclined(method, session)
  const customer = customerOf(store, session, buyer)
  const done = { payment: pay, subscription: subscribe, setup }[session.mode](store, session, {
    method,
    customer,
  })
  const fields = {
    ...done,
    customer,
    customer_details: {
      ...buyer,
      address: { country: buyer.country },
      phone: null,
      tax_exempt: 'none',
      tax_ids: [],
    },
    status: 'complete',
    url: null,
  }
  // Checkout tells of itself last, after all that it has made; no field says what it was before.
  const complete = { ...session, ...fields, _method: undefined }
  return make(store, 'checkout.session.completed', complete)
}

type Made = Partial<Omit<CheckoutSession, 'id' | 'object'>>
interface With {
  readonly method: StripeObject
  readonly customer: string
}

function pay(store: Store, session: CheckoutSession, { method, customer }: With): Made {
  const intent = intentOf(store, session, { method, customer })
  const paid = confirmPayment(store, intent.id, { authentication: 'passed' })
  if (paid.status !== 'succeeded') throw declineOf(paid.last_payment_error)
  if (intent.setup_future_usage) attachMethod(store, method, customer)
  return { payment_intent: intent.id, payment_status: 'paid' }
}

/** The same for a payment by bank debit, which is not settled at once. Only for single payments. */
export function completeLater(
  store: Store,
  session: CheckoutSession,
  { method, buyer }: { method: StripeObject; buyer: Buyer },
): StripeObject {
  const customer = customerOf(store, session, buyer)
  return completeUnpaid(store, session, { intent: intentOf(store, session, { method, customer }), customer })
}

function intentOf(store: Store, session: CheckoutSession, { method, customer }: With): PaymentIntent {
  const data = inner(session._data, 'payment_intent_data')
  return createIntent(store, {
    amount: session.amount_total ?? 0,
    currency: session.currency ?? 'usd',
    customer,
    paymentMethod: method.id,
    description: text(data, 'description') ?? null,
    metadata: metadata(data),
    setupFutureUsage: text(data, 'setup_future_usage') ?? null,
  })
}

function subscribe(store: Store, session: CheckoutSession, { method, customer }: With): Made {
  const data = inner(session._data, 'subscription_data')
  const trialDays = integer(data, 'trial_period_days')
  const attached = attachMethod(store, method, customer)
  const started = startSubscription(store, {
    customer,
    items: session.line_items.data.map(({ price, quantity }) => ({
      price: price.id,
      quantity: quantity ?? undefined,
    })),
    currency: session.currency ?? undefined,
    trialDays,
    trialEnd: integer(data, 'trial_end'),
    defaultPaymentMethod: attached.id,
    metadata: metadata(data),
    automaticTax: flag(inner(session._data, 'automatic_tax'), 'enabled'),
    missingPaymentMethod:
      text(inner(inner(data, 'trial_settings'), 'end_behavior'), 'missing_payment_method') ?? undefined,
  })
  const invoice = store.get(String(started.latest_invoice)) as Invoice | undefined
  const waiting = invoice?.status === 'open' ? invoice.payments.data[0]?.payment.payment_intent : undefined
  if (waiting) confirmPayment(store, waiting, { authentication: 'passed' })
  const free = (invoice?.total ?? 0) === 0
  return {
    subscription: started.id,
    invoice: invoice?.id ?? null,
    payment_status: free ? 'no_payment_required' : 'paid',
  }
}

function setup(store: Store, _session: CheckoutSession, { method, customer }: With): Made {
  const intent = makeSetup(store, { customer, payment_method: method.id })
  const first = confirmSetup(store, intent, {})
  const done = first.status === 'requires_action' ? confirmSetup(store, first, {}) : first
  return { setup_intent: done.id }
}

// Checkout makes no customer and no subscription before its first payment has come.
function refuseDeclined(method: StripeObject, { amount_total: amount }: CheckoutSession): void {
  const { declines: why, refusesAttach } = cardOf({ card: method.card })
  if (!why || (!refusesAttach && !amount)) return
  throw declineOf({ code: why.code, decline_code: why.declineCode, message: why.message })
}

function declineOf(error: Readonly<Record<string, unknown>> | null): StripeFailure {
  const { code = 'card_declined', decline_code, message = 'Your card was declined.' } = error ?? {}
  const body = {
    type: 'card_error',
    code: String(code),
    ...(decline_code ? { decline_code: String(decline_code) } : {}),
  }
  return new StripeFailure(402, body, String(message))
}

function customerOf(store: Store, session: CheckoutSession, buyer: Buyer): string {
  if (!session.customer) {
    const customer = newCustomer(store, buyer)
    // A payment that is declined stays, and so does whose it was: the next try is the same customer's.
    store.put({ ...session, customer })
    return customer
  }
  const before = store.get(session.customer)
  const update = inner(session._data, 'customer_update')
  if (!before) return session.customer
  const address = before.address ?? { country: buyer.country }
  const taxed = flag(inner(session._data, 'automatic_tax'), 'enabled') === true
  change(store, 'customer.updated', {
    before,
    fields: {
      ...(text(update, 'address') === 'auto' || taxed ? { address } : {}),
      ...(text(update, 'name') === 'auto' ? { name: buyer.name } : {}),
      ...(before.email ? {} : { email: buyer.email }),
    },
  })
  return session.customer
}

function newCustomer(store: Store, { email, name, country }: Buyer): string {
  const id = store.newId('cus')
  return make(store, 'customer.created', {
    id,
    object: 'customer',
    address: { city: null, country, line1: null, line2: null, postal_code: null, state: null },
    balance: 0,
    created: store.now(),
    currency: null,
    delinquent: false,
    description: null,
    email,
    invoice_prefix: id.slice(-8).toUpperCase(),
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: false,
    metadata: {},
    name,
    next_invoice_sequence: 1,
    phone: null,
    tax_exempt: 'none',
    test_clock: null,
  }).id
}
