import type { StrictOperation } from '../operation-table.ts'
import { listOf } from '../paging.ts'
import type { Params, Store, StripeObject } from '../store.ts'
import { change, existing, inner, integer, invalid, listed, make, metadata, text } from './fields.ts'

const FIELDS = [
  ...['name', 'email', 'phone', 'description', 'metadata', 'balance', 'tax_exempt', 'invoice_prefix'],
  ...['preferred_locales', 'shipping', 'tax.ip_address', 'tax.validate_location'],
  ...['city', 'country', 'line1', 'line2', 'postal_code', 'state'].map((field) => `address.${field}`),
  'invoice_settings.default_payment_method',
  'invoice_settings.footer',
]

/** https://docs.stripe.com/api/customers */
export const customerOperations: readonly StrictOperation[] = [
  {
    method: 'POST',
    path: '/v1/customers',
    accepts: [...FIELDS, 'payment_method', 'test_clock'],
    run: (store, { params }) => makeCustomer(store, params),
  },
  {
    method: 'GET',
    path: '/v1/customers',
    accepts: ['limit', 'starting_after', 'ending_before', 'created', 'email', 'test_clock'],
    run: (store, { params }) =>
      listOf('/v1/customers', listed(store, 'customer', { params, by: ['email', 'test_clock'] })),
  },
  {
    method: 'GET',
    path: '/v1/customers/:id',
    accepts: [],
    // A deleted customer is still told of, as deleted.
    run: (store, { path }) => deleted(store, path.id) ?? existing(store, 'customer', path.id),
  },
  {
    method: 'POST',
    path: '/v1/customers/:id',
    accepts: [...FIELDS, 'default_source'],
    run(store, { path, params }) {
      const before = existing(store, 'customer', path.id)
      const fields = { ...fieldsOf(store, params, before), metadata: metadata(params, before.metadata) }
      return change(store, 'customer.updated', { before, fields })
    },
  },
  {
    method: 'DELETE',
    path: '/v1/customers/:id',
    accepts: [],
    run(store, { path }) {
      const customer = existing(store, 'customer', path.id)
      const gone = { id: customer.id, object: 'customer', deleted: true }
      store.put(gone)
      for (const method of store.all('payment_method')) {
        if (method.customer === customer.id) store.put({ ...method, customer: null })
      }
      store.emit('customer.deleted', customer)
      return gone
    },
  },
  {
    method: 'GET',
    path: '/v1/customers/:id/payment_methods',
    accepts: ['limit', 'starting_after', 'ending_before', 'type', 'allow_redisplay'],
    run(store, { path, params }) {
      const { id } = existing(store, 'customer', path.id)
      const found = listed(store, 'payment_method', {
        params: { ...params, customer: id },
        by: ['customer', 'type'],
      })
      return listOf(`/v1/customers/${id}/payment_methods`, found)
    },
  },
  {
    method: 'GET',
    path: '/v1/customers/:id/payment_methods/:method',
    accepts: [],
    run(store, { path }) {
      const method = existing(store, 'payment_method', path.method)
      return method.customer === path.id ? method : existing(store, 'payment_method', undefined)
    },
  },
  {
    method: 'POST',
    path: '/v1/customers/:id/balance_transactions',
    accepts: ['amount', 'currency', 'description', 'metadata'],
    requires: ['amount', 'currency'],
    run(store, { path, params }) {
      const before = existing(store, 'customer', path.id)
      const amount = integer(params, 'amount') ?? 0
      const balance = Number(before.balance) + amount
      const currency = text(params, 'currency') ?? 'usd'
      change(store, 'customer.updated', { before, fields: { balance, currency } })
      const entry = {
        id: store.newId('cbtxn'),
        object: 'customer_balance_transaction',
        amount,
        created: store.now(before.id),
        currency,
        customer: before.id,
        description: text(params, 'description') ?? null,
        ending_balance: balance,
        livemode: false,
        metadata: metadata(params),
        type: 'adjustment',
      }
      store.put(entry)
      return entry
    },
  },
]

function makeCustomer(store: Store, params: Params): StripeObject {
  const clock = text(params, 'test_clock') ?? null
  if (clock) existing(store, 'test_helpers.test_clock', clock, 'test_clock')
  const id = store.newId('cus')
  const method = text(params, 'payment_method')
  return make(store, 'customer.created', {
    id,
    object: 'customer',
    address: null,
    balance: 0,
    created: clock ? Number(store.get(clock)?.frozen_time) : store.now(),
    currency: null,
    default_source: null,
    delinquent: false,
    description: null,
    email: null,
    invoice_prefix: id.slice(-8).toUpperCase(),
    livemode: false,
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: clock,
    ...fieldsOf(store, params, undefined),
    ...(method ? attachedNew(store, method, id) : {}),
    metadata: metadata(params),
  })
}

function attachedNew(store: Store, methodId: string, customer: string): Record<string, never> {
  const method = existing(store, 'payment_method', methodId, 'payment_method')
  store.put({ ...method, customer })
  return {}
}

function fieldsOf(store: Store, params: Params, before: StripeObject | undefined): Record<string, unknown> {
  const given: Record<string, unknown> = {}
  for (const name of ['name', 'email', 'phone', 'description', 'tax_exempt', 'invoice_prefix']) {
    const value = text(params, name)
    if (value !== undefined) given[name] = value
  }
  const balance = integer(params, 'balance')
  if (balance !== undefined) given.balance = balance
  if (params.address !== undefined) given.address = addressOf(params)
  const settings = (before?.invoice_settings as object | undefined) ?? NO_SETTINGS
  given.invoice_settings = { ...settings, ...settingsOf(store, params, before?.id) }
  return given
}

const NO_SETTINGS = {
  custom_fields: null,
  default_payment_method: null,
  footer: null,
  rendering_options: null,
}

function settingsOf(store: Store, params: Params, customer: string | undefined): Record<string, unknown> {
  const given = inner(params, 'invoice_settings')
  const method = text(given, 'default_payment_method')
  if (method === undefined) return {}
  if (method === null) return { default_payment_method: null }
  const param = 'invoice_settings[default_payment_method]'
  const found = existing(store, 'payment_method', method, param)
  if (customer !== undefined && found.customer !== customer) {
    throw invalid(
      param,
      `The customer does not have a payment method with the ID ${method}.`,
      'resource_missing',
    )
  }
  return { default_payment_method: method }
}

function addressOf(params: Params): Record<string, unknown> | null {
  if (params.address === '') return null
  const given = inner(params, 'address')
  const fields = ['city', 'country', 'line1', 'line2', 'postal_code', 'state']
  return Object.fromEntries(fields.map((name) => [name, text(given, name) ?? null]))
}

function deleted(store: Store, id: string | undefined): StripeObject | undefined {
  const found = id === undefined ? undefined : store.get(id)
  return found?.object === 'customer' && found.deleted === true ? found : undefined
}
