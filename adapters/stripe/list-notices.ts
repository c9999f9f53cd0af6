import type { ProviderEvent } from '../../core/billing/provider-objects.ts'
import type { ApiClient } from './api-client.ts'
import { NOTICE_EVENTS } from './endpoint.ts'
import { readEvent } from './read-event.ts'

/**
 * Events that exist in the thin form alone, oldest first: the list of snapshots has none of them. They are few, so all of
 * the time are held at once. https://docs.stripe.com/api/v2/core/events/list
 */
export async function listNotices(since: Date, client: ApiClient): Promise<readonly ProviderEvent[]> {
  // Times of v2 are texts; the SDK has the numbers of v1 as their type.
  const gte = since.toISOString() as unknown as number
  const query = { types: [...NOTICE_EVENTS], created: { gte }, limit: 100 }
  const found = await Array.fromAsync(client.each((stripe) => stripe.v2.core.events.list(query)))
  const events = found.map((event) => readEvent({ ...event }))
  return events.sort((one, other) => one.createdAt.getTime() - other.createdAt.getTime())
}

/** Both, by time: a notice comes before what happened after it. */
export async function* withNotices(
  events: AsyncIterable<ProviderEvent>,
  notices: readonly ProviderEvent[],
): AsyncGenerator<ProviderEvent> {
  let next = 0
  for await (const event of events) {
    for (let notice = notices[next]; notice && notice.createdAt <= event.createdAt; notice = notices[next]) {
      yield notice
      next += 1
    }
    yield event
  }
  yield* notices.slice(next)
}
