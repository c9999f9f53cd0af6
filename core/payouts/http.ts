import { requiredKey } from '../billing/http-key.ts'
import { KEY_REQUIRED, ORGANISATION_PROBLEMS, PROVIDER_PROBLEMS } from '../billing/http-problems.ts'
import { OfOrganisation } from '../billing/wire.ts'
import { BillingPageQuery } from '../billing/wire-payments.ts'
import { tagged } from '../http/etag.ts'
import { created, json, ok } from '../http/response.ts'
import { type Route, route } from '../http/route.ts'
import { listPayouts, listTransfers } from './lists.ts'
import { becomePayee, readPayee, startOnboarding } from './payee.ts'
import { askTransfer } from './transfer.ts'
import {
  OnboardingRequest,
  OnboardingStarted,
  Payee,
  PayeeRequest,
  PayeeTransfer,
  PayeeTransferPage,
  PayeeTransferRequest,
  PayoutPage,
} from './wire.ts'

const tag = 'Billing'
const NO_STORE = { 'cache-control': 'private, no-store' }
const CLOSED = { 'payee-closed': '409: The payee’s account is closed: make a new one.' }
const NOT_READY = { 'payee-not-ready': '409: The payee has no account at the provider yet.' }

const payeeRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/billing/payee',
    tag,
    access: 'user',
    summary: 'Become somebody who is paid',
    description: 'Makes an account at the payment provider, once. The country stays.',
    body: PayeeRequest,
    answers: { 201: { description: 'The payee', schema: Payee } },
    problems: {
      ...PROVIDER_PROBLEMS,
      'payee-exists': '409: There is an account in another country already.',
    },
    handler: async ({ body, actor }, ports, ctx) =>
      created('/v1/billing/payee', await becomePayee(ports, ctx, actor, body)),
  }),
  route({
    method: 'GET',
    path: '/v1/billing/payee',
    tag,
    access: 'user',
    summary: 'Look at how one stands as a payee',
    description: 'While something is missing, the provider is asked.',
    query: OfOrganisation,
    answers: { 200: { description: 'The payee', schema: Payee } },
    problems: ORGANISATION_PROBLEMS,
    handler: async ({ query, actor }, ports, ctx) => ok(await readPayee(ports, ctx, actor, query), NO_STORE),
  }),
  route({
    method: 'POST',
    path: '/v1/billing/payee/onboarding',
    tag,
    access: 'user',
    summary: 'Tell the provider who one is and where the money goes',
    description:
      'A page of the provider, for one visit within minutes. `returnPath` with `onboarding=again` says that it was too old.',
    body: OnboardingRequest,
    answers: { 201: { description: 'Where to go', schema: OnboardingStarted } },
    problems: { ...PROVIDER_PROBLEMS, ...CLOSED, ...NOT_READY },
    handler: async ({ body, actor }, ports) => json(201, await startOnboarding(ports, actor, body), NO_STORE),
  }),
  route({
    method: 'GET',
    path: '/v1/billing/payee/transfers',
    tag,
    access: 'user',
    summary: 'List what one was sent, newest first',
    query: BillingPageQuery,
    answers: { 200: { description: 'A page', schema: PayeeTransferPage } },
    problems: ORGANISATION_PROBLEMS,
    handler: async ({ request, query, actor }, ports) =>
      tagged(request, await listTransfers(ports, actor, query)),
  }),
  route({
    method: 'GET',
    path: '/v1/billing/payee/payouts',
    tag,
    access: 'user',
    summary: 'List what went to one’s bank, newest first',
    query: BillingPageQuery,
    answers: { 200: { description: 'A page', schema: PayoutPage } },
    problems: ORGANISATION_PROBLEMS,
    handler: async ({ request, query, actor }, ports) =>
      tagged(request, await listPayouts(ports, actor, query)),
  }),
]

const staffRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/billing/payee-transfers',
    tag,
    access: 'user',
    summary: 'Send money to a payee',
    description:
      'For staff alone. Needs an `Idempotency-Key`: one transfer a key. One that is answered as `asked` is asked for again until the provider answers.',
    body: PayeeTransferRequest,
    answers: { 201: { description: 'The transfer', schema: PayeeTransfer } },
    problems: {
      ...KEY_REQUIRED,
      ...PROVIDER_PROBLEMS,
      ...CLOSED,
      ...NOT_READY,
      forbidden: '403: Only staff may pay payees.',
      'transfer-refused': '422: The provider refused it, and nothing was sent.',
    },
    handler: async ({ request, body, actor }, ports, ctx) =>
      json(201, await askTransfer(ports, ctx, actor, { body, key: requiredKey(request) }), NO_STORE),
  }),
]

export const payoutRoutes: readonly Route[] = [...payeeRoutes, ...staffRoutes]
