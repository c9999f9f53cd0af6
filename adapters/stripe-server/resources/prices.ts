import type { StrictOperation } from '../operation-table.ts'
import { listOf } from '../paging.ts'
import { type Params, type Store, StripeFailure, type StripeObject } from '../store.ts'
import {
  change,
  existing,
  flag,
  inner,
  integer,
  invalid,
  list,
  listed,
  make,
  metadata,
  text,
  word,
} from './fields.ts'

/** https://docs.stripe.com/api/prices */
export const priceOperations: readonly StrictOperation[] = [
  {
    method: 'POST',
    path: '/v1/prices',
    accepts: [
      ...['currency', 'product', 'product_data', 'unit_amount', 'unit_amount_decimal', 'active', 'nickname'],
      ...[
        'metadata',
        'lookup_key',
        'transfer_lookup_key',
        'currency_options',
        'tax_behavior',
        'billing_scheme',
      ],
      ...['tiers', 'tiers_mode', 'transform_quantity', 'custom_unit_amount'],
      ...['interval', 'interval_count', 'usage_type', 'meter', 'trial_period_days'].map(
        (f) => `recurring.${f}`,
      ),
    ],
    requires: ['currency'],
    run: (store, { params }) => makePrice(store, params),
  },
  {
    method: 'GET',
    path: '/v1/prices',
    accepts: [
      ...['limit', 'starting_after', 'ending_before', 'created', 'active', 'currency', 'product', 'type'],
      ...['lookup_keys', 'recurring.interval', 'recurring.meter', 'recurring.usage_type'],
    ],
    run: (store, { params }) => listOf('/v1/prices', pricesAsked(store, params)),
  },
  {
    method: 'GET',
    path: '/v1/prices/:id',
    accepts: [],
    run: (store, { path }) => existing(store, 'price', path.id),
  },
  {
    method: 'POST',
    path: '/v1/prices/:id',
    accepts: [
      ...['active', 'nickname', 'metadata', 'lookup_key', 'transfer_lookup_key', 'tax_behavior'],
      'currency_options',
    ],
    run(store, { path, params }) {
      const before = existing(store, 'price', path.id)
      const key = text(params, 'lookup_key')
      if (key) takeKey(store, key, { params, but: before.id })
      const { currency_options: options } = before
      const fields = {
        active: flag(params, 'active'),
        nickname: text(params, 'nickname'),
        lookup_key: key,
        tax_behavior: text(params, 'tax_behavior') ?? undefined,
        currency_options: { ...(options as object), ...optionsOf(params) },
        metadata: metadata(params, before.metadata),
      }
      return change(store, 'price.updated', { before, fields })
    },
  },
]

/** A new price of a product. */
export function makePrice(store: Store, params: Params): StripeObject {
  const currency = (text(params, 'currency') ?? '').toLowerCase()
  if (!/^[a-z]{3}$/.test(currency)) throw invalid('currency', `Invalid currency: ${currency}`)
  const key = text(params, 'lookup_key') ?? null
  if (key) takeKey(store, key, { params })
  const amounts = amountsOf(params)
  const recurring = recurringOf(store, params)
  const tiered = params.billing_scheme === 'tiered'
  if (!tiered && amounts.unit_amount_decimal === null) {
    throw invalid('unit_amount', 'You must specify either `unit_amount` or `unit_amount_decimal`.')
  }
  return make(store, 'price.created', {
    id: store.newId('price'),
    object: 'price',
    active: flag(params, 'active') ?? true,
    billing_scheme: tiered ? 'tiered' : 'per_unit',
    created: store.now(),
    currency,
    currency_options: {
      [currency]: { custom_unit_amount: null, tax_behavior: 'unspecified', ...amounts },
      ...optionsOf(params),
    },
    custom_unit_amount: null,
    livemode: false,
    lookup_key: key,
    metadata: metadata(params),
    nickname: text(params, 'nickname') ?? null,
    product: productOf(store, params),
    recurring,
    tax_behavior: text(params, 'tax_behavior') ?? 'unspecified',
    tiers_mode: text(params, 'tiers_mode') ?? null,
    ...(tiered ? { tiers: list(params, 'tiers') } : {}),
    transform_quantity: params.transform_quantity ? inner(params, 'transform_quantity') : null,
    type: recurring ? 'recurring' : 'one_time',
    ...(tiered ? { unit_amount: null, unit_amount_decimal: null } : amounts),
  })
}

