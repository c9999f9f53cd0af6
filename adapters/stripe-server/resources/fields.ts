import { type Param, type Params, type Store, StripeFailure, type StripeObject } from '../store.ts'

/** Text of a parameter; undefined where it is not there, null where it is emptied. */
export function text(params: Params, name: string): string | null | undefined {
  const value = params[name]
  if (value === undefined || typeof value === 'string') return value === '' ? null : value
  throw invalid(name, `Invalid string: ${JSON.stringify(value)}`)
}

/** A whole number of a parameter; undefined where it is not there or emptied. */
export function integer(params: Params, name: string): number | undefined {
  const value = text(params, name)
  if (value === undefined || value === null) return undefined
  if (/^-?\d{1,15}$/.test(value)) return Number(value)
  throw invalid(name, `Invalid integer: ${value}`, 'parameter_invalid_integer')
}

export function flag(params: Params, name: string): boolean | undefined {
  const value = text(params, name)
  if (value === undefined || value === null) return undefined
  if (value === 'true' || value === 'false') return value === 'true'
  throw invalid(name, `Invalid boolean: ${value}`)
}

/** The fields below a parameter: `{}` where there are none. */
export function inner(params: Params, name: string): Params {
  const value = params[name]
  return value === undefined || typeof value === 'string' || Array.isArray(value) ? {} : value
}

export function list(params: Params, name: string): readonly Param[] {
  const value = params[name]
  if (value === undefined || value === '') return []
  return Array.isArray(value) ? value : [value]
}

export function texts(params: Params, name: string): string[] {
  return list(params, name).filter((value) => typeof value === 'string')
}

/** One of several words. */
export function word<T extends string>(params: Params, name: string, words: readonly T[]): T | undefined {
  const value = text(params, name)
  if (value === undefined || value === null) return undefined
  const known = words.find((each) => each === value)
  if (known) return known
  throw invalid(name, `Invalid ${name}: must be one of ${words.join(', ')}`)
}

/** Metadata after a change: named keys replaced, emptied ones gone. https://docs.stripe.com/api/metadata */
export function metadata(params: Params, before: unknown = {}): Record<string, string> {
  if (params.metadata === '') return {}
  const merged = { ...(before as Record<string, string>) }
  for (const [name, value] of Object.entries(inner(params, 'metadata'))) {
    if (typeof value !== 'string') throw invalid(`metadata[${name}]`, 'Metadata values must be strings.')
    if (value === '') delete merged[name]
    else merged[name] = value
  }
  return merged
}

/** The object of that id and type. Throws Stripe's 404 (400 where a parameter names it). */
export function existing(store: Store, type: string, id: string | undefined, param?: string): StripeObject {
  const found = id === undefined ? undefined : store.get(id)
  if (found?.object === type && found.deleted !== true) return found
  const body = { type: 'invalid_request_error', code: 'resource_missing', param: param ?? 'id' }
  throw new StripeFailure(param ? 400 : 404, body, `No such ${type.split('.').at(-1)}: '${id ?? ''}'`)
}

/** Changes an object and tells of it, with what the changed fields were before. */
export function change(
  store: Store,
  type: string,
  { before, fields }: { before: StripeObject; fields: Record<string, unknown> },
): StripeObject {
  const previous: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || same(before[name], value)) continue
    previous[name] = before[name] ?? null
  }
  if (!Object.keys(previous).length) return before
  const after = { ...before, ...definedOnly(fields) }
  store.put(after)
  store.emit(type, after, previous)
  return after
}

/** Puts a new object and tells of it. */
export function make(store: Store, type: string, object: StripeObject): StripeObject {
  store.put(object)
  store.emit(type, object)
  return object
}

/** Objects of a type for a list, newest first, where the given fields are as asked. */
export function listed(
  store: Store,
  type: string,
  { params, by = [] }: { params: Params; by?: readonly string[] },
): StripeObject[] {
  const asked = by.flatMap((name) =>
    typeof params[name] === 'string' ? [[name, params[name]] as const] : [],
  )
  return store
    .all(type)
    .filter(
      (object) => object.deleted !== true && asked.every(([name, value]) => String(object[name]) === value),
    )
    .toReversed()
}

export function invalid(param: string, message: string, code?: string): StripeFailure {
  return new StripeFailure(400, { type: 'invalid_request_error', param, ...(code ? { code } : {}) }, message)
}

function definedOnly(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

function same(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}
