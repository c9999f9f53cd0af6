import { and, eq } from 'drizzle-orm'
import type { Currency } from '../billing/money.ts'
import { PaymentRefused, PaymentUnavailable } from '../ports/payments.ts'
import type { Uses } from '../ports/ports.ts'
import type { Context } from '../run/context.ts'
import { commit } from '../run/emit.ts'
import { NotSupported } from '../run/not-supported.ts'
import type { Report } from './ask.ts'
import { HOUR_MS, later, METERS } from './model.ts'
import { decimalOf, nanoOf } from './quantity.ts'
import { usageReports } from './schema.ts'

export type Sending = Uses<'db' | 'bus' | 'clock' | 'ids' | 'payments'>

/** Stripe counts an identifier once within 24 hours at least; later the same report could count again. */
export const REMEMBERED_MS = 23 * HOUR_MS

export type Sent = 'sent' | 'refused' | 'waits'

/**
 * Sends a report under its identifier, as often as it takes: what the provider has already it counts no second time.
 * `periodStart`: the usage is told to have been no earlier, or it would be added to an invoice that is closed.
 */
export async function sendReport(
  uses: Sending,
  ctx: Context,
  { report, periodStart }: { report: Report; periodStart: Date | undefined },
): Promise<Sent> {
  try {
    const provider = uses.payments.of(report.provider)
    if (report.kind === 'meter') await provider.sendUsage(meterEventOf(report, periodStart))
    else await provider.addInvoiceLine(lineOf(report))
  } catch (error) {
    if (error instanceof PaymentUnavailable) {
      ctx.log.warn('a usage report waits: the provider cannot be reached', {
        error,
        report: report.identifier,
      })
      return 'waits'
    }
    const because = refusalOf(error)
    if (because === undefined) throw error
    if (because !== HAS_IT) return refuse(uses, ctx, { report, because, error })
  }
  await uses.db.update(usageReports).set({ state: 'sent', sentAt: uses.clock.now() }).where(waiting(report))
  return 'sent'
}

const waiting = ({ identifier }: Report) =>
  and(eq(usageReports.identifier, identifier), eq(usageReports.state, 'asked'))

const HAS_IT = Symbol('the provider has this identifier')

/** Stripe answers an identifier that it has with an error: the report arrived, its answer did not. */
function refusalOf(error: unknown): string | typeof HAS_IT | undefined {
  if (error instanceof NotSupported) return error.message
  if (!(error instanceof PaymentRefused)) return undefined
  const known =
    error.code === 'duplicate_meter_event' || /already exists with identifier/i.test(error.message)
  return known ? HAS_IT : `${error.code}: ${error.message}`
}

const meterEventOf = (report: Report, periodStart: Date | undefined) => ({
  meter: report.meter,
  customerId: report.providerCustomerId,
  value: decimalOf(nanoOf(report.quantity)),
  at: periodStart ? later(report.hour, periodStart) : report.hour,
  identifier: report.identifier,
})

const lineOf = (report: Report) => ({
  customerId: report.providerCustomerId,
  // One that has ended has no next invoice.
  subscriptionId: report.kind === 'final' ? null : report.subscriptionId,
  ...(report.invoiceId === null ? {} : { invoiceId: report.invoiceId }),
  // Written by askReports along with the kind.
  money: { amountMinor: report.amountMinor ?? 0, currency: report.currency as Currency },
  description: `${METERS[report.meter].says}, told late: ${decimalOf(nanoOf(report.quantity))} ${METERS[report.meter].unit}`,
  periodStart: report.fromHour,
  periodEnd: new Date(report.hour.getTime() + HOUR_MS),
  reference: report.identifier,
  idempotencyKey: report.identifier,
})

interface Refused {
  readonly report: Report
  readonly because: string
  readonly error: unknown
}

async function refuse(uses: Sending, ctx: Context, { report, because, error }: Refused): Promise<Sent> {
  const { identifier: of, tenant: customerId, meter } = report
  ctx.log.error('the provider refused usage', { error, report: of })
  await commit(uses, ctx, async (tx, emit) => {
    const changed = await tx
      .update(usageReports)
      .set({ state: 'refused', refusal: because })
      .where(waiting(report))
      .returning({ identifier: usageReports.identifier })
    if (changed.length === 0) return
    await emit({ type: 'billing.usage.refused', data: { customerId, meter, because } })
  })
  return 'refused'
}
