import { cardOf } from '../engine/test-cards.ts'
import type { StrictOperation } from '../operation-table.ts'
import { listOf } from '../paging.ts'
import { type Params, type Store, StripeFailure, type StripeObject } from '../store.ts'
import { change, existing, flag, listed, make, metadata, text } from './fields.ts'
import { attachMethod, methodOf } from './payment-methods.ts'

const FIELDS = [
  ...['customer', 'payment_method', 'metadata', 'description', 'usage', 'automatic_payment_methods'],
  ...['payment_method_types', 'payment_method_options', 'return_url', 'mandate_data'],
]

/** https://docs.stripe.com/api/setup_intents */
export const setupIntentOperations: readonly StrictOperation[] = [
  {
    method: 'POST',
    path: '/v1/setup_intents',
    accepts: [...FIELDS, 'confirm'],
    run(store, { params }) {
      const made = makeSetup(store, params)
      return flag(params, 'confirm') ? confirmSetup(store, made, params) : made
    },
  },
  {
    method: 'GET',
    path: '/v1/setup_intents',
    accepts: ['limit', 'starting_after', 'ending_before', 'created', 'customer', 'payment_method'],
    run: (store, { params }) =>
      listOf(
        '/v1/setup_intents',
        listed(store, 'setup_intent', { params, by: ['customer', 'payment_method'] }),
      ),
  },
  {
    method: 'GET',
    path: '/v1/setup_intents/:id',
    accepts: ['client_secret'],
    run: (store, { path }) => existing(store, 'setup_intent', path.id),
  },
  {
    method: 'POST',
    path: '/v1/setup_intents/:id/confirm',
    accepts: ['payment_method', 'return_url', 'mandate_data'],
    run: (store, { path, params }) => confirmSetup(store, existing(store, 'setup_intent', path.id), params),
  },
  {
    method: 'POST',
    path: '/v1/setup_intents/:id/cancel',
    accepts: ['cancellation_reason'],
    run(store, { path, params }) {
      const before = existing(store, 'setup_intent', path.id)
      if (before.status === 'succeeded' || before.status === 'canceled') throw unexpected(before, 'cancel')
      const reason = text(params, 'cancellation_reason') ?? null
      return change(store, 'setup_intent.canceled', {
        before,
        fields: { status: 'canceled', cancellation_reason: reason },
      })
    },
  },
]

/** A setup intent that waits for a payment method. */
export function makeSetup(store: Store, params: Params): StripeObject {
  const customer = text(params, 'customer')
  const method = text(params, 'payment_method')
  const id = store.newId('seti')
  return make(store, 'setup_intent.created', {
    id,
    object: 'setup_intent',
    cancellation_reason: null,
    client_secret: `${id}_secret_${store.newId('s').slice(2)}`,
    created: store.now(),
    customer: customer ? existing(store, 'customer', customer, 'customer').id : null,
    description: text(params, 'description') ?? null,
    last_setup_error: null,
    livemode: false,
    metadata: metadata(params),
    next_action: null,
    payment_method: method ? methodOf(store, method, 'payment_method').id : null,
    payment_method_types: ['card'],
    status: method ? 'requires_confirmation' : 'requires_payment_method',
    usage: text(params, 'usage') ?? 'off_session',
  })
}

/** Confirms it; a card that wants authentication asks for it first and succeeds at the next confirmation. */
export function confirmSetup(store: Store, setup: StripeObject, params: Params): StripeObject {
  if (setup.status === 'succeeded' || setup.status === 'canceled') throw unexpected(setup, 'confirm')
  const given = text(params, 'payment_method') ?? (setup.payment_method as string | null)
  if (!given) throw unexpected(setup, 'confirm without a payment method')
  const method = methodOf(store, given, 'payment_method')
  if (cardOf({ card: method.card }).authentication && setup.status !== 'requires_action') {
    const next = { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect' } }
    const fields = { status: 'requires_action', payment_method: method.id, next_action: next }
    return change(store, 'setup_intent.requires_action', { before: setup, fields })
  }
  const attached = setup.customer ? attachMethod(store, method, String(setup.customer)) : method
  const fields = { status: 'succeeded', payment_method: attached.id, next_action: null }
  return change(store, 'setup_intent.succeeded', { before: setup, fields })
}

function unexpected(setup: StripeObject, doing: string): StripeFailure {
  return new StripeFailure(
    400,
    { type: 'invalid_request_error', code: 'setup_intent_unexpected_state', setup_intent: setup },
    `You cannot ${doing} this SetupIntent because it has a status of ${setup.status}.`,
  )
}
