import * as z from 'zod/mini'

const id = z.string().check(z.minLength(1), z.maxLength(255))
const type = z.string().check(z.minLength(1), z.maxLength(255))
/** Another form, in objects of which we know nothing, is as good as none: the event is kept all the same. */
const reference = z.catch(z.nullish(z.union([z.string(), z.object({ id })])), undefined)

/**
 * Of a snapshot's object only that which tells what to fetch: the rest is of whatever version the endpoint was made with.
 * `invoice.upcoming` comes without an id.
 */
const SnapshotObject = z.object({
  id: z.nullish(z.string()),
  object: z.string(),
  payment_intent: reference,
  payment_method: reference,
  invoice: reference,
  subscription: reference,
})

/** https://docs.stripe.com/api/events/object */
export const SnapshotEvent = z.object({
  id,
  object: z.literal('event'),
  type,
  created: z.int(),
  livemode: z.boolean(),
  account: z.nullish(z.string()),
  data: z.object({ object: SnapshotObject }),
})
export type SnapshotEvent = z.infer<typeof SnapshotEvent>

/** https://docs.stripe.com/event-destinations#thin-events */
export const ThinEvent = z.object({
  id,
  object: z.literal('v2.core.event'),
  type,
  created: z.iso.datetime({ offset: true }),
  livemode: z.boolean(),
  context: z.nullish(z.string()),
  related_object: z.nullish(z.object({ id: z.string(), type: z.string() })),
  snapshot_event: z.nullish(z.string()),
})
export type ThinEvent = z.infer<typeof ThinEvent>

/** Either form, told apart by `object`. */
export const AnyEvent = z.discriminatedUnion('object', [SnapshotEvent, ThinEvent])
