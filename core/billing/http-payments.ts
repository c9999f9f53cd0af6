import { tagged } from '../http/etag.ts'
import { created, json } from '../http/response.ts'
import { type Route, route } from '../http/route.ts'
import { requiredKey } from './http-key.ts'
import { KEY_REQUIRED, ORGANISATION_PROBLEMS, PROVIDER_PROBLEMS } from './http-problems.ts'
import { startPayment } from './pay.ts'
import { listPayments } from './payment-history.ts'
import { refundPayment } from './refund.ts'
import {
  BillingPageQuery,
  PaymentPage,
  PaymentRequest,
  PaymentStarted,
  Refund,
  RefundRequest,
} from './wire-payments.ts'

const tag = 'Billing'
const NO_STORE = { 'cache-control': 'private, no-store' }

export const paymentRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/billing/payments',
    tag,
    access: 'user',
    summary: 'List payments with their attempts and refunds, newest first',
    query: BillingPageQuery,
    answers: { 200: { description: 'A page', schema: PaymentPage } },
    problems: ORGANISATION_PROBLEMS,
    handler: async ({ request, query, actor }, ports) =>
      tagged(request, await listPayments(ports, actor, query)),
  }),
  route({
    method: 'POST',
    path: '/v1/billing/payments',
    tag,
    access: 'user',
    summary: 'Begin a single payment',
    description: 'Needs an `Idempotency-Key`. The browser confirms it at the provider with the secret.',
    body: PaymentRequest,
    answers: { 201: { description: 'Begun', schema: PaymentStarted } },
    problems: { ...KEY_REQUIRED, ...PROVIDER_PROBLEMS },
    handler: async ({ request, body, actor }, ports) => {
      const started = await startPayment(ports, actor, { body, key: requiredKey(request) })
      return created('/v1/billing/payments', started)
    },
  }),
  route({
    method: 'POST',
    path: '/v1/billing/payments/:id/refunds',
    tag,
    access: 'user',
    summary: 'Pay back a payment or a part of it',
    description:
      'For staff alone. Needs an `Idempotency-Key`: one refund a key. All refunds together cannot exceed what was captured.',
    body: RefundRequest,
    answers: { 201: { description: 'Asked of the provider', schema: Refund } },
    problems: {
      ...KEY_REQUIRED,
      ...PROVIDER_PROBLEMS,
      forbidden: '403: Only staff may refund a payment.',
      'refund-too-large': '409: It is more than what is left of the payment.',
    },
    handler: async ({ request, params, body, actor }, ports, ctx) => {
      const ask = { id: params.id, body, key: requiredKey(request) }
      return json(201, await refundPayment(ports, ctx, actor, ask), NO_STORE)
    },
  }),
]
