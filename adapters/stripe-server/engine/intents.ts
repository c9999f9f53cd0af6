import { type Store, StripeFailure } from '../store.ts'
import { addCharge, takeMoney } from './charges.ts'
import { AUTHENTICATION_REQUIRED, errorOf, NOT_AUTHENTICATED } from './declines.ts'
import { linked } from './links.ts'
import type { Metadata, PaymentIntent, PaymentMethod } from './objects.ts'
import { add, change, find, invalid, need } from './objects-in-store.ts'
import { cardOf, type Decline, type TestCard } from './test-cards.ts'

export interface NewIntent {
  readonly amount: number
  readonly currency: string
  readonly customer: string | null
  readonly paymentMethod?: string | null
  readonly description?: string | null
  readonly metadata?: Metadata
  readonly captureMethod?: string
  readonly setupFutureUsage?: string | null
}

/** https://docs.stripe.com/payments/paymentintents/lifecycle */
export function createIntent(store: Store, of: NewIntent): PaymentIntent {
  const id = store.newId('pi')
  return add<PaymentIntent>(
    store,
    {
      id,
      object: 'payment_intent',
      allowed_payment_method_types: null,
      amount: of.amount,
      amount_capturable: 0,
      amount_details: { tip: {} },
      amount_received: 0,
      application: null,
      application_fee_amount: null,
      automatic_payment_methods: { allow_redirects: 'always', enabled: true },
      canceled_at: null,
      cancellation_reason: null,
      capture_method: of.captureMethod ?? 'automatic_async',
      client_secret: `${id}_secret_${store.newId('s').slice(2)}`,
      confirmation_method: 'automatic',
      created: store.now(of.customer ?? undefined),
      currency: of.currency,
      customer: of.customer,
      description: of.description ?? null,
      last_payment_error: null,
      latest_charge: null,
      livemode: false,
      metadata: of.metadata ?? {},
      next_action: null,
      on_behalf_of: null,
      payment_method: of.paymentMethod ?? null,
      payment_method_options: null,
      payment_method_types: ['card'],
      processing: null,
      receipt_email: null,
      review: null,
      setup_future_usage: of.setupFutureUsage ?? null,
      shipping: null,
      source: null,
      statement_descriptor: null,
      status: of.paymentMethod ? 'requires_confirmation' : 'requires_payment_method',
      transfer_data: null,
      transfer_group: null,
    },
    'payment_intent.created',
  )
}

export interface Confirmation {
  readonly paymentMethod?: string | undefined
  /** The customer is not there to authenticate. */
  readonly offSession?: boolean | undefined
  /** What came of the authentication that it waits for; confirming again counts as passed. */
  readonly authentication?: 'passed' | 'failed'
}
const CONFIRMABLE = new Set(['requires_payment_method', 'requires_confirmation', 'requires_action'])

/** Tries to take the money once. What came of it is the intent's status. */
export function confirmIntent(store: Store, intent: PaymentIntent, how: Confirmation): PaymentIntent {
  if (!CONFIRMABLE.has(intent.status)) throw unexpectedState(intent, 'confirm')
  const method = methodFor(store, intent, how.paymentMethod)
  const card = cardOf(method)
  const waited = intent.status === 'requires_action' && how.paymentMethod === undefined
  if (waited && how.authentication === 'failed') return refuse(store, intent, method, NOT_AUTHENTICATED)
  if (!waited && how.authentication !== 'passed' && mustAuthenticate(card, method)) {
    if (how.offSession) return refuse(store, intent, method, AUTHENTICATION_REQUIRED)
    return askToAuthenticate(store, intent, method)
  }
  return card.declines ? refuse(store, intent, method, card.declines) : succeed(store, intent, method, card)
}

const mustAuthenticate = (card: TestCard, method: PaymentMethod): boolean =>
  card.authentication === 'always' || (card.authentication === 'until-set-up' && method.customer === null)

function methodFor(store: Store, intent: PaymentIntent, named: string | undefined): PaymentMethod {
  const id = named ?? intent.payment_method ?? undefined
  if (id === undefined)
    throw invalid("You cannot confirm this PaymentIntent because it's missing a payment method.", {
      code: 'payment_intent_unexpected_state',
    })
  const method = need(store, 'payment_method', id, 'payment_method')
  if (method.customer !== null && intent.customer !== null && method.customer !== intent.customer)
    throw invalid('The payment method belongs to another customer.', { param: 'payment_method' })
  return method
}

