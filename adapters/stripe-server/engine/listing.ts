import type { Params, StripeObject } from '../store.ts'
import { invalid } from './objects-in-store.ts'
import { hash, integer, text } from './params.ts'

type Listed = StripeObject & { created?: unknown }

/** One page of a list, newest first: https://docs.stripe.com/api/pagination. `objects` come oldest first. */
export function page(params: Params, url: string, objects: readonly Listed[]): StripeObject {
  const limit = integer(params, 'limit') ?? 10
  if (limit < 1 || limit > 100)
    throw invalid('This value must be between 1 and 100.', {
      code: 'parameter_invalid_integer',
      param: 'limit',
    })
  const inTime = createdWithin(params)
  const found = objects.filter((object) => inTime(Number(object.created ?? 0))).toReversed()
  const [data, hasMore] = cut(found, params, limit)
  // A list has no id of its own in Stripe's answers; undefined is left out of the JSON.
  return { object: 'list', url, has_more: hasMore, data } as unknown as StripeObject
}

function cut(found: readonly Listed[], params: Params, limit: number): [readonly Listed[], boolean] {
  const after = text(params, 'starting_after')
  const before = text(params, 'ending_before')
  if (before !== undefined) {
    const end = indexOf(found, before, 'ending_before')
    return [found.slice(Math.max(0, end - limit), end), end > limit]
  }
  const start = after === undefined ? 0 : indexOf(found, after, 'starting_after') + 1
  return [found.slice(start, start + limit), found.length > start + limit]
}

function indexOf(found: readonly Listed[], id: string, param: string): number {
  const index = found.findIndex((object) => object.id === id)
  if (index < 0) throw invalid(`No such object: '${id}'`, { code: 'resource_missing', param })
  return index
}

function createdWithin(params: Params): (created: number) => boolean {
  if (typeof params.created === 'string') {
    const exact = integer(params, 'created')
    return (created) => exact === undefined || created === exact
  }
  const range = hash(params, 'created')
  if (!range) return () => true
  const [gt, gte, lt, lte] = ['gt', 'gte', 'lt', 'lte'].map((name) => integer(range, name))
  return (created) =>
    (gt === undefined || created > gt) &&
    (gte === undefined || created >= gte) &&
    (lt === undefined || created < lt) &&
    (lte === undefined || created <= lte)
}
