import { cardDetails, cardOf, cardOfNumber, cardOfToken, type TestCard } from '../engine/test-cards.ts'
import type { StrictOperation } from '../operation-table.ts'
import { listOf } from '../paging.ts'
import { type Params, type Store, StripeFailure, type StripeObject } from '../store.ts'
import { change, existing, inner, integer, invalid, listed, make, metadata, text } from './fields.ts'

const BILLING = ['email', 'name', 'phone', 'address'].map((field) => `billing_details.${field}`)

/** https://docs.stripe.com/api/payment_methods */
export const paymentMethodOperations: readonly StrictOperation[] = [
  {
    method: 'POST',
    path: '/v1/payment_methods',
    accepts: ['type', 'card', 'metadata', ...BILLING, 'allow_redisplay'],
    requires: ['type'],
    run(store, { params }) {
      const card = inner(params, 'card')
      // Numbers through the API need a PCI permission at Stripe. Ours are typed on the hosted pages alone.
      if (card.number !== undefined) throw rawCard()
      const token = (text(card, 'token') ?? '').replace(/^tok_/, 'pm_card_')
      const known = cardOfToken(token)
      if (!known)
        throw invalid('card[token]', `No such token: '${text(card, 'token') ?? ''}'`, 'resource_missing')
      const details = { metadata: metadata(params), billing: inner(params, 'billing_details') }
      return makeCardMethod(store, { card: known, expires: expiryOf(store), ...details })
    },
  },
  {
    method: 'GET',
    path: '/v1/payment_methods',
    accepts: ['limit', 'starting_after', 'ending_before', 'customer', 'type'],
    run: (store, { params }) =>
      listOf('/v1/payment_methods', listed(store, 'payment_method', { params, by: ['customer', 'type'] })),
  },
  {
    method: 'GET',
    path: '/v1/payment_methods/:id',
    accepts: [],
    run: (store, { path }) => existing(store, 'payment_method', path.id),
  },
  {
    method: 'POST',
    path: '/v1/payment_methods/:id',
    accepts: ['metadata', ...BILLING, 'card.exp_month', 'card.exp_year', 'allow_redisplay'],
    run(store, { path, params }) {
      const before = existing(store, 'payment_method', path.id)
      const card = inner(params, 'card')
      const month = integer(card, 'exp_month')
      const year = integer(card, 'exp_year')
      const expiry = { ...(month ? { exp_month: month } : {}), ...(year ? { exp_year: year } : {}) }
      const fields = {
        metadata: metadata(params, before.metadata),
        card: { ...(before.card as object), ...expiry },
      }
      return change(store, 'payment_method.updated', { before, fields })
    },
  },
  {
    method: 'POST',
    path: '/v1/payment_methods/:id/attach',
    accepts: ['customer'],
    requires: ['customer'],
    run: (store, { path, params }) =>
      attachMethod(store, methodOf(store, path.id ?? ''), text(params, 'customer') ?? ''),
  },
  {
    method: 'POST',
    path: '/v1/payment_methods/:id/detach',
    accepts: [],
    run: (store, { path }) => detachMethod(store, existing(store, 'payment_method', path.id)),
  },
]

export interface NewCardMethod {
  readonly card: TestCard
  readonly expires: { readonly month: number; readonly year: number }
  readonly metadata?: Record<string, string>
  readonly billing?: Params
}

/** A payment method of a card as somebody types it. Undefined where the number is that of no test card. */
export function methodOfNumber(
  store: Store,
  number: string,
  of: Omit<NewCardMethod, 'card'>,
): StripeObject | undefined {
  const card = cardOfNumber(number)
  return card && makeCardMethod(store, { ...of, card })
}

/** A payment method, not yet of any customer. */
export function makeCardMethod(store: Store, of: NewCardMethod): StripeObject {
  const method = {
    id: store.newId('pm'),
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: {
      address: addressOf(of.billing ?? {}),
      email: text(of.billing ?? {}, 'email') ?? null,
      name: text(of.billing ?? {}, 'name') ?? null,
      phone: text(of.billing ?? {}, 'phone') ?? null,
      tax_id: null,
    },
    card: cardDetails(of.card, of.expires),
    created: store.now(),
    customer: null,
    livemode: false,
    metadata: of.metadata ?? {},
    type: 'card',
  }
  store.put(method)
  return method
}

/** The payment method, made on the way where the id is a ready one such as `pm_card_visa`. */
export function methodOf(store: Store, id: string, param?: string): StripeObject {
  const card = cardOfToken(id)
  return card
    ? makeCardMethod(store, { card, expires: expiryOf(store) })
    : existing(store, 'payment_method', id, param)
}

/** Gives it to a customer. Some cards are declined at that already. */
export function attachMethod(store: Store, method: StripeObject, customerId: string): StripeObject {
  const customer = existing(store, 'customer', customerId, 'customer')
  if (method.customer === customer.id) return method
  if (method.customer) throw attachedElsewhere()
  const card = cardOf({ card: method.card })
  if (card.refusesAttach && card.declines) {
    const { code, declineCode, message } = card.declines
    throw new StripeFailure(402, { type: 'card_error', code, decline_code: declineCode }, message)
  }
  const attached = { ...method, customer: customer.id }
  return make(store, 'payment_method.attached', attached)
}

/** Takes it from its customer, for good; nothing that bills by it finds it again. */
export function detachMethod(store: Store, method: StripeObject): StripeObject {
  if (!method.customer)
    throw invalid('payment_method', 'The payment method you provided is not attached to a customer.')
  const customer = store.get(String(method.customer))
  const detached = { ...method, customer: null }
  store.put(detached)
  store.emit('payment_method.detached', detached, { customer: method.customer })
  if (customer) forgetDefault(store, customer, method.id)
  return detached
}

/** Far enough ahead for a test card. */
export function expiryOf(store: Store): { month: number; year: number } {
  return { month: 12, year: new Date(store.now() * 1000).getUTCFullYear() + 3 }
}

function forgetDefault(store: Store, customer: StripeObject, methodId: string): void {
  const settings = customer.invoice_settings as { default_payment_method?: string | null } | undefined
  if (settings?.default_payment_method === methodId) {
    const fields = { invoice_settings: { ...settings, default_payment_method: null } }
    change(store, 'customer.updated', { before: customer, fields })
  }
  for (const subscription of store.all('subscription')) {
    if (subscription.default_payment_method !== methodId) continue
    const fields = { default_payment_method: null }
    change(store, 'customer.subscription.updated', { before: subscription, fields })
  }
}

function addressOf(billing: Params): Record<string, string | null> {
  const given = inner(billing, 'address')
  const fields = ['city', 'country', 'line1', 'line2', 'postal_code', 'state']
  return Object.fromEntries(fields.map((name) => [name, text(given, name) ?? null]))
}

function rawCard(): StripeFailure {
  return new StripeFailure(
    400,
    { type: 'invalid_request_error', param: 'card[number]' },
    'Sending credit card numbers directly to the Stripe API is generally unsafe. Use test tokens such as pm_card_visa.',
  )
}

function attachedElsewhere(): StripeFailure {
  return invalid(
    'payment_method',
    'The payment method you provided has already been attached to a customer.',
    'payment_method_unexpected_state',
  )
}
