import { type Store, StripeFailure, type StripeObject } from '../store.ts'
import type { Objects } from './objects.ts'

/** The object of that type and id. */
export function find<K extends keyof Objects>(store: Store, type: K, id: string | null | undefined) {
  const found = id ? store.get(id) : undefined
  return found?.object === type ? (found as Objects[K]) : undefined
}

/** The same, or Stripe's answer to an id that it does not know. `param` is the parameter that told it. */
export function need<K extends keyof Objects>(store: Store, type: K, id: string | undefined, param = 'id') {
  const found = find(store, type, id)
  if (found && found.deleted !== true) return found
  const message = `No such ${type.replace('test_helpers.', '').replaceAll('_', '')}: '${id}'`
  // An id in the path is 404, one in a parameter 400.
  throw new StripeFailure(
    param === 'id' ? 404 : 400,
    { type: 'invalid_request_error', code: 'resource_missing', param },
    message,
  )
}

export const allOf = <K extends keyof Objects>(store: Store, type: K) =>
  store.all(type) as readonly Objects[K][]

export const invalid = (message: string, more: { code?: string; param?: string } = {}): StripeFailure =>
  new StripeFailure(400, { type: 'invalid_request_error', ...more }, message)

/** Puts a new object, and tells of it if an event is named. */
export function add<T extends StripeObject>(store: Store, object: T, event?: string): T {
  store.put(object)
  if (event) store.emit(event, object)
  return object
}

/** Changes what is stored by now under the object's id, whatever the given one says. The event has the old values. */
export function change<T extends StripeObject>(
  store: Store,
  object: T,
  changes: Partial<T>,
  event?: string,
): T {
  const before = (store.get(object.id) ?? object) as T
  const after = { ...before, ...changes }
  store.put(after)
  if (event) store.emit(event, after, previousOf(before, changes))
  return after
}

/** The old values of what is different now: an event's `previous_attributes`. */
export function previousOf<T extends StripeObject>(before: T, changes: Partial<T>): Record<string, unknown> {
  const previous: Record<string, unknown> = {}
  for (const field of Object.keys(changes))
    if (before[field] !== changes[field]) previous[field] = before[field] ?? null
  return previous
}

/** A view of the store at another time: all that is done through it happens then. */
export const atTime = (store: Store, seconds: number): Store => ({
  get: (id) => store.get(id),
  all: (type) => store.all(type),
  put: (object) => store.put(object),
  remove: (id) => store.remove(id),
  newId: (prefix) => store.newId(prefix),
  now: () => seconds,
  emit: (type, object, previous) => store.emit(type, object, previous),
})
