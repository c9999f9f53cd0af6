import { pathOf } from './resource-paths.ts'
import type { Params, Store, StripeEvent, StripeObject } from './store.ts'

const SNAPSHOT = 'evt_'
const THIN = 'evt_test_'

/** Whether the event exists in the thin form alone, such as a meter's error report. */
export function isThinOnly(event: StripeEvent): boolean {
  return event.type.startsWith('v1.') || event.type.startsWith('v2.')
}

/**
 * The thin form of an event, as `/v2/core/events/:id` shows it and as it is delivered (there without `data`).
 * https://docs.stripe.com/event-destinations#thin-events
 */
export function thinOf(event: StripeEvent): StripeObject {
  const { object } = event.data
  const url = pathOf(object)
  const own = isThinOnly(event)
  return {
    id: `${THIN}${event.id.slice(SNAPSHOT.length)}`,
    object: 'v2.core.event',
    type: own ? event.type : `v1.${event.type}`,
    created: new Date(event.created * 1000).toISOString(),
    livemode: event.livemode,
    reason: reasonOf(event),
    ...(event.account ? { context: event.account } : {}),
    related_object:
      url && object.object !== 'skyreel.notice' ? { id: object.id, type: object.object, url } : null,
    ...(own ? {} : { snapshot_event: event.id }),
  }
}

/** The thin event as it is fetched: with the data that its notification leaves out. */
export function fetchedThin(event: StripeEvent): StripeObject {
  const data = event.data.object._thin_data
  return data ? { ...thinOf(event), data } : thinOf(event)
}

/** The event that a thin event's id belongs to. */
export function eventOfThinId(store: Store, id: string): StripeEvent | undefined {
  const found = store.get(`${SNAPSHOT}${id.slice(THIN.length)}`)
  return id.startsWith(THIN) && found?.object === 'event' ? (found as StripeEvent) : undefined
}

/** Whether the event is one of those that `types` and `created` of the list ask for. */
export function isAsked(thin: StripeObject, params: Params): boolean {
  const { types, object_id: objectId, created } = params
  const within = typeof created === 'object' && !Array.isArray(created) ? created : {}
  const at = Date.parse(String(thin.created))
  const after = (name: string) => (typeof within[name] === 'string' ? Date.parse(within[name]) : undefined)
  return (
    (!Array.isArray(types) || types.includes(String(thin.type))) &&
    (typeof objectId !== 'string' || (thin.related_object as StripeObject | null)?.id === objectId) &&
    at >= (after('gte') ?? 0) &&
    at > (after('gt') ?? -1) &&
    at <= (after('lte') ?? Infinity) &&
    at < (after('lt') ?? Infinity)
  )
}

function reasonOf({ request }: StripeEvent): unknown {
  const made = request as { id: string | null; idempotency_key: string | null } | undefined
  return made?.id ? { type: 'request', request: made } : null
}
