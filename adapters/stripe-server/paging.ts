import { type Params, StripeFailure, type StripeObject } from './store.ts'

/** A list as an operation answers it: all of it, newest first. The server cuts the page that was asked for. */
export function listOf(url: string, newestFirst: readonly StripeObject[]): StripeObject {
  return { object: 'list', url, has_more: false, data: newestFirst, _whole: true } as unknown as StripeObject
}

/**
 * Cuts the page out of a list of `listOf` (the engine cuts its own): `created`, `starting_after`, `ending_before`, `limit`.
 * https://docs.stripe.com/api/pagination
 */
export function page(list: StripeObject, params: Params): StripeObject {
  const { data } = list
  if (list._whole !== true || !Array.isArray(data)) return list
  const all = (data as StripeObject[]).filter((object) => isWithin(object, params.created))
  const limit = limitOf(params)
  const { starting_after: after, ending_before: before } = params
  if (typeof before === 'string') {
    const end = placeOf(all, before, 'ending_before')
    const start = Math.max(0, end - limit)
    return { ...list, data: all.slice(start, end), has_more: start > 0 }
  }
  const start = typeof after === 'string' ? placeOf(all, after, 'starting_after') + 1 : 0
  return { ...list, data: all.slice(start, start + limit), has_more: all.length > start + limit }
}

function limitOf({ limit }: Params): number {
  if (limit === undefined) return 10
  const value = Number(limit)
  if (Number.isInteger(value) && value >= 1 && value <= 100) return value
  throw bad('limit', `This value must be between 1 and 100 (got ${JSON.stringify(limit)}).`)
}

function placeOf(all: readonly StripeObject[], id: string, param: string): number {
  const place = all.findIndex((object) => object.id === id)
  if (place < 0) throw bad(param, `No such object: '${id}'`, 'resource_missing')
  return place
}

function isWithin(object: StripeObject, created: Params[string] | undefined): boolean {
  if (created === undefined || Array.isArray(created)) return true
  const at = Number(object.created)
  if (typeof created === 'string') return at === Number(created)
  const { gt, gte, lt, lte } = created
  return (
    (gt === undefined || at > Number(gt)) &&
    (gte === undefined || at >= Number(gte)) &&
    (lt === undefined || at < Number(lt)) &&
    (lte === undefined || at <= Number(lte))
  )
}

function bad(param: string, message: string, code = 'parameter_invalid_integer'): StripeFailure {
  return new StripeFailure(400, { type: 'invalid_request_error', code, param }, message)
}
