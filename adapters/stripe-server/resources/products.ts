import type { StrictOperation } from '../operation-table.ts'
import { listOf } from '../paging.ts'
import { type Params, type Store, StripeFailure, type StripeObject } from '../store.ts'
import { change, existing, flag, inner, list, listed, make, metadata, text, texts } from './fields.ts'
import { makePrice } from './prices.ts'

const FIELDS = [
  ...['name', 'active', 'description', 'metadata', 'marketing_features', 'images', 'statement_descriptor'],
  ...['tax_code', 'unit_label', 'url', 'default_price'],
]

/** https://docs.stripe.com/api/products */
export const productOperations: readonly StrictOperation[] = [
  {
    method: 'POST',
    path: '/v1/products',
    accepts: [...FIELDS, 'id', 'default_price_data', 'shippable', 'package_dimensions', 'type'],
    requires: ['name'],
    run: (store, { params }) => makeProduct(store, params),
  },
  {
    method: 'GET',
    path: '/v1/products',
    accepts: ['limit', 'starting_after', 'ending_before', 'created', 'active', 'ids', 'url'],
    run(store, { params }) {
      const ids = list(params, 'ids')
      const found = listed(store, 'product', { params, by: ['active'] })
      return listOf(
        '/v1/products',
        found.filter(({ id }) => !ids.length || ids.includes(id)),
      )
    },
  },
  {
    method: 'GET',
    path: '/v1/products/:id',
    accepts: [],
    run: (store, { path }) => existing(store, 'product', path.id),
  },
  {
    method: 'POST',
    path: '/v1/products/:id',
    accepts: FIELDS,
    run(store, { path, params }) {
      const before = existing(store, 'product', path.id)
      const fields = { ...fieldsOf(params), metadata: metadata(params, before.metadata) }
      const changed = { ...fields, updated: store.now() }
      return change(store, 'product.updated', { before, fields: changed })
    },
  },
  {
    method: 'DELETE',
    path: '/v1/products/:id',
    accepts: [],
    run(store, { path }) {
      const product = existing(store, 'product', path.id)
      if (store.all('price').some((price) => price.product === product.id)) throw hasPrices()
      store.remove(product.id)
      store.emit('product.deleted', product)
      return { id: product.id, object: 'product', deleted: true }
    },
  },
]

function makeProduct(store: Store, params: Params): StripeObject {
  const id = text(params, 'id') ?? store.newId('prod')
  if (store.get(id)) throw taken(id)
  const product: StripeObject = {
    id,
    object: 'product',
    active: true,
    created: store.now(),
    default_price: null,
    description: null,
    images: [],
    livemode: false,
    marketing_features: [],
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: null,
    type: 'service',
    unit_label: null,
    updated: store.now(),
    url: null,
    ...fieldsOf(params),
    metadata: metadata(params),
  }
  make(store, 'product.created', product)
  const priced = inner(params, 'default_price_data')
  if (!Object.keys(priced).length) return product
  const { id: price } = makePrice(store, { ...priced, product: id })
  return change(store, 'product.updated', { before: product, fields: { default_price: price } })
}

function fieldsOf(params: Params): Record<string, unknown> {
  const given: Record<string, unknown> = {}
  for (const name of [
    'name',
    'description',
    'statement_descriptor',
    'tax_code',
    'unit_label',
    'url',
    'default_price',
  ]) {
    const value = text(params, name)
    if (value !== undefined) given[name] = value
  }
  const active = flag(params, 'active')
  if (active !== undefined) given.active = active
  if (params.images !== undefined) given.images = texts(params, 'images')
  if (params.marketing_features !== undefined) given.marketing_features = list(params, 'marketing_features')
  return given
}

function taken(id: string): StripeFailure {
  const body = { type: 'invalid_request_error', code: 'resource_already_exists', param: 'id' }
  return new StripeFailure(400, body, `Product already exists: ${id}`)
}

function hasPrices(): StripeFailure {
  const message = 'This product cannot be deleted because it has one or more user-created prices.'
  return new StripeFailure(400, { type: 'invalid_request_error' }, message)
}
