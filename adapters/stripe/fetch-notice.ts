import type { NoticeObject } from '../../core/billing/provider-objects.ts'
import type { ApiClient } from './api-client.ts'
import { isNotice, NOTICES, plainType } from './event-object.ts'

/** The data of a thin event that is about no object. https://docs.stripe.com/api/v2/core/events/retrieve */
export async function fetchNotice(id: string, client: ApiClient): Promise<NoticeObject | undefined> {
  const event = await client.find((stripe) => stripe.v2.core.events.retrieve(id))
  const type = event && plainType(event.type)
  if (!event || !type || !isNotice(type)) return undefined
  return {
    kind: 'notice',
    id: event.id,
    livemode: event.livemode,
    notice: NOTICES[type],
    details: detailsOf(event),
  }
}

/** What it says, and about which object: the meter that refused usage. */
function detailsOf(event: object): Record<string, unknown> {
  const { data, related_object: related } = event as { data?: object; related_object?: { id: string } | null }
  return { ...data, ...(related ? { objectId: related.id } : {}) }
}
