import { settingsOf } from '../engine/settings.ts'
import type { StrictOperation } from '../operation-table.ts'
import { listOf } from '../paging.ts'
import { type Params, type Store, StripeFailure, type StripeObject } from '../store.ts'
import { type CheckoutLine, linesOf, totalOf } from './checkout-lines.ts'
import { change, existing, flag, inner, integer, invalid, listed, metadata, text, word } from './fields.ts'

const OPEN_SECONDS = 24 * 3600
const LEAST_SECONDS = 30 * 60

/** A session, with what its page needs later below `_`. */
export interface CheckoutSession extends StripeObject {
  object: 'checkout.session'
  mode: 'payment' | 'subscription' | 'setup'
  status: 'open' | 'complete' | 'expired'
  payment_status: 'paid' | 'unpaid' | 'no_payment_required'
  customer: string | null
  customer_email: string | null
  currency: string | null
  amount_total: number | null
  success_url: string | null
  cancel_url: string | null
  expires_at: number
  subscription: string | null
  payment_intent: string | null
  line_items: { data: readonly CheckoutLine[] }
  _data: Params
  /** Of the card that waits for its owner's approval. */
  _method?: string
}

/** https://docs.stripe.com/api/checkout/sessions */
export const checkoutOperations: readonly StrictOperation[] = [
  {
    method: 'POST',
    path: '/v1/checkout/sessions',
    accepts: [
      ...[
        'mode',
        'customer',
        'customer_email',
        'customer_creation',
        'customer_update',
        'client_reference_id',
      ],
      ...[
        'success_url',
        'cancel_url',
        'return_url',
        'ui_mode',
        'currency',
        'expires_at',
        'locale',
        'metadata',
      ],
      ...['price', 'quantity', 'price_data', 'adjustable_quantity'].map((field) => `line_items.${field}`),
      ...['metadata', 'trial_period_days', 'trial_end', 'description', 'trial_settings', 'billing_mode'].map(
        (field) => `subscription_data.${field}`,
      ),
      ...['metadata', 'description', 'setup_future_usage'].map((field) => `payment_intent_data.${field}`),
      ...[
        'setup_intent_data',
        'automatic_tax.enabled',
        'allow_promotion_codes',
        'billing_address_collection',
      ],
      ...[
        'payment_method_collection',
        'payment_method_options',
        'saved_payment_method_options',
        'submit_type',
      ],
      ...[
        'tax_id_collection',
        'phone_number_collection',
        'consent_collection',
        'custom_text',
        'invoice_creation',
      ],
      'payment_method_configuration',
    ],
    run: (store, { params }) => makeSession(store, params),
  },
  {
    method: 'GET',
    path: '/v1/checkout/sessions',
    accepts: [
      ...['limit', 'starting_after', 'ending_before', 'created', 'customer', 'status', 'subscription'],
      'payment_intent',
    ],
    run(store, { params }) {
      const by = ['customer', 'status', 'subscription', 'payment_intent']
      return listOf('/v1/checkout/sessions', listed(store, 'checkout.session', { params, by }))
    },
  },
  {
    method: 'GET',
    path: '/v1/checkout/sessions/:id',
    accepts: [],
    run: (store, { path }) => existing(store, 'checkout.session', path.id),
  },
  {
    method: 'GET',
    path: '/v1/checkout/sessions/:id/line_items',
    accepts: ['limit', 'starting_after', 'ending_before'],
    run(store, { path }) {
      const session = existing(store, 'checkout.session', path.id) as CheckoutSession
      return listOf(`/v1/checkout/sessions/${session.id}/line_items`, session.line_items.data)
    },
  },
  {
    method: 'POST',
    path: '/v1/checkout/sessions/:id/expire',
    accepts: [],
    run(store, { path }) {
      const session = existing(store, 'checkout.session', path.id) as CheckoutSession
      if (session.status === 'open') return expire(store, session)
      throw new StripeFailure(
        400,
        { type: 'invalid_request_error' },
        `Only Checkout Sessions with a status in ["open"] can be expired. This one is ${session.status}.`,
      )
    },
  },
]