export const unexpectedState = (intent: PaymentIntent, doing: string): StripeFailure =>
  new StripeFailure(
    400,
    { type: 'invalid_request_error', code: 'payment_intent_unexpected_state', payment_intent: intent },
    `You cannot ${doing} this PaymentIntent because it has a status of ${intent.status}.`,
  )

function askToAuthenticate(store: Store, intent: PaymentIntent, method: PaymentMethod): PaymentIntent {
  return change(
    store,
    intent,
    {
      status: 'requires_action',
      payment_method: method.id,
      next_action: { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect' } },
    },
    'payment_intent.requires_action',
  )
}

function refuse(store: Store, intent: PaymentIntent, method: PaymentMethod, why: Decline): PaymentIntent {
  const charge = addCharge(store, intent, method, { status: 'failed', why })
  store.emit('charge.failed', charge)
  const error = { ...errorOf(why), charge: charge.id, payment_method: method }
  return change(
    store,
    intent,
    {
      status: 'requires_payment_method',
      last_payment_error: error,
      latest_charge: charge.id,
      next_action: null,
      payment_method: null,
    },
    'payment_intent.payment_failed',
  )
}

/** What a card would be declined with when the customer is not there, before anything is tried. */
export function wouldDecline(store: Store, methodId: string): StripeFailure | undefined {
  const method = need(store, 'payment_method', methodId, 'payment_method')
  const card = cardOf(method)
  const why = card.declines ?? (mustAuthenticate(card, method) ? AUTHENTICATION_REQUIRED : undefined)
  return why && new StripeFailure(402, errorOf(why), why.message)
}

function succeed(store: Store, intent: PaymentIntent, method: PaymentMethod, card: TestCard): PaymentIntent {
  const later = intent.capture_method === 'manual'
  const charge = addCharge(store, intent, method, { status: 'succeeded', captured: !later })
  const taken = later ? charge : takeMoney(store, charge, { amount: intent.amount, card })
  store.emit('charge.succeeded', taken)
  return change(
    store,
    intent,
    {
      status: later ? 'requires_capture' : 'succeeded',
      amount_capturable: later ? intent.amount : 0,
      amount_received: later ? 0 : intent.amount,
      last_payment_error: null,
      latest_charge: charge.id,
      next_action: null,
      payment_method: method.id,
    },
    later ? 'payment_intent.amount_capturable_updated' : 'payment_intent.succeeded',
  )
}

/** https://docs.stripe.com/api/payment_intents/capture: what is not captured is released. */
export function captureIntent(
  store: Store,
  intent: PaymentIntent,
  amount = intent.amount_capturable,
): PaymentIntent {
  if (intent.status !== 'requires_capture') throw unexpectedState(intent, 'capture')
  if (amount < 1 || amount > intent.amount_capturable)
    throw invalid('The amount to capture is greater than what was authorized.', {
      code: 'amount_too_large',
      param: 'amount_to_capture',
    })
  const charge = need(store, 'charge', intent.latest_charge ?? '')
  const method = find(store, 'payment_method', charge.payment_method)
  const taken = takeMoney(store, charge, { amount, card: cardOf(method ?? {}) })
  store.emit('charge.captured', taken)
  return change(
    store,
    intent,
    { status: 'succeeded', amount_capturable: 0, amount_received: amount },
    'payment_intent.succeeded',
  )
}

/** https://docs.stripe.com/api/payment_intents/cancel */
export function cancelIntent(store: Store, intent: PaymentIntent, reason: string | null): PaymentIntent {
  if (intent.status === 'succeeded' || intent.status === 'canceled') throw unexpectedState(intent, 'cancel')
  if (intent.status === 'requires_capture') releaseCharge(store, intent)
  return change(
    store,
    intent,
    {
      status: 'canceled',
      amount_capturable: 0,
      canceled_at: store.now(intent.customer ?? undefined),
      cancellation_reason: reason,
      next_action: null,
    },
    'payment_intent.canceled',
  )
}

function releaseCharge(store: Store, intent: PaymentIntent): void {
  const charge = need(store, 'charge', intent.latest_charge ?? '')
  change(store, charge, { amount_refunded: charge.amount, refunded: true }, 'charge.refunded')
}

/** The invoice that an intent is to pay. */
export function invoiceOf(store: Store, intentId: string) {
  const [first] = linked(store, 'invoice-payments', intentId)
  const payment = find(store, 'invoice_payment', first)
  return payment && find(store, 'invoice', payment.invoice)
}
