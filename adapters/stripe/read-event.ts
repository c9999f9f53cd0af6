import * as z from 'zod/mini'
import type { ProviderEvent } from '../../core/billing/provider-objects.ts'
import { WebhookRefused } from '../../core/ports/payments.ts'
import { isNotice, objectOf, plainType } from './event-object.ts'
import { AnyEvent, type SnapshotEvent, type ThinEvent } from './event-wire.ts'
import { instantOf } from './read-fields.ts'

/** An event of either form in our words. Throws `WebhookRefused` for what is none. */
export function readEvent(payload: unknown): ProviderEvent {
  const parsed = z.safeParse(AnyEvent, payload)
  // The issues would repeat parts of the body.
  if (!parsed.success) throw new WebhookRefused('malformed', 'this is no event of Stripe')
  return parsed.data.object === 'event' ? readSnapshot(parsed.data) : readThin(parsed.data)
}

const readSnapshot = (event: SnapshotEvent): ProviderEvent => ({
  provider: 'stripe',
  eventId: event.id,
  dedupeId: event.id,
  type: event.type,
  about: objectOf(event.data.object, event.account ?? null),
  livemode: event.livemode,
  account: event.account ?? null,
  createdAt: instantOf(event.created),
})

function readThin(event: ThinEvent): ProviderEvent {
  const type = plainType(event.type)
  const account = accountOf(event)
  return {
    provider: 'stripe',
    eventId: event.id,
    dedupeId: event.snapshot_event ?? event.id,
    type,
    about: isNotice(type) ? { kind: 'notice', id: event.id, accountId: null } : relatedOf(event, account),
    livemode: event.livemode,
    account,
    createdAt: new Date(event.created),
  }
}

// An organisation's context is a path: `acct_of_the_platform/acct_of_the_payee`.
const accountOf = ({ context }: ThinEvent): string | null => context?.split('/').at(-1) || null

/** A setup intent and a charge are told by their own ids here: `fetch` finds the method, the payment. */
function relatedOf({ type, related_object: related }: ThinEvent, account: string | null) {
  if (!related)
    return plainType(type).startsWith('account.application.')
      ? objectOf({ object: 'application' }, account)
      : null
  if (related.type === 'setup_intent')
    return account === null ? ({ kind: 'payment-method', id: related.id, accountId: null } as const) : null
  return objectOf({ id: related.id, object: related.type }, account)
}
