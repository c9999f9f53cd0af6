import { tagged } from '../http/etag.ts'
import { ok } from '../http/response.ts'
import { type Route, route } from '../http/route.ts'
import { cancelSubscription, resumeSubscription } from './cancel.ts'
import { changeSubscription } from './change.ts'
import { idempotencyKey } from './http-key.ts'
import { CHANGE_PROBLEMS, ORGANISATION_PROBLEMS, PROVIDER_PROBLEMS } from './http-problems.ts'
import { listSubscriptions } from './own-subscription.ts'
import { previewChange } from './preview.ts'
import { showSubscription } from './show-subscription.ts'
import { subscriptionFor } from './store.ts'
import {
  CancelRequest,
  ChangePreview,
  ChangeRequest,
  OfOrganisation,
  Subscription,
  SubscriptionList,
} from './wire.ts'

const tag = 'Billing'
const NO_STORE = { 'cache-control': 'private, no-store' }
const CHANGES = {
  'nothing-to-change': '409: It has this price and quantity already.',
  'use-prices-differ': '409: One of the two plans has prices by use of its own: subscribe anew.',
}
const answers = { 200: { description: 'The subscription as it is now', schema: Subscription } }

export const subscriptionRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/subscriptions',
    tag,
    access: 'user',
    summary: 'List one’s subscriptions, latest first',
    query: OfOrganisation,
    answers: { 200: { description: 'The subscriptions', schema: SubscriptionList } },
    problems: ORGANISATION_PROBLEMS,
    handler: async ({ request, query, actor }, ports) =>
      tagged(request, await listSubscriptions(ports, actor, query)),
  }),
  route({
    method: 'GET',
    path: '/v1/subscriptions/:id',
    tag,
    access: 'user',
    summary: 'Look at a subscription',
    answers,
    problems: { 'not-found': ORGANISATION_PROBLEMS['not-found'] },
    handler: async ({ request, params, actor }, ports) => {
      const { row } = await subscriptionFor(ports, actor, params.id)
      return tagged(request, await showSubscription(ports.db, row))
    },
  }),
  route({
    method: 'POST',
    path: '/v1/subscriptions/:id/preview',
    tag,
    access: 'user',
    summary: 'What a change of plan would cost, without making it',
    body: ChangeRequest,
    answers: { 200: { description: 'Now, and at the next renewal', schema: ChangePreview } },
    problems: { ...PROVIDER_PROBLEMS, ...CHANGES },
    handler: async ({ params, body, actor }, ports) =>
      ok(await previewChange(ports, actor, { id: params.id, body }), NO_STORE),
  }),
  route({
    method: 'POST',
    path: '/v1/subscriptions/:id/change',
    tag,
    access: 'user',
    summary: 'Change plan or quantity',
    description:
      '`now` with proration, `period-end` from the next period on; a scheduled change is replaced.',
    body: ChangeRequest,
    answers,
    problems: { ...CHANGE_PROBLEMS, ...CHANGES },
    handler: async ({ request, params, body, actor }, ports, ctx) => {
      const ask = { id: params.id, body, key: idempotencyKey(request) }
      return ok(await changeSubscription(ports, ctx, actor, ask), NO_STORE)
    },
  }),
  route({
    method: 'POST',
    path: '/v1/subscriptions/:id/cancel',
    tag,
    access: 'user',
    summary: 'Cancel a subscription',
    description: '`period-end` keeps what is paid for; it can be resumed until then.',
    body: CancelRequest,
    answers,
    problems: CHANGE_PROBLEMS,
    handler: async ({ request, params, body, actor }, ports, ctx) => {
      const ask = { id: params.id, body, key: idempotencyKey(request) }
      return ok(await cancelSubscription(ports, ctx, actor, ask), NO_STORE)
    },
  }),
  route({
    method: 'POST',
    path: '/v1/subscriptions/:id/resume',
    tag,
    access: 'user',
    summary: 'Take back a cancellation or a scheduled change',
    description: 'Where there is neither, nothing happens.',
    answers,
    problems: CHANGE_PROBLEMS,
    handler: async ({ request, params, actor }, ports, ctx) => {
      const ask = { id: params.id, key: idempotencyKey(request) }
      return ok(await resumeSubscription(ports, ctx, actor, ask), NO_STORE)
    },
  }),
]
