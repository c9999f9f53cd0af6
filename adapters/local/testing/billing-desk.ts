import { sql } from 'drizzle-orm'
import { type AppliedEvent, applyObject } from '../../../core/billing/apply.ts'
import type { Domains } from '../../../core/billing/apply-domains.ts'
import type { Applying } from '../../../core/billing/applying.ts'
import type { Gone, Provider, ProviderObject } from '../../../core/billing/provider-objects.ts'
import { BILLED_AT } from '../../../core/billing/testing/objects.ts'
import { billingEffects, memberships } from '../../../core/database/schema.ts'
import type { MemberRole } from '../../../core/identity/model.ts'
import { commit } from '../../../core/run/emit.ts'
import type { OrganisationId, UserId } from '../../../core/run/id.ts'
import type { AnyEvent } from '../../../events/catalog.ts'
import { openTestColumn, type TestColumn } from './column.ts'
import { aPerson } from './rows.ts'

export interface BillingDesk extends TestColumn {
  /** Applies the object as a worker does, in a transaction with its events. */
  apply(object: ProviderObject | Gone, ...events: AppliedEvent[]): Promise<void>
  applying<T>(body: (at: Applying) => Promise<T>): Promise<T>
  /** Types of the events that went out, in order. */
  told(): string[]
  toldOf(type: AnyEvent['type']): unknown[]
  /** Takes away all that was billed, and sets the clock back. */
  clear(): Promise<void>
  aUser(): Promise<UserId>
  join(organisationId: OrganisationId, userId: UserId, role?: MemberRole): Promise<void>
}

const BILLED = [
  ...[
    'billing_customers',
    'plans',
    'plan_features',
    'plan_prices',
    'subscriptions',
    'invoices',
    'invoice_lines',
  ],
  ...['payments', 'payment_attempts', 'refunds', 'disputes', 'payment_methods', 'billing_effects'],
  ...['billing_operations', 'dunning_cases', 'organisations', 'outbox'],
]

const nothing = () => Promise.resolve()
/** For tests of the mirror alone. */
export const NO_DOMAINS: Domains = {
  ledger: {
    invoice: nothing,
    payment: nothing,
    refund: nothing,
    dispute: nothing,
    payout: nothing,
    transfer: nothing,
  },
  dunning: { invoice: nothing, subscription: nothing, dispute: nothing },
  payouts: { payout: nothing, transfer: nothing, payeeAccount: nothing },
  usage: { notice: nothing },
}

/** The mirror on a database of its own. Without `domains` nothing but the mirror is written. */
export async function openBillingDesk(domains: Domains = NO_DOMAINS): Promise<BillingDesk> {
  const column = await openTestColumn()
  column.clock.set(BILLED_AT)
  const { ports, ctx } = column
  const applying = <T>(body: (at: Applying) => Promise<T>, provider: Provider = 'stripe') =>
    commit(ports, ctx, (tx, emit) =>
      body({ tx, emit, provider, now: ports.clock.now(), ids: ports.ids, log: ctx.log }),
    )
  return Object.assign(column, {
    applying,
    apply: (object: ProviderObject | Gone, ...events: AppliedEvent[]) =>
      applying((at) => applyObject(at, object, events, domains)),
    told: () => column.events.map(({ type }) => type),
    toldOf: (wanted: AnyEvent['type']) =>
      column.events.filter(({ type }) => type === wanted).map(({ data }) => data),
    clear: async () => {
      await ports.db.execute(sql.raw(`truncate ${BILLED.join()} cascade`))
      column.events.length = 0
      column.clock.set(BILLED_AT)
    },
    aUser: async () => (await aPerson(ports.db)).id,
    join: async (organisationId: OrganisationId, userId: UserId, role: MemberRole = 'member') => {
      const row = { organisationId, userId, role, createdAt: BILLED_AT }
      await ports.db.insert(memberships).values(row)
    },
  })
}

/** Effects that still wait for a customer or a payment. */
export async function waiting({ ports }: Pick<BillingDesk, 'ports'>): Promise<string[]> {
  const rows = await ports.db.select().from(billingEffects)
  return rows.flatMap(({ waitsFor }) => waitsFor ?? []).sort()
}
