import { tagged } from '../http/etag.ts'
import { created, noContent, ok } from '../http/response.ts'
import { type Route, route } from '../http/route.ts'
import { idempotencyKey } from './http-key.ts'
import { ORGANISATION_PROBLEMS, PROVIDER_PROBLEMS } from './http-problems.ts'
import { listInvoices, showInvoice } from './invoices.ts'
import { ownEntitlements } from './own-entitlements.ts'
import { listPaymentMethods, removeMethod, setDefaultMethod, startSetup } from './payment-methods.ts'
import { openPortal } from './portal.ts'
import { Entitlements, OfOrganisation } from './wire.ts'
import {
  BillingPageQuery,
  DefaultMethodRequest,
  Invoice,
  InvoicePage,
  PaymentMethodList,
  PortalOpened,
  PortalRequest,
  SetupStarted,
} from './wire-payments.ts'

const tag = 'Billing'
const NO_STORE = { 'cache-control': 'private, no-store' }

export const invoiceRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/invoices',
    tag,
    access: 'user',
    summary: 'List invoices, newest first',
    query: BillingPageQuery,
    answers: { 200: { description: 'A page', schema: InvoicePage } },
    problems: ORGANISATION_PROBLEMS,
    handler: async ({ request, query, actor }, ports) =>
      tagged(request, await listInvoices(ports, actor, query)),
  }),
  route({
    method: 'GET',
    path: '/v1/invoices/:id',
    tag,
    access: 'user',
    summary: 'Look at an invoice with its lines and the tax on each',
    answers: { 200: { description: 'The invoice', schema: Invoice } },
    problems: { 'not-found': ORGANISATION_PROBLEMS['not-found'] },
    handler: async ({ request, params, actor }, ports) =>
      tagged(request, await showInvoice(ports, actor, params.id)),
  }),
]

export const accountRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/billing/entitlements',
    tag,
    access: 'user',
    summary: 'What one’s subscriptions open',
    description:
      'Those of one’s own and of all one’s organisations; with `organisationId` of that one, which any member may ask.',
    query: OfOrganisation,
    answers: { 200: { description: 'Features', schema: Entitlements } },
    problems: { 'not-found': ORGANISATION_PROBLEMS['not-found'] },
    handler: async ({ request, query, actor }, ports) =>
      tagged(request, await ownEntitlements(ports, actor, query)),
  }),
  route({
    method: 'GET',
    path: '/v1/billing/payment-methods',
    tag,
    access: 'user',
    summary: 'List payment methods',
    query: OfOrganisation,
    answers: { 200: { description: 'The payment methods', schema: PaymentMethodList } },
    problems: ORGANISATION_PROBLEMS,
    handler: async ({ request, query, actor }, ports) =>
      tagged(request, await listPaymentMethods(ports, actor, query)),
  }),
  route({
    method: 'POST',
    path: '/v1/billing/payment-methods/setup',
    tag,
    access: 'user',
    summary: 'Begin to store a payment method',
    description:
      'The browser stores it at the provider with the secret. Its number never passes through this API.',
    body: OfOrganisation,
    answers: { 201: { description: 'Begun', schema: SetupStarted } },
    problems: PROVIDER_PROBLEMS,
    handler: async ({ request, body, actor }, ports) => {
      const setup = await startSetup(ports, actor, { ...body, key: idempotencyKey(request) })
      return created('/v1/billing/payment-methods', setup)
    },
  }),
  route({
    method: 'PUT',
    path: '/v1/billing/payment-methods/default',
    tag,
    access: 'user',
    summary: 'Pay with this one from now on',
    body: DefaultMethodRequest,
    answers: { 200: { description: 'The payment methods', schema: PaymentMethodList } },
    problems: PROVIDER_PROBLEMS,
    handler: async ({ body, actor }, ports, ctx) =>
      ok(await setDefaultMethod(ports, ctx, actor, body), NO_STORE),
  }),
  route({
    method: 'DELETE',
    path: '/v1/billing/payment-methods/:id',
    tag,
    access: 'user',
    summary: 'Remove a payment method',
    answers: { 204: { description: 'Removed' } },
    problems: PROVIDER_PROBLEMS,
    handler: async ({ params, actor }, ports, ctx) => {
      await removeMethod(ports, ctx, actor, params.id)
      return noContent()
    },
  }),
  route({
    method: 'POST',
    path: '/v1/billing/portal',
    tag,
    access: 'user',
    summary: 'Open the provider’s page for payment methods and invoices',
    body: PortalRequest,
    answers: { 200: { description: 'Where it is', schema: PortalOpened } },
    problems: PROVIDER_PROBLEMS,
    handler: async ({ body, actor }, ports) => ok(await openPortal(ports, actor, body), NO_STORE),
  }),
]
