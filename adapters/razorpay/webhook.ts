import { createHmac } from 'node:crypto'
import * as z from 'zod/mini'
import type { ObjectKind, ProviderEvent } from '../../core/billing/provider-objects.ts'
import { type WebhookDelivery, WebhookRefused } from '../../core/ports/payments.ts'
import type { Secrets } from '../../core/ports/secrets.ts'
import { signedJson } from '../provider-api/exact-text.ts'
import { liveOnes } from '../provider-api/secret-form.ts'
import { isSame } from '../provider-api/signature.ts'
import { entityIn, WebhookEvent } from './event-wire.ts'
import { isLive, type RazorpaySettings, razorpaySettings } from './settings.ts'

/**
 * Razorpay's webhooks. No time is signed but that of the event, and an event is sent again for 24 hours: an old one cannot
 * be told from a late one, and none is refused for its age. One that is replayed makes its object be fetched, no more.
 * https://razorpay.com/docs/webhooks/validate-test/
 */
export function openWebhooks(secrets: Secrets) {
  return async (delivery: WebhookDelivery, now: Date): Promise<readonly ProviderEvent[]> => {
    const settings = await razorpaySettings(secrets)
    const live = liveOnes(settings.webhookSecrets, { now, name: 'razorpay' })
    verify(
      delivery,
      live.map(({ secret }) => secret),
    )
    return eventsOf(read(delivery.body), eventId(delivery), settings)
  }
}

function verify({ body, headers }: WebhookDelivery, secrets: readonly string[]): void {
  const given = headers['x-razorpay-signature'] ?? ''
  const fits = secrets.filter((secret) => isSame(signatureOf(body, secret), given))
  if (fits.length === 0) throw new WebhookRefused('signature', 'no signature fits the body')
}

export const signatureOf = (body: Uint8Array, secret: string): string =>
  createHmac('sha256', secret).update(body).digest('hex')

/** The same for each repetition. It is not signed: with another one the same event would be fetched once more. */
function eventId({ headers }: WebhookDelivery): string {
  const id = headers['x-razorpay-event-id'] ?? ''
  if (!/^\S{1,200}$/.test(id)) throw new WebhookRefused('malformed', 'the delivery has no event id')
  return id
}

function read(body: Uint8Array): WebhookEvent {
  const parsed = z.safeParse(WebhookEvent, signedJson(body))
  if (parsed.success) return parsed.data
  throw new WebhookRefused('malformed', 'the signed body is no event of Razorpay')
}

interface About {
  readonly kind: ObjectKind
  readonly id: string
}

/**
 * One event for each object that it tells of: `subscription.charged` is about a payment and its invoice, too, and their
 * own events may not be switched on. All have the id of the delivery.
 */
function eventsOf(event: WebhookEvent, id: string, settings: RazorpaySettings): readonly ProviderEvent[] {
  const [first, ...more] = aboutOf(event)
  const one = (about: About | undefined, dedupeId: string): ProviderEvent => ({
    ...{ provider: 'razorpay', eventId: id, dedupeId, type: event.event, livemode: isLive(settings) },
    about: about ? { ...about, accountId: null } : null,
    account: otherAccount(event, settings),
    createdAt: new Date(event.created_at * 1000),
  })
  return [one(first, id), ...more.map((about) => one(about, `${id}/${about.kind}`))]
}

/** Null for our own: it is told by another name than the account of the deployment. */
const otherAccount = ({ account_id: id }: WebhookEvent, { accountId }: RazorpaySettings): string | null =>
  accountId === undefined || id === accountId ? null : (id ?? null)

/** What Razorpay calls them. The rest (orders, payment links, settlements) comes with the payments that it is about. */
const KINDS = ['subscription', 'dispute', 'refund', 'payment', 'invoice'] as const

function aboutOf(event: WebhookEvent): readonly About[] {
  const named = KINDS.flatMap((kind): readonly About[] => {
    const entity = entityIn(event, kind)
    if (!entity) return []
    // The plan is what is sold: Razorpay sends no events of its plans.
    const plan =
      kind === 'subscription' && entity.plan_id ? [{ kind: 'product', id: entity.plan_id } as const] : []
    const invoice =
      kind === 'payment' && entity.invoice_id ? [{ kind: 'invoice', id: entity.invoice_id } as const] : []
    return [{ kind, id: entity.id }, ...plan, ...invoice]
  })
  return [...new Map(named.map((about) => [about.kind, about])).values()]
}
