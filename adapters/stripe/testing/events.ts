/** A snapshot event in the shape of https://docs.stripe.com/api/events/object. */
export const snapshotEvent = (
  type: string,
  object: Record<string, unknown>,
  more: Record<string, unknown> = {},
) => ({
  id: 'evt_1QsnapshotA',
  object: 'event',
  api_version: '2026-10-28.endive',
  created: 1_795_000_000,
  data: { object },
  livemode: false,
  pending_webhooks: 1,
  request: { id: 'req_1', idempotency_key: null },
  type,
  ...more,
})

/** A thin event in the shape of https://docs.stripe.com/event-destinations#thin-events. */
export const thinEvent = (
  type: string,
  related: { id: string; type: string } | null,
  more: Record<string, unknown> = {},
) => ({
  id: 'evt_test_61thinA',
  object: 'v2.core.event',
  type,
  livemode: false,
  created: '2026-11-20T12:00:00.123Z',
  context: null,
  related_object: related && { ...related, url: `/v1/things/${related.id}` },
  reason: { type: 'request', request: { id: 'req_1', idempotency_key: null } },
  ...more,
})
