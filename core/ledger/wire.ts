import * as z from 'zod/mini'
import { isCurrency } from '../billing/money.ts'

const Day = z.iso.date()
/** At most two years at once. */
const MAX_DAYS = 731

export const RevenueQuery = z
  .strictObject({
    from: Day,
    to: Day,
    currency: z.string().check(z.refine(isCurrency, 'must be an ISO 4217 code in lower case, such as `eur`')),
  })
  .check(
    // PostgreSQL has no year 0.
    z.refine(({ from }) => from >= '1970-01-01', { error: 'may not be before 1970', path: ['from'] }),
    z.refine(({ from, to }) => from <= to, { error: 'may not lie before `from`', path: ['to'] }),
    z.refine(({ from, to }) => daysBetween(from, to) < MAX_DAYS, {
      error: `may be ${MAX_DAYS} days after \`from\` at most`,
      path: ['to'],
    }),
  )
export type RevenueQuery = z.infer<typeof RevenueQuery>

const Minor = z.int()
export const RevenueDay = z.object({
  day: Day,
  grossMinor: Minor,
  refundsMinor: Minor,
  disputesMinor: Minor,
  feesMinor: Minor,
  taxMinor: Minor,
  /** Gross less refunds, disputes and fees. */
  netMinor: Minor,
  mrrMinor: Minor,
  activeSubscriptions: z.int(),
  activeCustomers: z.int(),
  startedSubscriptions: z.int(),
  endedSubscriptions: z.int(),
  /** Recurring revenue by active customer; null where there is none. */
  arpuMinor: z.nullable(Minor),
})
export type RevenueDay = z.infer<typeof RevenueDay>

export const Revenue = z.object({
  currency: z.string(),
  days: z.array(RevenueDay),
  total: z.object({
    grossMinor: Minor,
    refundsMinor: Minor,
    disputesMinor: Minor,
    feesMinor: Minor,
    taxMinor: Minor,
    netMinor: Minor,
    startedSubscriptions: z.int(),
    endedSubscriptions: z.int(),
    /**
     * Ended subscriptions in hundredths of a percent of those that were there at the first day's beginning; null where there
     * were none.
     */
    churnBasisPoints: z.nullable(z.int()),
  }),
})
export type Revenue = z.infer<typeof Revenue>

const daysBetween = (from: string, to: string): number =>
  (new Date(`${to}T00:00:00Z`).getTime() - new Date(`${from}T00:00:00Z`).getTime()) / 86_400_000
