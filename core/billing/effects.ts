import { and, eq, sql } from 'drizzle-orm'
import type { EventData } from '../../events/catalog.ts'
import type { CustomerId } from '../run/id.ts'
import type { Applying } from './applying.ts'
import { billingCustomers, billingEffects, payments } from './schema.ts'

/** Does `body` the first time that this object has this effect, and answers whether it was. */
export async function once(
  at: TellingAt,
  objectId: string,
  effect: string,
  body: () => Promise<void>,
): Promise<boolean> {
  const row = { provider: at.provider, objectId, effect, at: at.now }
  const first = await at.tx.insert(billingEffects).values(row).onConflictDoNothing().returning()
  if (first.length > 0) await body()
  return first.length > 0
}

/** Events that name our customer. */
export type ToldType =
  | 'billing.subscription.started'
  | 'billing.subscription.changed'
  | 'billing.subscription.trial-ending'
  | 'billing.subscription.ended'
  | 'billing.invoice.paid'
  | 'billing.payment.failed'
  | 'billing.payment.refunded'
  | 'billing.dunning.started'
  | 'billing.dunning.reminded'
  | 'billing.dunning.grace'
  | 'billing.dunning.restricted'
  | 'billing.dunning.downgraded'
  | 'billing.dunning.win-back'
  | 'billing.dunning.recovered'
  | 'billing.dunning.stopped'
  | 'billing.dunning.lost'
/** What telling is done with. */
export type TellingAt = Pick<Applying, 'tx' | 'emit' | 'provider' | 'now'>
/** By what of the provider's our customer is found: themselves, or a payment of theirs. */
export type Whose = { readonly customer: string } | { readonly payment: string }

export interface Telling<T extends ToldType> {
  readonly type: T
  /** The provider's id of what it tells about. */
  readonly objectId: string
  /** Once for each of these. */
  readonly effect: string
  readonly whose: Whose
  readonly data: Omit<EventData<T>, 'customerId' | 'provider'>
}

/**
 * Emits an event about a customer, once. Where we do not know the customer yet, because its own webhook is still on its
 * way, the event waits in the row and `release` sends it.
 */
export async function tell<T extends ToldType>(at: TellingAt, telling: Telling<T>): Promise<boolean> {
  const { type, objectId, effect, whose } = telling
  // Nobody's yet: it would wait for a customer without an id, and not be told of again once it is somebody's.
  if ('customer' in whose && whose.customer === '') return false
  const event = { type, subject: objectId, data: { ...telling.data, provider: at.provider } }
  return once(at, objectId, effect, () => send(at, { objectId, effect, event }, whose))
}

/** Sends what waited for this customer or payment. Call it when one was written, in the same transaction. */
export async function release(at: TellingAt, whose: Whose): Promise<void> {
  await lock(at, whose)
  const waiting = await at.tx
    .select()
    .from(billingEffects)
    .where(and(eq(billingEffects.provider, at.provider), eq(billingEffects.waitsFor, nameOf(whose))))
    .orderBy(billingEffects.at, billingEffects.objectId, billingEffects.effect)
  for (const { objectId, effect, event } of waiting) {
    if (!event) continue
    await keep(at, { objectId, effect }, { waitsFor: null, event: null })
    await send(at, { objectId, effect, event: event as Waiting['event'] }, whose)
  }
}

interface Waiting {
  readonly objectId: string
  readonly effect: string
  readonly event: { type: ToldType; subject: string; data: Record<string, unknown> }
}

async function send(at: TellingAt, waiting: Waiting, whose: Whose): Promise<void> {
  const [{ event }, found] = [waiting, await customerOf(at, whose)]
  if ('waitsFor' in found) return keep(at, waiting, { waitsFor: found.waitsFor, event })
  const data = { ...event.data, customerId: found.customerId }
  await at.emit({ ...event, data: data as unknown as EventData<ToldType> })
}

async function keep(
  { tx, provider }: TellingAt,
  { objectId, effect }: Omit<Waiting, 'event'>,
  set: Pick<typeof billingEffects.$inferSelect, 'waitsFor' | 'event'>,
): Promise<void> {
  const same = and(eq(billingEffects.objectId, objectId), eq(billingEffects.effect, effect))
  await tx
    .update(billingEffects)
    .set(set)
    .where(and(eq(billingEffects.provider, provider), same))
}

type Found = { readonly customerId: CustomerId } | { readonly waitsFor: string }

/** Our customer, or what must be written first. A payment's lock comes before its customer's, here and in `release`. */
export async function customerOf(at: TellingAt, whose: Whose): Promise<Found> {
  if ('customer' in whose) {
    const customerId = await lockedLook(at, whose, () => customerAt(at, whose.customer))
    return customerId ? { customerId } : { waitsFor: nameOf(whose) }
  }
  const customer = await lockedLook(at, whose, () => payerOf(at, whose.payment))
  return customer ? customerOf(at, { customer }) : { waitsFor: nameOf(whose) }
}

/**
 * What is not there is looked for once more under a lock that its writer takes, too: else both could commit without having
 * seen each other, the one what waits and the other what it waits for, and nothing would ever bring them together.
 */
async function lockedLook<T>(
  at: TellingAt,
  whose: Whose,
  look: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const found = await look()
  if (found !== undefined) return found
  await lock(at, whose)
  return look()
}

const nameOf = (whose: Whose): string =>
  'customer' in whose ? `customer:${whose.customer}` : `payment:${whose.payment}`

async function lock(at: TellingAt, whose: Whose): Promise<void> {
  const name = `billing-effects ${at.provider} ${nameOf(whose)}`
  await at.tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`)
}

async function customerAt({ tx, provider }: TellingAt, providerId: string): Promise<CustomerId | undefined> {
  const here = and(eq(billingCustomers.provider, provider), eq(billingCustomers.providerId, providerId))
  return (await tx.select({ id: billingCustomers.id }).from(billingCustomers).where(here))[0]?.id
}

async function payerOf({ tx, provider }: TellingAt, paymentId: string): Promise<string | undefined> {
  const here = and(eq(payments.provider, provider), eq(payments.id, paymentId))
  const [row] = await tx.select({ customer: payments.providerCustomerId }).from(payments).where(here)
  return row?.customer ?? undefined
}
