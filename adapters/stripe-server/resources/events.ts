import type { StrictOperation } from '../operation-table.ts'
import { listOf } from '../paging.ts'
import { type Params, type Store, type StripeEvent, StripeFailure, type StripeObject } from '../store.ts'
import { eventOfThinId, fetchedThin, isAsked, isThinOnly } from '../thin-events.ts'
import { existing, flag, integer, list, text } from './fields.ts'

const KEPT_SECONDS = 30 * 24 * 3600

/** https://docs.stripe.com/api/events */
export const eventOperations: readonly StrictOperation[] = [
  {
    method: 'GET',
    path: '/v1/events',
    accepts: ['limit', 'starting_after', 'ending_before', 'created', 'type', 'types', 'delivery_success'],
    run: (store, { params, account }) => listOf('/v1/events', eventsAsked(store, params, account)),
  },
  {
    method: 'GET',
    path: '/v1/events/:id',
    accepts: [],
    run: (store, { path }) => existing(store, 'event', path.id),
  },
  {
    method: 'GET',
    path: '/v2/core/events',
    accepts: ['limit', 'page', 'object_id', 'types', 'created'],
    run: (store, { params }) => thinPage(store, params),
  },
  {
    method: 'GET',
    path: '/v2/core/events/:id',
    accepts: [],
    run(store, { path }) {
      const event = eventOfThinId(store, path.id ?? '')
      if (event) return fetchedThin(event)
      const body = { type: 'invalid_request_error', code: 'not_found' }
      throw new StripeFailure(404, body, `No such event: '${path.id}'`)
    },
  },
]

function eventsAsked(store: Store, params: Params, account: string | undefined): StripeObject[] {
  const delivered = flag(params, 'delivery_success')
  const waiting = new Set(
    delivered === undefined ? [] : store.all('skyreel.delivery').map(({ event }) => event),
  )
  const since = store.now() - KEPT_SECONDS
  return (store.all('event') as readonly StripeEvent[])
    .filter((event) => !isThinOnly(event) && event.created >= since)
    .filter((event) => account === undefined || event.account === account)
    .filter(({ type }) => typeAsked(params, type))
    .filter(({ id }) => delivered === undefined || waiting.has(id) !== delivered)
    .toReversed()
}

// `type` may end in a star; `types` are whole.
function typeAsked(params: Params, type: string): boolean {
  const one = text(params, 'type')
  if (one) return one.endsWith('*') ? type.startsWith(one.slice(0, -1)) : type === one
  const types = list(params, 'types')
  return !types.length || types.includes(type)
}

function thinPage(store: Store, params: Params): StripeObject {
  const all = (store.all('event') as readonly StripeEvent[]).map(fetchedThin).toReversed()
  const asked = all.filter((thin) => isAsked(thin, params))
  const limit = integer(params, 'limit') ?? 20
  const start = integer(params, 'page') ?? 0
  const end = start + limit
  return {
    data: asked.slice(start, end),
    next_page_url: end < asked.length ? `/v2/core/events?limit=${limit}&page=${end}` : null,
    previous_page_url: null,
  } as unknown as StripeObject
}