function productOf(store: Store, params: Params): string {
  const product = text(params, 'product')
  if (product) return existing(store, 'product', product, 'product').id
  const name = text(inner(params, 'product_data'), 'name')
  if (!name) throw invalid('product', 'You must specify either `product` or `product_data[name]`.')
  const made = { id: store.newId('prod'), object: 'product', active: true, name, created: store.now() }
  return make(store, 'product.created', { ...made, metadata: {}, livemode: false }).id
}

interface Amounts {
  readonly unit_amount: number | null
  readonly unit_amount_decimal: string | null
}

// A whole decimal amount is shown as a whole one, too. Text is kept: a float would not.
function amountsOf(params: Params): Amounts {
  const whole = integer(params, 'unit_amount')
  if (whole !== undefined) return { unit_amount: whole, unit_amount_decimal: String(whole) }
  const decimal = text(params, 'unit_amount_decimal') ?? null
  if (decimal !== null && !/^\d{1,15}(\.\d{1,12})?$/.test(decimal)) {
    throw invalid('unit_amount_decimal', `Invalid decimal: ${decimal}`)
  }
  const isWhole = decimal !== null && /^\d+(\.0+)?$/.test(decimal)
  return { unit_amount: isWhole ? Number(decimal) : null, unit_amount_decimal: decimal }
}

function optionsOf(params: Params): Record<string, unknown> {
  const given = inner(params, 'currency_options')
  return Object.fromEntries(
    Object.keys(given).map((currency) => {
      const option = inner(given, currency)
      const behavior = text(option, 'tax_behavior') ?? 'unspecified'
      return [currency, { custom_unit_amount: null, tax_behavior: behavior, ...amountsOf(option) }]
    }),
  )
}

function recurringOf(store: Store, params: Params): Record<string, unknown> | null {
  const given = inner(params, 'recurring')
  if (!Object.keys(given).length) return null
  const interval = word(given, 'interval', ['day', 'week', 'month', 'year'])
  if (!interval) throw invalid('recurring[interval]', 'Missing required param: recurring[interval].')
  const usage = word(given, 'usage_type', ['licensed', 'metered']) ?? 'licensed'
  const meter = text(given, 'meter') ?? null
  if (meter) existing(store, 'billing.meter', meter, 'recurring[meter]')
  // Legacy usage records are gone: metered means a meter.
  if (usage === 'metered' && !meter) throw invalid('recurring[meter]', 'Metered prices need a meter.')
  return {
    interval,
    interval_count: integer(given, 'interval_count') ?? 1,
    meter,
    trial_period_days: integer(given, 'trial_period_days') ?? null,
    usage_type: usage,
  }
}

// A key is one active or inactive price's; `transfer_lookup_key` takes it from its owner.
function takeKey(store: Store, key: string, { params, but }: { params: Params; but?: string }): void {
  const owner = store.all('price').find((price) => price.lookup_key === key && price.id !== but)
  if (!owner) return
  if (flag(params, 'transfer_lookup_key') !== true) throw keyTaken(key, owner.id)
  change(store, 'price.updated', { before: owner, fields: { lookup_key: null } })
}

function keyTaken(key: string, id: string): StripeFailure {
  return new StripeFailure(
    400,
    { type: 'invalid_request_error', code: 'resource_already_exists', param: 'lookup_key' },
    `A price (${id}) already uses that lookup key: ${key}.`,
  )
}

function pricesAsked(store: Store, params: Params): StripeObject[] {
  const keys = list(params, 'lookup_keys')
  const recurring = inner(params, 'recurring')
  return listed(store, 'price', { params, by: ['active', 'currency', 'product', 'type'] }).filter(
    (price) =>
      (!keys.length || keys.includes(String(price.lookup_key))) &&
      Object.entries(recurring).every(
        ([name, value]) => String((price.recurring as Record<string, unknown> | null)?.[name]) === value,
      ),
  )
}
