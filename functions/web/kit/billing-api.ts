import type {
  CancelRequest,
  ChangePreview,
  ChangeRequest,
  CheckoutStarted,
  CheckoutState,
  Entitlements,
  OfOrganisation,
  Plan,
  PlanList,
  SubscribeRequest,
  Subscription,
  SubscriptionList,
} from '../../../core/billing/wire.ts'
import type {
  InvoicePage,
  PaymentMethod,
  PaymentMethodList,
  PaymentPage,
  PortalOpened,
} from '../../../core/billing/wire-payments.ts'
import type { Organisation, OrganisationPage } from '../../../core/identity/organisations-wire.ts'
import type { Usage } from '../../../core/usage/wire.ts'
import { json } from './json.ts'
import { authorized } from './session.ts'

/** Who pays: oneself, or an organisation. */
export type Payer = OfOrganisation
const id = encodeURIComponent
const of = (subscription: string, what: string) => `/v1/subscriptions/${id(subscription)}/${what}`
const post = <T>(path: string, body: unknown) => json<T>({ method: 'POST', path, json: body })

/** Calls about plans, and what one has of them. Each throws `ApiProblem` or `Unreachable`. */
export const plans = {
  async list(audience: Plan['audience']): Promise<Plan[]> {
    return (await json<PlanList>({ method: 'GET', path: '/v1/plans', query: { audience } })).items
  },
  subscribe: (want: SubscribeRequest, idempotencyKey: string) =>
    json<CheckoutStarted>({ method: 'POST', path: '/v1/subscribe', json: want, idempotencyKey }),
  checkout: (operation: string, signal: AbortSignal) =>
    json<CheckoutState>({ method: 'GET', path: `/v1/billing/checkout/${id(operation)}`, signal }),
  async entitlements(): Promise<readonly string[]> {
    return (await json<Entitlements>({ method: 'GET', path: '/v1/billing/entitlements' })).features
  },
}

export const subscriptions = {
  async list(query: Payer): Promise<Subscription[]> {
    return (await json<SubscriptionList>({ method: 'GET', path: '/v1/subscriptions', query })).items
  },
  preview: (subscription: string, change: ChangeRequest) =>
    post<ChangePreview>(of(subscription, 'preview'), change),
  change: (subscription: string, change: ChangeRequest) =>
    post<Subscription>(of(subscription, 'change'), change),
  cancel: (subscription: string, cancel: CancelRequest) =>
    post<Subscription>(of(subscription, 'cancel'), cancel),
  resume: (subscription: string) => json<Subscription>({ method: 'POST', path: of(subscription, 'resume') }),
}

const PAGE = '12'
export const payments = {
  invoices: (query: Payer & { cursor?: string }) =>
    json<InvoicePage>({ method: 'GET', path: '/v1/invoices', query: { ...query, limit: PAGE } }),
  list: (query: Payer & { cursor?: string }) =>
    json<PaymentPage>({ method: 'GET', path: '/v1/billing/payments', query: { ...query, limit: PAGE } }),
  async methods(query: Payer): Promise<PaymentMethod[]> {
    const path = '/v1/billing/payment-methods'
    return (await json<PaymentMethodList>({ method: 'GET', path, query })).items
  },
  async payWith(payer: Payer, methodId: string): Promise<PaymentMethod[]> {
    const path = '/v1/billing/payment-methods/default'
    return (await json<PaymentMethodList>({ method: 'PUT', path, json: { ...payer, methodId } })).items
  },
  async removeMethod(method: string): Promise<void> {
    await authorized({ method: 'DELETE', path: `/v1/billing/payment-methods/${id(method)}` })
  },
  /** Where the provider's own page is. */
  async portal(payer: Payer, returnPath: string): Promise<string> {
    return (await post<PortalOpened>('/v1/billing/portal', { ...payer, returnPath })).url
  },
}

export const usage = {
  show: (query: Payer & { from: string; step: Usage['step'] }) =>
    json<Usage>({ method: 'GET', path: '/v1/usage', query }),
}

export const organisations = {
  list: () => json<OrganisationPage>({ method: 'GET', path: '/v1/organisations', query: { limit: '100' } }),
  make: (name: string) => post<Organisation>('/v1/organisations', { name }),
}
