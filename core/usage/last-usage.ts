import { and, desc, eq, gte, isNotNull, isNull, lt, sum } from 'drizzle-orm'
import { invoices } from '../billing/schema.ts'
import type { Transaction } from '../ports/database.ts'
import type { Context } from '../run/context.ts'
import { type Asking, ask, openHours, type Report } from './ask.ts'
import { DAY_MS, hourOf, OLDEST_USAGE_DAYS } from './model.ts'
import { asLine, isOwed, type OpenHour, type PlannedReport } from './plan-reports.ts'
import { nanoOf } from './quantity.ts'
import { usageEvents, usageRollups } from './schema.ts'
import { type EndedTerms, endedTermsOf, type Terms } from './terms.ts'

/** What was used until the end is counted by then, and the provider's last invoice still a draft: at Stripe for an hour. */
const SETTLED_MS = 10 * 60_000

/**
 * Subscriptions that have ended and may owe usage that no meter was told of: of their last minutes, parts of a unit, and what
 * arrived late. What another subscription of the tenant is billed for is left to that one.
 */
export async function endedTerms(
  { db, clock }: Asking,
  running: readonly Terms[],
): Promise<readonly EndedTerms[]> {
  const now = clock.now().getTime()
  const ended = await endedTermsOf(db, new Date(now - OLDEST_USAGE_DAYS * DAY_MS))
  return ended.filter(
    (terms) =>
      terms.endedAt.getTime() + SETTLED_MS <= now &&
      !running.some((other) => isSame(other, terms) && other.startedAt < terms.endedAt),
  )
}

const isSame = (one: Terms, other: Terms) => one.tenant === other.tenant && one.meter === other.meter

/** Decides what a subscription that has ended still owes, as one line of a meter. */
export const askLastUsage = (uses: Asking, ctx: Context, terms: EndedTerms): Promise<readonly Report[]> =>
  ask(uses, ctx, terms, async (tx) => {
    const open = (await openHours(tx, terms)).filter((hour) => isOwed(hour, terms))
    const lines = asLine('final', await untilEnd(tx, open, terms), terms)
    return lines.length === 0 ? [] : withDraft(lines, await lastDraft(tx, terms))
  })

/** Of the hour of the end only what was before it: nobody has agreed to pay for the rest. */
async function untilEnd(
  tx: Transaction,
  hours: readonly OpenHour[],
  { tenant, meter, endedAt }: EndedTerms,
): Promise<readonly OpenHour[]> {
  const last = hourOf(endedAt)
  const whole = hours.filter(({ hour }) => hour < last)
  if (!hours.some(({ hour }) => hour.getTime() === last.getTime())) return whole
  const [used] = await tx
    .select({ quantity: sum(usageEvents.quantity) })
    .from(usageEvents)
    .where(
      and(
        eq(usageEvents.tenant, tenant),
        eq(usageEvents.meter, meter),
        gte(usageEvents.at, last),
        lt(usageEvents.at, endedAt),
        isNotNull(usageEvents.countedAt),
      ),
    )
  const [told] = await tx
    .select({ quantity: usageRollups.reportedQuantity })
    .from(usageRollups)
    .where(and(eq(usageRollups.tenant, tenant), eq(usageRollups.meter, meter), eq(usageRollups.hour, last)))
  const open = nanoOf(used?.quantity ?? '0') - nanoOf(told?.quantity ?? '0')
  return open > 0n ? [...whole, { hour: last, open }] : whole
}

async function lastDraft(tx: Transaction, { provider, subscriptionId, endedAt }: EndedTerms) {
  const [found] = await tx
    .select({ id: invoices.id })
    .from(invoices)
    .where(
      and(
        eq(invoices.provider, provider),
        eq(invoices.subscriptionId, subscriptionId),
        eq(invoices.status, 'draft'),
        // An older draft was left by somebody and may never be sent.
        gte(invoices.createdAt, new Date(endedAt.getTime() - SETTLED_MS)),
        isNull(invoices.deletedAt),
      ),
    )
    .orderBy(desc(invoices.createdAt))
    .limit(1)
  return found?.id ?? null
}

const withDraft = (lines: readonly PlannedReport[], invoiceId: string | null): readonly PlannedReport[] =>
  lines.map((line) => ({ ...line, invoiceId }))
