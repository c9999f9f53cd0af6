import * as z from 'zod/mini'
import type { ObjectKind, ProviderEvent } from '../../core/billing/provider-objects.ts'
import { WebhookRefused } from '../../core/ports/payments.ts'
import { idInLink } from './links.ts'
import type { PaypalSettings } from './settings.ts'

const id = z.string().check(z.minLength(1), z.maxLength(255))
const Links = z._default(z.array(z.object({ rel: z.string(), href: z.string() })), [])

/** Of the resource only that which tells what to fetch. https://developer.paypal.com/api/rest/webhooks/event-names/ */
const WebhookEvent = z.object({
  id,
  event_type: id,
  resource_type: z.nullish(z.string()),
  create_time: z.iso.datetime({ offset: true }),
  resource: z.object({
    id: z.nullish(id),
    dispute_id: z.nullish(id),
    sale_id: z.nullish(id),
    plan_id: z.nullish(id),
    links: Links,
  }),
})
type WebhookEvent = z.infer<typeof WebhookEvent>

interface About {
  readonly kind: ObjectKind
  readonly id: string
}

/**
 * The events of a delivery: one for each object that it changed, such as a refund and the payment that it is of. All have
 * the id of the delivery.
 */
export function readEvent(json: unknown, { environment }: PaypalSettings): readonly ProviderEvent[] {
  const read = z.safeParse(WebhookEvent, json)
  if (!read.success) throw new WebhookRefused('malformed', 'the signed body is no event of PayPal')
  const { id: eventId, event_type: type, create_time } = read.data
  const one = (about: About | undefined, dedupeId: string): ProviderEvent => ({
    ...{ provider: 'paypal', eventId, dedupeId, type, livemode: environment === 'live', account: null },
    about: about ? { ...about, accountId: null } : null,
    createdAt: new Date(create_time),
  })
  const [first, ...more] = aboutOf(read.data)
  return [one(first, eventId), ...more.map((about) => one(about, `${eventId}/${about.kind}`))]
}

function aboutOf({ resource_type, resource }: WebhookEvent): readonly About[] {
  const type = resource_type?.toLowerCase()
  const { id: own, dispute_id, sale_id, plan_id, links } = resource
  if (type === 'dispute') return dispute_id ? [{ kind: 'dispute', id: dispute_id }] : []
  if (!own) return []
  if (type === 'refund' || sale_id)
    return [{ kind: 'refund', id: own }, ...paymentOf(sale_id ?? idInLink(links, 'up'))]
  if (type === 'capture' || type === 'sale') return [{ kind: 'payment', id: own }]
  // Plans tell of themselves only when they change, so that of a subscription is asked for along with it.
  if (type === 'subscription')
    return [
      { kind: 'subscription', id: own },
      ...(plan_id ? [{ kind: 'product', id: plan_id } as const] : []),
    ]
  return type === 'plan' ? [{ kind: 'product', id: own }] : []
}

const paymentOf = (id: string | null): readonly About[] => (id === null ? [] : [{ kind: 'payment', id }])
