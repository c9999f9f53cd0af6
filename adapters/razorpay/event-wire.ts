import * as z from 'zod/mini'

const id = z.string().check(z.minLength(1), z.maxLength(64))
/** Of a snapshot only that which tells what to fetch. */
const Entity = z.object({ id, invoice_id: z.nullish(id), plan_id: z.nullish(id) })

/** https://razorpay.com/docs/webhooks/payloads/ */
export const WebhookEvent = z.object({
  entity: z.literal('event'),
  account_id: z.nullish(id),
  event: z.string().check(z.minLength(1), z.maxLength(255)),
  payload: z.record(z.string(), z.object({ entity: z.record(z.string(), z.unknown()) })),
  created_at: z.int(),
})
export type WebhookEvent = z.infer<typeof WebhookEvent>

export const entityIn = (event: WebhookEvent, name: string): z.infer<typeof Entity> | undefined => {
  const read = z.safeParse(Entity, event.payload[name]?.entity)
  return read.success ? read.data : undefined
}
