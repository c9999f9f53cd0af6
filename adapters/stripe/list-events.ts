import type Stripe from 'stripe'
import type { ProviderEvent } from '../../core/billing/provider-objects.ts'
import type { ApiClient } from './api-client.ts'
import { listNotices, withNotices } from './list-notices.ts'
import { readEvent } from './read-event.ts'
import { instantOf, secondsOf } from './read-fields.ts'

export interface EventsQuery {
  readonly since: Date
  readonly undelivered: boolean
  readonly after?: string
}
type Params = Stripe.EventListParams

const PAGE = 100

/**
 * Events oldest first, with the notices between them. Stripe lists the newest first and goes the other way only from an
 * event that is known, so without one time is cut into windows of at most a page.
 * https://docs.stripe.com/webhooks/process-undelivered-events
 */
export async function* listEvents(
  query: EventsQuery,
  client: ApiClient,
  now: Date,
): AsyncGenerator<ProviderEvent> {
  const notices = await listNotices(query.since, client)
  const known = notices.find(({ eventId }) => eventId === query.after)
  if (known) {
    // Those before it were listed. Times of snapshots are whole seconds.
    const since = new Date(Math.ceil(known.createdAt.getTime() / 1000) * 1000)
    const rest = notices.slice(notices.indexOf(known) + 1)
    return yield* withNotices(snapshots({ since, undelivered: query.undelivered }, client, now), rest)
  }
  yield* withNotices(snapshots(query, client, now), await noticesAfter(query.after, notices, client))
}

async function noticesAfter(
  after: string | undefined,
  notices: readonly ProviderEvent[],
  client: ApiClient,
): Promise<readonly ProviderEvent[]> {
  if (after === undefined || notices.length === 0) return notices
  const { created } = await client.call((stripe) => stripe.events.retrieve(after))
  return notices.filter(({ createdAt }) => createdAt > instantOf(created))
}

async function* snapshots(
  { since, undelivered, after }: EventsQuery,
  client: ApiClient,
  now: Date,
): AsyncGenerator<ProviderEvent> {
  const base: Params = { limit: PAGE, ...(undelivered ? { delivery_success: false } : {}) }
  const from = secondsOf(since)
  const events =
    after === undefined
      ? byWindows(base, client, { from, now: secondsOf(now) })
      : client.each((stripe) => stripe.events.list({ ...base, created: { gte: from }, ending_before: after }))
  for await (const event of events) yield readEvent(event)
}

async function* byWindows(
  base: Params,
  client: ApiClient,
  time: { from: number; now: number },
): AsyncGenerator<Stripe.Event> {
  let { from } = time
  let seconds = Math.max(1, time.now - from + 1)
  for (;;) {
    // The last window is open: what happens meanwhile belongs to it.
    const isLast = from + seconds > time.now
    const query = { ...base, created: { gte: from, ...(isLast ? {} : { lt: from + seconds }) } }
    const page = await client.call((stripe) => stripe.events.list(query))
    if (page.has_more && seconds > 1) {
      seconds = Math.floor(seconds / 2)
      continue
    }
    yield* page.has_more ? await reversed(query, client) : page.data.toReversed()
    if (isLast) return
    from += seconds
    seconds *= 2
  }
}

/** More than a page in one second. */
async function reversed(query: Params, client: ApiClient): Promise<readonly Stripe.Event[]> {
  return (await Array.fromAsync(client.each((stripe) => stripe.events.list(query)))).toReversed()
}
