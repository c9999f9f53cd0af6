import { and, asc, eq, lt } from 'drizzle-orm'
import type { Context } from '../run/context.ts'
import { askReports, type Report } from './ask.ts'
import { askLastUsage, endedTerms } from './last-usage.ts'
import { usageReports } from './schema.ts'
import { REMEMBERED_MS, type Sending, sendReport } from './send.ts'
import { settleByTotals } from './settle-by-totals.ts'
import { type Terms, termsOf } from './terms.ts'

/** One that is younger is with the run that wrote it. */
const ABANDONED_MS = 60_000
/** Reports that one run sends again at most. */
const MOST = 1000

/** Reports that have to wait before a run believes that the provider is out of reach. */
const MOST_WAITING = 10

export interface Pushed {
  readonly sent: number
  readonly refused: number
  readonly waits: number
}

/**
 * Tells the providers what was used and not yet told. First what an earlier run had begun, under the same identifiers; then
 * the difference of every hour between what was counted and what was told. Runs may overlap and end anywhere.
 */
export async function pushUsage(uses: Sending, ctx: Context): Promise<Pushed> {
  const told = { sent: 0, refused: 0, waits: 0 }
  const all = await termsOf(uses.db)
  await giveUpOld(uses, ctx)
  await settleByTotals(uses, ctx)
  for await (const { report, terms } of due(uses, ctx, all)) {
    told[await sendReport(uses, ctx, { report, periodStart: terms?.periodStart })]++
    if (ctx.signal.aborted || told.waits >= MOST_WAITING) break
  }
  return told
}

interface Due {
  readonly report: Report
  readonly terms: Terms | undefined
}

/** Writes new reports only when those before are on their way: what is asked for is sent within the minute. */
async function* due(uses: Sending, ctx: Context, all: readonly Terms[]): AsyncIterable<Due> {
  const now = uses.clock.now()
  for (const report of await abandoned(uses)) {
    const terms = termsFor(all, report)
    if (!terms || !isBehind(terms, now)) yield { report, terms }
  }
  for (const terms of all)
    if (!isBehind(terms, now))
      for (const report of await askReports(uses, ctx, terms)) yield { report, terms }
  for (const terms of await endedTerms(uses, all))
    for (const report of await askLastUsage(uses, ctx, terms)) yield { report, terms }
}

const termsFor = (all: readonly Terms[], { tenant, meter }: Report) =>
  all.find((terms) => terms.tenant === tenant && terms.meter === meter)

/** The period is over and the next one not yet mirrored: which invoice usage would go to cannot be told. */
const isBehind = ({ periodEnd }: Terms, now: Date) => periodEnd <= now

async function abandoned({ db, clock }: Sending): Promise<readonly Report[]> {
  const before = new Date(clock.now().getTime() - ABANDONED_MS)
  return db
    .select()
    .from(usageReports)
    .where(and(eq(usageReports.state, 'asked'), lt(usageReports.createdAt, before)))
    .orderBy(asc(usageReports.createdAt), asc(usageReports.identifier))
    .limit(MOST)
}

/**
 * Whether a report arrived that has been on its way for a day nobody can tell from here: sent again it might count twice,
 * left alone not at all. The first costs a customer, the second us: it is left, loudly, until the meter's total proves it or
 * somebody has looked.
 */
async function giveUpOld({ db, clock }: Sending, { log }: Context): Promise<void> {
  const before = new Date(clock.now().getTime() - REMEMBERED_MS)
  const rows = await db
    .update(usageReports)
    .set({ state: 'unknown' })
    .where(and(eq(usageReports.state, 'asked'), lt(usageReports.createdAt, before)))
    .returning({ identifier: usageReports.identifier })
  for (const { identifier } of rows)
    log.error('nobody knows whether this usage report arrived: look, then settleUnknown', {
      report: identifier,
    })
}
