import type { Operation, Params, Store } from '../store.ts'
import { afterConfirm } from './collect.ts'
import { cancelIntent, captureIntent, createIntent } from './intents.ts'
import { page } from './listing.ts'
import type { Charge, PaymentIntent } from './objects.ts'
import { allOf, change, invalid, need } from './objects-in-store.ts'
import { allow, allowList, flag, integer, metadataOf, oneOf, required, text } from './params.ts'
import { answerOf, confirmPayment } from './pay.ts'
import { chargeToRefund, refundCharge } from './refunds.ts'

const INTENT = 'payment_intent'
const FIELDS = [
  ...['amount', 'currency', 'customer', 'payment_method', 'description', 'metadata', 'capture_method'],
  ...[
    'confirm',
    'off_session',
    'setup_future_usage',
    'automatic_payment_methods',
    'return_url',
    'receipt_email',
  ],
]

const create: Operation = {
  method: 'POST',
  path: '/v1/payment_intents',
  run(store, { params }) {
    allow(params, FIELDS)
    const customer = text(params, 'customer')
    if (customer !== undefined) need(store, 'customer', customer, 'customer')
    const method = text(params, 'payment_method')
    if (method !== undefined) need(store, 'payment_method', method, 'payment_method')
    const intent = createIntent(store, {
      amount: positive(params, 'amount'),
      currency: required(params, 'currency').toLowerCase(),
      customer: customer ?? null,
      paymentMethod: method ?? null,
      description: text(params, 'description') ?? null,
      metadata: metadataOf(params),
      captureMethod:
        oneOf(params, 'capture_method', ['automatic', 'automatic_async', 'manual']) ?? 'automatic_async',
      setupFutureUsage: text(params, 'setup_future_usage') ?? null,
    })
    if (!flag(params, 'confirm')) return intent
    return answerOf(confirmPayment(store, intent.id, { offSession: flag(params, 'off_session') }))
  },
}

function positive(params: Params, name: string): number {
  required(params, name)
  const value = integer(params, name) ?? 0
  if (value < 1)
    throw invalid('This value must be greater than or equal to 1.', {
      code: 'parameter_invalid_integer',
      param: name,
    })
  return value
}

const confirm: Operation = {
  method: 'POST',
  path: '/v1/payment_intents/:id/confirm',
  run(store, { params, path }) {
    allow(params, ['payment_method', 'off_session', 'return_url', 'setup_future_usage'])
    const intent = need(store, INTENT, path.id)
    return answerOf(
      confirmPayment(store, intent.id, {
        paymentMethod: text(params, 'payment_method'),
        offSession: flag(params, 'off_session'),
      }),
    )
  },
}

const update: Operation = {
  method: 'POST',
  path: '/v1/payment_intents/:id',
  run(store, { params, path }) {
    allow(params, ['amount', 'payment_method', 'description', 'metadata', 'customer', 'receipt_email'])
    const intent = need(store, INTENT, path.id)
    const method = text(params, 'payment_method')
    if (method !== undefined) need(store, 'payment_method', method, 'payment_method')
    return change<PaymentIntent>(store, intent, {
      metadata: metadataOf(params, intent.metadata),
      ...(params.amount !== undefined && { amount: positive(params, 'amount') }),
      ...(params.description !== undefined && { description: text(params, 'description') ?? null }),
      ...(method !== undefined && { payment_method: method, status: 'requires_confirmation' }),
    })
  },
}

const cancel: Operation = {
  method: 'POST',
  path: '/v1/payment_intents/:id/cancel',
  run(store, { params, path }) {
    allow(params, ['cancellation_reason'])
    return cancelIntent(store, need(store, INTENT, path.id), text(params, 'cancellation_reason') ?? null)
  },
}

const capture: Operation = {
  method: 'POST',
  path: '/v1/payment_intents/:id/capture',
  run(store, { params, path }) {
    allow(params, ['amount_to_capture', 'metadata'])
    const captured = captureIntent(store, need(store, INTENT, path.id), integer(params, 'amount_to_capture'))
    afterConfirm(store, captured)
    return captured
  },
}

const ofCustomer =
  (type: 'payment_intent' | 'charge', url: string, filters: readonly string[]): Operation['run'] =>
  (store, { params }) => {
    allowList(params, filters)
    const found = (allOf(store, type) as readonly (PaymentIntent | Charge)[]).filter((each) =>
      filters.every((name) => params[name] === undefined || each[name] === params[name]),
    )
    return page(params, url, found)
  }

const createRefund: Operation = {
  method: 'POST',
  path: '/v1/refunds',
  run(store, { params }) {
    allow(params, ['payment_intent', 'charge', 'amount', 'reason', 'metadata'])
    const charge = chargeToRefund(store, {
      charge: text(params, 'charge'),
      intent: text(params, 'payment_intent'),
    })
    return refundCharge(store, charge, {
      amount: integer(params, 'amount'),
      reason: oneOf(params, 'reason', ['duplicate', 'fraudulent', 'requested_by_customer']),
      metadata: metadataOf(params),
    })
  },
}

const updateRefund: Operation = {
  method: 'POST',
  path: '/v1/refunds/:id',
  run(store, { params, path }) {
    allow(params, ['metadata'])
    const refund = need(store, 'refund', path.id)
    return change(store, refund, { metadata: metadataOf(params, refund.metadata) }, 'refund.updated')
  },
}

const listRefunds: Operation = {
  method: 'GET',
  path: '/v1/refunds',
  run(store: Store, { params }) {
    allowList(params, ['charge', 'payment_intent'])
    const [charge, intent] = [text(params, 'charge'), text(params, 'payment_intent')]
    const found = allOf(store, 'refund').filter(
      (refund) => (!charge || refund.charge === charge) && (!intent || refund.payment_intent === intent),
    )
    return page(params, '/v1/refunds', found)
  },
}

export const paymentOperations: readonly Operation[] = [
  create,
  confirm,
  update,
  cancel,
  capture,
  {
    method: 'GET',
    path: '/v1/payment_intents/:id',
    run: (store, { path }) => need(store, INTENT, path.id),
  },
  {
    method: 'GET',
    path: '/v1/payment_intents',
    run: ofCustomer('payment_intent', '/v1/payment_intents', ['customer']),
  },
  { method: 'GET', path: '/v1/charges/:id', run: (store, { path }) => need(store, 'charge', path.id) },
  {
    method: 'GET',
    path: '/v1/charges',
    run: ofCustomer('charge', '/v1/charges', ['customer', 'payment_intent']),
  },
  createRefund,
  updateRefund,
  { method: 'GET', path: '/v1/refunds/:id', run: (store, { path }) => need(store, 'refund', path.id) },
  listRefunds,
]
