import { and, eq, gt } from 'drizzle-orm'
import { PaymentRefused, PaymentUnavailable } from '../ports/payments.ts'
import type { Context } from '../run/context.ts'
import { NotSupported } from '../run/not-supported.ts'
import type { Report } from './ask.ts'
import { DAY_MS, HOUR_MS, hourOf } from './model.ts'
import { type Nano, nanoOf } from './quantity.ts'
import { settleUnknown } from './retry-refused.ts'
import { usageReports } from './schema.ts'
import { REMEMBERED_MS, type Sending } from './send.ts'

/** A total may lack what was sent in the last hour; twice that. */
const LAGS_MS = 2 * HOUR_MS
/** What no total has proved for so long is the operator's. */
const TRIED_MS = 7 * DAY_MS

/**
 * Settles reports of which nobody knows whether they arrived, where the provider's total leaves one answer: it has all of
 * them beside what surely arrived, or none. Any other total, also one that somebody else has added to, proves nothing.
 */
export async function settleByTotals(uses: Sending, ctx: Context): Promise<void> {
  for (const meter of await metersInDoubt(uses)) {
    const proof = await proofOf(uses, ctx, meter)
    if (!proof) continue
    for (const identifier of proof.identifiers)
      if (await settleUnknown(uses, { identifier, arrived: proof.arrived }))
        ctx.log.info('the total of the meter tells what became of a report', {
          report: identifier,
          arrived: proof.arrived,
        })
  }
}

type Counted = Pick<Report, 'provider' | 'providerCustomerId' | 'meter'>

async function metersInDoubt({ db, clock }: Sending): Promise<readonly Counted[]> {
  const { provider, providerCustomerId, meter, kind, state, createdAt } = usageReports
  const since = new Date(clock.now().getTime() - TRIED_MS)
  return db
    .selectDistinct({ provider, providerCustomerId, meter })
    .from(usageReports)
    .where(and(eq(kind, 'meter'), eq(state, 'unknown'), gt(createdAt, since)))
    .orderBy(provider, providerCustomerId, meter)
}

interface Proof {
  readonly arrived: boolean
  readonly identifiers: readonly string[]
}

async function proofOf(uses: Sending, ctx: Context, counted: Counted): Promise<Proof | undefined> {
  const to = hourOf(new Date(uses.clock.now().getTime() - LAGS_MS))
  const reports = (await reportsOf(uses, counted)).filter(({ hour }) => hour < to)
  const [first] = reports
  if (!first || reports.some((report) => isTooFresh(report, to))) return undefined
  const sumOf = (state: Report['state']) => sum(reports.filter((report) => report.state === state))
  const [sent, unknown] = [sumOf('sent'), sumOf('unknown')]
  const total = await totalOf(uses, ctx, { ...counted, from: first.hour, to })
  if (total !== sent && total !== sent + unknown) return undefined
  const identifiers = reports.filter(({ state }) => state === 'unknown').map(({ identifier }) => identifier)
  return { arrived: total !== sent, identifiers }
}

/** All that was ever told of it, earliest usage first: no report is told to have been before its hour. */
const reportsOf = ({ db }: Sending, { provider, providerCustomerId, meter }: Counted) =>
  db
    .select()
    .from(usageReports)
    .where(
      and(
        eq(usageReports.provider, provider),
        eq(usageReports.providerCustomerId, providerCustomerId),
        eq(usageReports.meter, meter),
        eq(usageReports.kind, 'meter'),
      ),
    )
    .orderBy(usageReports.hour, usageReports.identifier)

/**
 * Whether it may be missing in a total of what was before `to`: sent since then, or told to have been later than its hour,
 * which is done when a period has begun since.
 */
const isTooFresh = ({ state, sentAt, createdAt }: Report, to: Date): boolean =>
  state === 'asked' ||
  (state === 'sent' && (sentAt === null || sentAt >= to)) ||
  (state === 'unknown' && createdAt.getTime() + REMEMBERED_MS >= to.getTime())

async function totalOf(
  { payments }: Sending,
  { log }: Context,
  { provider, providerCustomerId: customerId, meter, from, to }: Counted & { from: Date; to: Date },
): Promise<Nano | undefined> {
  try {
    return nanoOf(await payments.of(provider).usageTotal({ meter, customerId, from, to }))
  } catch (error) {
    const isNoAnswer = [PaymentRefused, PaymentUnavailable, NotSupported].some((no) => error instanceof no)
    if (!isNoAnswer) throw error
    log.warn('the provider tells no total of a meter', { error, provider, customer: customerId, meter })
    return undefined
  }
}

const sum = (reports: readonly Report[]): Nano =>
  reports.reduce((all, { quantity }) => all + nanoOf(quantity), 0n)
