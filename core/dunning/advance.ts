import { and, asc, eq, gt, lte } from 'drizzle-orm'
import type { Uses } from '../ports/ports.ts'
import type { Context } from '../run/context.ts'
import { eachAlone } from '../run/each-alone.ts'
import { commit } from '../run/emit.ts'
import type { DunningCaseId } from '../run/id.ts'
import { askProvider } from './calls.ts'
import { type CaseRow, lockCases, wakeAt, writeStep } from './cases.ts'
import { saysMirror } from './mirror.ts'
import { type DunningCall, type DunningState, nextDeadline, nextStep } from './model.ts'
import { occur } from './observe.ts'
import { DUNNING_POLICY } from './policy.ts'
import { dunningCases } from './schema.ts'

type Needs = Uses<'db' | 'bus' | 'clock' | 'ids' | 'payments'>

const PAGE = 100
/** A call that was not answered by then is made again, with the same key. Longer than any call takes. */
const ASK_AGAIN_MS = 5 * 60_000

/** Takes all steps whose time has come, each once, whoever else does the same. Late, it takes each missed one in order. */
export async function advanceDunning(uses: Needs, ctx: Context): Promise<void> {
  let after: DunningCaseId | undefined
  do {
    const page: readonly { id: DunningCaseId }[] = await dueCases(uses, after)
    await eachAlone(page, ctx, ({ id }) => advanceCase(uses, ctx, id))
    after = page.length < PAGE ? undefined : page.at(-1)?.id
  } while (after !== undefined && !ctx.signal.aborted)
}

const dueCases = ({ db, clock }: Needs, after: DunningCaseId | undefined) =>
  db
    .select({ id: dunningCases.id })
    .from(dunningCases)
    .where(
      and(
        lte(dunningCases.deadlineAt, clock.now()),
        after === undefined ? undefined : gt(dunningCases.id, after),
      ),
    )
    .orderBy(asc(dunningCases.id))
    .limit(PAGE)

async function advanceCase(uses: Needs, ctx: Context, id: DunningCaseId): Promise<void> {
  while (!ctx.signal.aborted) {
    const taken = await takeStep(uses, ctx, id)
    if (taken === undefined) return
    if (!isAsking(taken)) continue
    await askProvider(uses.payments.of(taken.provider), ctx, taken)
    await settle(uses, taken)
  }
}

type Asking = CaseRow & { readonly pendingCall: DunningCall }
const isAsking = (row: CaseRow): row is Asking => row.pendingCall !== null

/**
 * One step, or the right to make the pending call until `ASK_AGAIN_MS` are over; undefined where nothing is due or somebody
 * else is at it.
 */
async function takeStep(uses: Needs, ctx: Context, id: DunningCaseId): Promise<CaseRow | undefined> {
  return commit(uses, ctx, async (tx, emit) => {
    const now = uses.clock.now()
    const due = and(eq(dunningCases.id, id), lte(dunningCases.deadlineAt, now))
    const [row] = await tx.select().from(dunningCases).where(due).for('update', { skipLocked: true })
    if (!row) return undefined
    const at = { tx, emit, now, log: ctx.log }
    const next = isAsking(row) ? row : await occurOrStep(at, row)
    // A step that asks for a call is its own right to make it, too.
    if (!isAsking(next)) return next
    const deadlineAt = new Date(now.getTime() + ASK_AGAIN_MS)
    await tx.update(dunningCases).set({ deadlineAt }).where(eq(dunningCases.id, id))
    return next
  })
}

async function occurOrStep(at: Parameters<typeof occur>[0], row: CaseRow): Promise<CaseRow> {
  const observed = await occur(at, row, await saysMirror(at.tx, row))
  if (observed !== row) return observed
  const deadline = nextDeadline(row, DUNNING_POLICY)
  const step = deadline && deadline.at <= at.now ? nextStep(row, deadline, at.now) : undefined
  if (step) return writeStep(at, row, step)
  // The schedule has changed since the deadline was written: then by the schedule.
  const deadlineAt = wakeAt(row, at.now)
  await at.tx.update(dunningCases).set({ deadlineAt }).where(eq(dunningCases.id, row.id))
  return { ...row, deadlineAt }
}

/** The call has been answered. What a webhook made of the case meanwhile stands. */
async function settle({ db, clock }: Needs, asked: Asking): Promise<void> {
  await db.transaction(async (tx) => {
    const [row] = await lockCases(tx, eq(dunningCases.id, asked.id))
    if (row?.pendingCall !== asked.pendingCall || row.retries !== asked.retries) return
    const after: DunningState = { ...row, pendingCall: null }
    const deadlineAt = wakeAt(after, clock.now())
    await tx
      .update(dunningCases)
      .set({ pendingCall: null, deadlineAt, updatedAt: clock.now() })
      .where(eq(dunningCases.id, row.id))
  })
}
