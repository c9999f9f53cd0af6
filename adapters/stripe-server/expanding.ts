import { type Params, type Store, StripeFailure, type StripeObject } from './store.ts'

// What Stripe leaves out unless it is asked for. Who reads one of these without `expand` would find nothing there.
// https://docs.stripe.com/expand#includable-properties
const INCLUDED_ON_REQUEST: Readonly<Record<string, readonly string[]>> = {
  'checkout.session': ['line_items'],
  charge: ['refunds'],
  customer: ['subscriptions', 'sources', 'tax'],
  invoice: ['payments', 'total_pretax_credit_amounts'],
  price: ['currency_options', 'tiers'],
  'billing.meter_event_summary': ['identifiers'],
}

type Tree = Map<string, Tree>

/** An object as the API shows it: without fields of our own (`_name`), with what `expand` names in place of its id. */
export function present(store: Store, object: StripeObject, expand: readonly string[] = []): StripeObject {
  const tree: Tree = new Map()
  for (const path of expand) grow(tree, path.split('.'))
  return shown(store, object, tree, []) as StripeObject
}

/** The value of `expand[]`. Throws where it is deeper than Stripe allows. */
export function expandOf(params: Params): string[] {
  const given = params.expand
  if (given === undefined || given === '') return []
  const paths = (Array.isArray(given) ? given : [given]).filter((path) => typeof path === 'string')
  for (const path of paths)
    if (path.split('.').length > 4 + (path.startsWith('data.') ? 1 : 0)) throw deep(path)
  return paths
}

function grow(tree: Tree, [first, ...rest]: readonly string[]): void {
  if (first === undefined) return
  const inner: Tree = tree.get(first) ?? new Map()
  tree.set(first, inner)
  grow(inner, rest)
}

function shown(store: Store, value: unknown, tree: Tree, path: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((each) => shown(store, each, tree, path))
  if (typeof value !== 'object' || value === null) return value
  const { object: type } = value as StripeObject
  const hidden = typeof type === 'string' ? INCLUDED_ON_REQUEST[type] : undefined
  const out: Record<string, unknown> = {}
  for (const [name, inner] of Object.entries(value)) {
    if (name.startsWith('_') || (hidden?.includes(name) && !tree.has(name))) continue
    out[name] = field(store, inner, tree.get(name), [...path, name])
  }
  for (const name of tree.keys()) if (!(name in out)) included(store, value as StripeObject, name, out, path)
  return out
}

function field(store: Store, value: unknown, tree: Tree | undefined, path: readonly string[]): unknown {
  if (!tree) return shown(store, value, new Map(), path)
  if (typeof value !== 'string') return shown(store, value, tree, path)
  const found = store.get(value)
  if (!found) throw notExpandable(path)
  return shown(store, found, tree, path)
}

function included(
  store: Store,
  { id, object }: StripeObject,
  name: string,
  out: Record<string, unknown>,
  path: readonly string[],
): void {
  if (object === 'customer' && name === 'subscriptions') {
    const data = store
      .all('subscription')
      .filter((each) => each.customer === id && each.status !== 'canceled')
    const list = { object: 'list', data, has_more: false, url: `/v1/customers/${id}/subscriptions` }
    out[name] = shown(store, list, new Map(), path)
  } else if (!INCLUDED_ON_REQUEST[object]?.includes(name)) throw notExpandable([...path, name])
}

function notExpandable(path: readonly string[]): StripeFailure {
  const named = path.join('.')
  return new StripeFailure(
    400,
    { type: 'invalid_request_error', param: 'expand' },
    `This property cannot be expanded (${named}).`,
  )
}

function deep(path: string): StripeFailure {
  return new StripeFailure(
    400,
    { type: 'invalid_request_error', param: 'expand' },
    `You cannot expand more than 4 levels of a property (${path}).`,
  )
}
