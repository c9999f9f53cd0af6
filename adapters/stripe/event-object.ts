import type { ObjectKind, ObjectRef } from '../../core/billing/provider-objects.ts'
import type { SnapshotEvent } from './event-wire.ts'
import { idOf } from './read-fields.ts'

type About = SnapshotEvent['data']['object']

interface Target {
  readonly kind: ObjectKind
  /** Where the id is not the object's own. Null where the object does not tell: then nothing is to be done. */
  readonly id?: (object: About) => string | null
}

/**
 * What is fetched for an event about an object of that type. All else that Stripe tells of, such as discounts, sources and
 * tax ids, comes with the events of the object that it changes.
 */
const TARGETS: Readonly<Record<string, Target>> = {
  account: { kind: 'payee-account' },
  charge: { kind: 'payment', id: (charge) => idOf(charge.payment_intent) ?? charge.id ?? null },
  'checkout.session': { kind: 'checkout' },
  credit_note: { kind: 'invoice', id: (note) => idOf(note.invoice) ?? note.id ?? null },
  customer: { kind: 'customer' },
  dispute: { kind: 'dispute' },
  invoice: { kind: 'invoice' },
  invoice_payment: { kind: 'invoice', id: (row) => idOf(row.invoice) ?? row.id ?? null },
  payment_intent: { kind: 'payment' },
  payment_method: { kind: 'payment-method' },
  payout: { kind: 'payout' },
  price: { kind: 'price' },
  product: { kind: 'product' },
  refund: { kind: 'refund' },
  // One that was begun has no method yet: the event of the method follows.
  setup_intent: { kind: 'payment-method', id: (setup) => idOf(setup.payment_method) },
  subscription: { kind: 'subscription' },
  subscription_schedule: { kind: 'subscription', id: (s) => idOf(s.subscription) ?? s.id ?? null },
  transfer: { kind: 'transfer' },
}

/** Of a payee's own account these alone are ours: its charges are the other side of our transfers. */
const OF_PAYEES: ReadonlySet<ObjectKind> = new Set(['payout', 'payee-account'])

/** Thin events that are about nothing that could be fetched: the event itself is. */
export const NOTICES = {
  'billing.meter.error_report_triggered': 'meter-refused-usage',
  'billing.meter.no_meter_found': 'meter-refused-usage',
  'v2.core.health.event_generation_failure.resolved': 'events-were-not-generated',
} as const

export const isNotice = (type: string): type is keyof typeof NOTICES => Object.hasOwn(NOTICES, type)

/** `v1.invoice.paid` of a thin event is `invoice.paid` of a snapshot. Names of v2 keep theirs. */
export const plainType = (type: string): string => type.replace(/^v1\./, '')

/**
 * The object that an event asks to be fetched; null for what is of no use here. With a thin event the object is its
 * `related_object`: what only the whole object tells, `fetch` finds out.
 */
export function objectOf(
  object: Partial<About> & { object: string },
  account: string | null,
): ObjectRef | null {
  if (object.object === 'application' && account)
    return { kind: 'payee-account', id: account, accountId: null }
  const target = Object.hasOwn(TARGETS, object.object) ? TARGETS[object.object] : undefined
  if (!target || (account !== null && !OF_PAYEES.has(target.kind))) return null
  // Our own account is no payee's.
  if (target.kind === 'payee-account' && account === null) return null
  const id = object.id ? (target.id ? target.id({ ...object, id: object.id }) : object.id) : null
  return id ? { kind: target.kind, id, accountId: target.kind === 'payout' ? account : null } : null
}
