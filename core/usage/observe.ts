import { and, eq, inArray } from 'drizzle-orm'
import type { Applying } from '../billing/applying.ts'
import type { NoticeObject } from '../billing/provider-objects.ts'
import { usageReports } from './schema.ts'

/** One report that a meter did not count. */
export interface MeterError {
  readonly identifier: string
  readonly because: string
}

/**
 * What a provider found out after it had taken usage (Stripe checks meter events after its answer:
 * https://docs.stripe.com/billing/subscriptions/usage-based/recording-usage-api). The reports become refused, once.
 * A notice names samples alone: where it counts more errors than it names, an operator must compare.
 */
export async function observeMeterNotice(at: Applying, notice: NoticeObject): Promise<void> {
  if (notice.notice !== 'meter-refused-usage') return
  const { errors, count } = meterErrors(notice.details)
  const named = await refuse(at, errors)
  const fields = { notice: notice.id, errors: count, named: errors.length, ours: named }
  at.log.error('a meter refused usage', fields)
  if (count > errors.length)
    at.log.error('a meter refused more usage than it names: compare its totals', fields)
}

async function refuse(at: Applying, errors: readonly MeterError[]): Promise<number> {
  const because = new Map(errors.map((error) => [error.identifier, error.because]))
  if (because.size === 0) return 0
  const rows = await at.tx
    .select()
    .from(usageReports)
    .where(
      and(
        eq(usageReports.provider, at.provider),
        inArray(usageReports.identifier, [...because.keys()]),
        // An answer that was lost leaves one on its way although the meter has looked at it already.
        inArray(usageReports.state, ['sent', 'asked', 'unknown']),
      ),
    )
    .orderBy(usageReports.identifier)
    .for('update')
  for (const { identifier, tenant, meter } of rows) {
    const refusal = because.get(identifier) ?? ''
    await at.tx
      .update(usageReports)
      .set({ state: 'refused', refusal })
      .where(eq(usageReports.identifier, identifier))
    await at.emit({
      type: 'billing.usage.refused',
      data: { customerId: tenant, meter, because: refusal },
    })
  }
  return rows.length
}

/** Reads `reason.error_types[].sample_errors[].request.identifier`; what has another form names nothing. */
export function meterErrors(details: Readonly<Record<string, unknown>>): {
  readonly errors: readonly MeterError[]
  readonly count: number
} {
  const reason = fieldOf(details, 'reason') ?? details
  const errors = listOf(fieldOf(reason, 'error_types')).flatMap((type) =>
    listOf(fieldOf(type, 'sample_errors')).flatMap((sample) => {
      const identifier = fieldOf(fieldOf(sample, 'request'), 'identifier')
      const message = fieldOf(sample, 'error_message')
      if (typeof identifier !== 'string') return []
      return [{ identifier, because: `${fieldOf(type, 'code') ?? 'error'}: ${message ?? 'no reason given'}` }]
    }),
  )
  const count = Number(fieldOf(reason, 'error_count') ?? errors.length)
  return { errors, count: Number.isSafeInteger(count) ? count : errors.length }
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
