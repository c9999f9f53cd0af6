import { tagged } from '../http/etag.ts'
import { unauthorized } from '../http/problem.ts'
import { created, ok } from '../http/response.ts'
import { type Route, route } from '../http/route.ts'
import { checkoutState } from './checkout-state.ts'
import { requiredKey } from './http-key.ts'
import { KEY_REQUIRED, PROVIDER_PROBLEMS } from './http-problems.ts'
import { listPlans } from './plans.ts'
import { quote } from './quote.ts'
import { subscribe } from './subscribe.ts'
import {
  CheckoutStarted,
  CheckoutState,
  PlanList,
  PlanQuery,
  Quote,
  QuoteQuery,
  SubscribeRequest,
} from './wire.ts'

const tag = 'Billing'
/** The same for everybody. A changed price may be seen a minute late; the checkout shows the true one. */
const FOR_ALL = { 'cache-control': 'public, max-age=60', vary: 'accept-encoding' }
const NO_STORE = { 'cache-control': 'private, no-store' }

export const planRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/plans',
    tag,
    access: 'public',
    summary: 'List plans with their prices',
    description:
      'Amounts are whole numbers of the currency’s smallest unit, before tax. `currency` narrows to what is sold in it.',
    query: PlanQuery,
    answers: { 200: { description: 'The plans', schema: PlanList } },
    handler: async ({ request, query }, ports) =>
      tagged(request, { items: await listPlans(ports, query) }, FOR_ALL),
  }),
  route({
    method: 'GET',
    path: '/v1/billing/quote',
    tag,
    access: 'optional',
    summary: 'What a price comes to with tax',
    description:
      'By where the customer says they are. The checkout computes it anew for where they really are.',
    query: QuoteQuery,
    answers: { 200: { description: 'Net, tax and gross', schema: Quote } },
    problems: {
      unauthorized: '401: Here the payment provider computes the tax, for those who have signed in alone.',
    },
    handler: async ({ query, actor }, ports) => {
      // The provider charges for each, and counts it among the calls that we may make in a second.
      if (!actor && ports.config.taxBy !== 'table') throw unauthorized('A quote needs an access token here.')
      return ok(await quote(ports, query), NO_STORE)
    },
  }),
  route({
    method: 'POST',
    path: '/v1/subscribe',
    tag,
    access: 'user',
    summary: 'Start a checkout for a subscription',
    description:
      'Needs an `Idempotency-Key`: the same key gets the same checkout. Send the browser to `checkoutUrl`; when it is back, ' +
      'ask `GET /v1/billing/checkout/:operationId` what became of it. A checkout of before that nobody has paid is closed. ' +
      'Trials are given once to a customer.',
    body: SubscribeRequest,
    answers: { 201: { description: 'Started', schema: CheckoutStarted } },
    problems: {
      ...KEY_REQUIRED,
      ...PROVIDER_PROBLEMS,
      'already-subscribed': '409: There is a running subscription: change that one.',
      'operation-in-progress': '409: Another checkout of theirs is being started.',
    },
    handler: async ({ request, body, actor }, ports, ctx) => {
      const started = await subscribe(ports, ctx, actor, { key: requiredKey(request), body })
      return created(`/v1/billing/checkout/${started.operationId}`, started)
    },
  }),
  route({
    method: 'GET',
    path: '/v1/billing/checkout/:operationId',
    tag,
    access: 'user',
    summary: 'What became of a checkout',
    description:
      'Looks at the provider, as its webhook would: whichever is first, the effect is the same and comes once.',
    answers: { 200: { description: 'How it stands', schema: CheckoutState } },
    problems: { 'not-found': '404: There is no such checkout of yours.' },
    handler: async ({ params, actor }, ports, ctx) =>
      ok(await checkoutState(ports, ctx, actor, params.operationId), NO_STORE),
  }),
]