/** Closes sessions whose time is over. */
export function expireSessions(store: Store): void {
  for (const session of store.all('checkout.session') as readonly CheckoutSession[]) {
    if (session.status === 'open' && session.expires_at <= store.now()) expire(store, session)
  }
}

function expire(store: Store, before: CheckoutSession): StripeObject {
  return change(store, 'checkout.session.expired', { before, fields: { status: 'expired', url: null } })
}

function makeSession(store: Store, params: Params): StripeObject {
  const mode = word(params, 'mode', ['payment', 'subscription', 'setup'])
  if (!mode) throw invalid('mode', 'Missing required param: mode.', 'parameter_missing')
  const customer = text(params, 'customer')
  if (customer) existing(store, 'customer', customer, 'customer')
  const lines = linesOf(store, params, mode)
  const id = `cs_test_${store.newId('c').slice(2)}`
  const session: CheckoutSession = {
    id,
    object: 'checkout.session',
    ...urlsOf(params),
    ...amountsOf(params, { mode, lines }),
    automatic_tax: { enabled: flag(inner(params, 'automatic_tax'), 'enabled') ?? false, status: null },
    client_reference_id: text(params, 'client_reference_id') ?? null,
    created: store.now(),
    customer: customer ?? null,
    customer_details: null,
    customer_email: text(params, 'customer_email') ?? null,
    expires_at: expiryOf(store, params),
    invoice: null,
    line_items: {
      object: 'list',
      data: lines,
      has_more: false,
      url: `/v1/checkout/sessions/${id}/line_items`,
    } as CheckoutSession['line_items'],
    livemode: false,
    metadata: metadata(params),
    mode,
    payment_intent: null,
    payment_method_collection: text(params, 'payment_method_collection') ?? 'always',
    payment_status: mode === 'setup' ? 'no_payment_required' : 'unpaid',
    setup_intent: null,
    status: 'open',
    subscription: null,
    ui_mode: 'hosted',
    url: `${settingsOf(store).origin}/pay/${id}`,
    _data: params,
  }
  store.put(session)
  return session
}

function amountsOf(
  params: Params,
  { mode, lines }: { mode: CheckoutSession['mode']; lines: readonly CheckoutLine[] },
): Pick<CheckoutSession, 'currency' | 'amount_total'> & Record<string, unknown> {
  const currency = lines[0]?.currency ?? text(params, 'currency') ?? null
  if (mode === 'setup') return { currency, amount_total: null, amount_subtotal: null, total_details: null }
  const trial = Number(text(inner(params, 'subscription_data'), 'trial_period_days') ?? 0) > 0
  const amount = mode === 'subscription' && trial ? 0 : totalOf(lines)
  const details = { amount_discount: 0, amount_shipping: 0, amount_tax: 0 }
  return { currency, amount_total: amount, amount_subtotal: amount, total_details: details }
}

function urlsOf(params: Params): Pick<CheckoutSession, 'success_url' | 'cancel_url'> {
  const success = text(params, 'success_url') ?? null
  const cancel = text(params, 'cancel_url') ?? null
  if (!success) throw invalid('success_url', 'Missing required param: success_url.', 'parameter_missing')
  for (const [name, url] of Object.entries({ success_url: success, cancel_url: cancel })) {
    if (url !== null && !isWebAddress(url)) throw invalid(name, `Not a valid URL: ${url}`, 'url_invalid')
  }
  return { success_url: success, cancel_url: cancel }
}

// No `javascript:` on a page of ours.
function isWebAddress(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
}

function expiryOf(store: Store, params: Params): number {
  const wanted = integer(params, 'expires_at')
  const now = store.now()
  if (wanted === undefined) return now + OPEN_SECONDS
  if (wanted >= now + LEAST_SECONDS && wanted <= now + OPEN_SECONDS) return wanted
  throw invalid('expires_at', 'The `expires_at` timestamp must be between 30 minutes and 24 hours from now.')
}
