import { and, eq, isNull, type SQL, sql } from 'drizzle-orm'
import type { Applying } from '../billing/applying.ts'
import type { Provider } from '../billing/provider-objects.ts'
import { idFromUuid } from '../run/id.ts'
import { type DunningStage, type DunningState, type DunningStep, nextDeadline } from './model.ts'
import { tellOf } from './notices.ts'
import { DUNNING_POLICY } from './policy.ts'
import { dunningCases, dunningSteps } from './schema.ts'

export type CaseRow = typeof dunningCases.$inferSelect
/** What a step is written with: the transaction that holds the case, and its events. */
export type Stepping = Pick<Applying, 'tx' | 'emit' | 'now' | 'log'>

/** What is collected. */
export interface Unpaid {
  readonly provider: Provider
  readonly invoiceId: string
  readonly subscriptionId: string
  readonly providerCustomerId: string
  readonly providerRetries: boolean
  readonly canceling: boolean
}

/** Holds the cases until the transaction ends, always in the same order. */
export const lockCases = (tx: Stepping['tx'], which: SQL | undefined): Promise<CaseRow[]> =>
  tx.select().from(dunningCases).where(which).orderBy(dunningCases.id).for('update')

export const caseOfInvoice = (provider: Provider, invoiceId: string): SQL | undefined =>
  and(eq(dunningCases.provider, provider), eq(dunningCases.invoiceId, invoiceId))
export const runningOfSubscription = (provider: Provider, subscriptionId: string): SQL | undefined =>
  and(
    eq(dunningCases.provider, provider),
    eq(dunningCases.subscriptionId, subscriptionId),
    isNull(dunningCases.endedAt),
  )
export const runningOfCustomer = (provider: Provider, customerId: string): SQL | undefined =>
  and(
    eq(dunningCases.provider, provider),
    eq(dunningCases.providerCustomerId, customerId),
    isNull(dunningCases.endedAt),
  )

/** Begins to collect; nothing happens where it has begun before. */
export async function openCase(at: Applying, unpaid: Unpaid): Promise<void> {
  const state: DunningState = {
    stage: 'retrying',
    openedAt: at.now,
    stageAt: at.now,
    retries: 0,
    reminders: 0,
    stageNotices: 0,
    providerRetries: unpaid.providerRetries,
    canceling: unpaid.canceling,
    pendingCall: null,
  }
  const row = { id: idFromUuid('dun', at.ids.uuid()), ...unpaid, ...state, ...timesOf(state, at.now) }
  const [made] = await at.tx.insert(dunningCases).values(row).onConflictDoNothing().returning()
  if (made) await record(at, made, { step: 'opened', because: 'failed' })
}

/** Writes a step with its row and its event; answers the case as it is then. */
export async function writeStep(at: Stepping, before: CaseRow, step: DunningStep): Promise<CaseRow> {
  const row = { ...before, ...step.after, ...timesOf(step.after, at.now) }
  await at.tx.update(dunningCases).set(row).where(eq(dunningCases.id, row.id))
  await record(at, row, step)
  return row
}

/** When a case is looked at next: at once where something is asked of the provider. */
export function wakeAt(state: DunningState, now: Date): Date | null {
  if (state.pendingCall !== null) return now
  return nextDeadline(state, DUNNING_POLICY)?.at ?? null
}

const ENDS: readonly DunningStage[] = ['recovered', 'stopped', 'lost']
const timesOf = (state: DunningState, now: Date) => ({
  deadlineAt: wakeAt(state, now),
  endedAt: ENDS.includes(state.stage) ? now : null,
  updatedAt: now,
})

async function record(
  at: Stepping,
  row: CaseRow,
  { step, because }: Pick<DunningStep, 'step'> & { readonly because: string },
): Promise<void> {
  const last = sql<number>`coalesce(max(${dunningSteps.position}), 0)`.mapWith(Number)
  const [found] = await at.tx.select({ last }).from(dunningSteps).where(eq(dunningSteps.caseId, row.id))
  const position = (found?.last ?? 0) + 1
  await at.tx
    .insert(dunningSteps)
    .values({ caseId: row.id, position, step, stage: row.stage, because, at: at.now })
  await tellOf(at, row, { step, because, position })
}
