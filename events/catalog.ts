import type { BillingEvents } from './billing.ts'
import type { IdentityEvents } from './identity.ts'
import type { StorageEvents } from './storage.ts'
import type { VideoEvents } from './video.ts'

/** Every event by name, with the schema version of its data. A consumer refuses a version that it does not know. */
export const CATALOG = {
  'storage.object.created': { version: 1 },
  'user.registered': { version: 1 },
  'video.uploaded': { version: 1 },
  'video.playable': { version: 1 },
  'video.ready': { version: 1 },
  'video.failed': { version: 1 },
  'video.protecting': { version: 1 },
  'video.protected': { version: 1 },
  'video.deleted': { version: 1 },
  'billing.webhook.received': { version: 1 },
  'billing.provider.event': { version: 1 },
  'billing.subscription.started': { version: 1 },
  'billing.subscription.changed': { version: 1 },
  'billing.subscription.trial-ending': { version: 1 },
  'billing.subscription.ended': { version: 1 },
  'billing.invoice.paid': { version: 1 },
  'billing.payment.failed': { version: 1 },
  'billing.payment.refunded': { version: 1 },
  'billing.dispute.opened': { version: 1 },
  'billing.dispute.closed': { version: 1 },
  'billing.dunning.started': { version: 1 },
  'billing.dunning.reminded': { version: 1 },
  'billing.dunning.grace': { version: 1 },
  'billing.dunning.restricted': { version: 1 },
  'billing.dunning.downgraded': { version: 1 },
  'billing.dunning.win-back': { version: 1 },
  'billing.dunning.recovered': { version: 1 },
  'billing.dunning.stopped': { version: 1 },
  'billing.dunning.lost': { version: 1 },
  'billing.payout.failed': { version: 1 },
  'billing.usage.refused': { version: 1 },
} as const satisfies Record<keyof Events, { version: number }>

export type Events = StorageEvents & IdentityEvents & VideoEvents & BillingEvents
export type EventType = keyof Events & string
export type EventData<T extends EventType> = Events[T]

/** One event on the wire. Fields as in CloudEvents 1.0; `attempt` is added on delivery. */
export interface EventOf<T extends EventType> {
  readonly id: string
  readonly type: T
  readonly source: string
  readonly subject?: string
  readonly time: string
  readonly data: EventData<T>
  readonly traceparent?: string
}
export type AnyEvent = { [T in EventType]: EventOf<T> }[EventType]
