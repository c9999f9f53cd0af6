import { type Entitlement, entitlementsOf } from '../billing/entitlements.ts'
import type { Uses } from '../ports/ports.ts'
import type { UserId } from '../run/id.ts'

/** What a viewer's plans let them do with films. */
export interface ViewerPlan {
  has(feature: string): boolean
  /** Screens at once for films that are for subscribers. */
  readonly screens: number
  /** Until when what has the feature is paid; `undefined` where that is not known, or nothing has it. */
  paidUntil(feature: string): Date | undefined
}

/** Of nobody in particular, and of whoever pays for nothing. */
export const NO_PLAN: ViewerPlan = { has: () => false, screens: 1, paidUntil: () => undefined }

/** By the mirrored state of the payment provider, asked afresh each time. */
export async function planOf({ db, clock }: Uses<'db' | 'clock'>, userId: UserId): Promise<ViewerPlan> {
  const now = clock.now()
  const all = await entitlementsOf(db, { userId }, now)
  const features = new Set(all.map(({ feature }) => feature))
  const has = (feature: string) => features.has(feature)
  const paidUntil = (feature: string) =>
    latest(all.filter((one) => one.feature === feature).map((one) => endOf(one, now)))
  return { has, screens: screensOf(has), paidUntil }
}

const screensOf = (has: ViewerPlan['has']): number => {
  if (has('four-screens')) return 4
  return has('two-screens') ? 2 : 1
}

/** A period that is over while its plan still opens: the provider has not told of the next one yet. */
function endOf({ periodEnd, cancelAt }: Entitlement, now: Date): Date | undefined {
  const period = periodEnd > now ? periodEnd : undefined
  if (cancelAt === null) return period
  return period && period < cancelAt ? period : cancelAt
}

/** One that is open without an end leaves the whole open. */
function latest(ends: readonly (Date | undefined)[]): Date | undefined {
  if (ends.includes(undefined)) return undefined
  return ends.reduce((last, end) => (last && end && last > end ? last : end), undefined)
}
