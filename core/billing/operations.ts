import { createHash } from 'node:crypto'
import { and, count, eq, like, ne } from 'drizzle-orm'
import { Problem, type ProblemFacts } from '../http/problem.ts'
import type { Db } from '../ports/database.ts'
import { PaymentRefused } from '../ports/payments.ts'
import type { Uses } from '../ports/ports.ts'
import { type BillingOperationId, type CustomerId, idFromUuid } from '../run/id.ts'
import { NotSupported } from '../run/not-supported.ts'
import { CALL_LOST_MS, KEY_REMEMBERED_MS } from './model.ts'
import { keyReused, operationInProgress, outcomeUnknown, providerProblem } from './problems.ts'
import { billingOperations } from './schema.ts'

type OperationRow = typeof billingOperations.$inferSelect
type Needs = Uses<'db' | 'clock' | 'ids'>

/** What is wanted of the provider, once. */
export interface Intent {
  readonly customerId: CustomerId
  readonly kind: string
  /** The client's, or made of the intent (`intentKey`). */
  readonly key: string
  /** What the client asked for: the same key with something else is refused. */
  readonly asked: unknown
}

/** How to do it. All values are JSON. */
export interface Doing<Q, R> {
  /** Checks, and what the provider is to be asked. Runs only while there is no row of this intent. */
  prepare(id: BillingOperationId): Promise<Q>
  /** Written together with the row: what must be reserved before the call. */
  reserve?(tx: Db, id: BillingOperationId, request: Q): Promise<void>
  /** `idempotencyKey` is the provider's: the same for each repetition of this intent. */
  call(request: Q, idempotencyKey: BillingOperationId): Promise<R>
  /** Written together with the result. */
  settle?(tx: Db, id: BillingOperationId, result: R): Promise<void>
  /** Written together with the refusal. */
  giveBack?(tx: Db, id: BillingOperationId): Promise<void>
}

export interface Operation<R> {
  readonly id: BillingOperationId
  readonly result: R
}

/**
 * Does something at the provider once, whatever is lost on the way. The row stands before the call: a repetition after a
 * crash sends the same request with the same key again; one after the answer gets that answer from the row, because
 * providers forget their keys after a day. No transaction is open during the call.
 */
export async function onceAtProvider<Q, R>(
  uses: Needs,
  intent: Intent,
  doing: Doing<Q, R>,
): Promise<Operation<R>> {
  const row = (await findOperation(uses.db, intent)) ?? (await begin(uses, intent, doing))
  if (row.requestHash !== hashOf(intent.asked)) throw keyReused()
  if (row.state === 'done') return { id: row.id, result: row.result as R }
  if (row.state === 'refused') throw new Problem(row.result as ProblemFacts)
  if (uses.clock.now().getTime() - row.createdAt.getTime() > KEY_REMEMBERED_MS) throw outcomeUnknown()
  return { id: row.id, result: await callAndKeep(uses, row, doing) }
}

async function begin<Q, R>(uses: Needs, intent: Intent, doing: Doing<Q, R>): Promise<OperationRow> {
  const id = idFromUuid('bop', uses.ids.uuid())
  const request = await doing.prepare(id)
  const { customerId, kind, key: idempotencyKey } = intent
  const row = {
    ...{ id, customerId, kind, idempotencyKey, request },
    requestHash: hashOf(intent.asked),
    state: 'asked' as const,
    createdAt: uses.clock.now(),
  }
  const made = await uses.db.transaction(async (tx) => {
    const [inserted] = await tx.insert(billingOperations).values(row).onConflictDoNothing().returning()
    if (inserted) await doing.reserve?.(tx, id, request)
    return inserted
  })
  const found = made ?? (await findOperation(uses.db, intent))
  if (!found) throw new Error(`operation ${id} was written and is not there`)
  return found
}

async function callAndKeep<Q, R>(uses: Needs, row: OperationRow, doing: Doing<Q, R>): Promise<R> {
  try {
    const result = await doing.call(row.request as Q, row.id)
    await settle(uses, row.id, { state: 'done', result }, (tx) => doing.settle?.(tx, row.id, result))
    return result
  } catch (error) {
    const problem = providerProblem(error)
    if (isFinal(error) && problem instanceof Problem)
      await settle(uses, row.id, { state: 'refused', result: problem.facts }, (tx) =>
        doing.giveBack?.(tx, row.id),
      )
    throw problem
  }
}

/** What the provider will never do. Of two at once with one key the other one's answer counts. */
const isFinal = (error: unknown): boolean =>
  error instanceof NotSupported ||
  (error instanceof PaymentRefused && error.code !== 'idempotency_key_in_use')

/** Once: of two that made the same call, the second finds it settled. */
async function settle(
  { db, clock }: Needs,
  id: BillingOperationId,
  end: { readonly state: 'done' | 'refused'; readonly result: unknown },
  along: (tx: Db) => Promise<void> | undefined,
): Promise<void> {
  await db.transaction(async (tx) => {
    const open = and(eq(billingOperations.id, id), eq(billingOperations.state, 'asked'))
    const set = { ...end, settledAt: clock.now() }
    const settled = await tx
      .update(billingOperations)
      .set(set)
      .where(open)
      .returning({ id: billingOperations.id })
    if (settled.length > 0) await along(tx)
  })
}

export async function findOperation(
  db: Db,
  { customerId, kind, key }: Omit<Intent, 'asked'>,
): Promise<OperationRow | undefined> {
  const same = and(
    eq(billingOperations.customerId, customerId),
    eq(billingOperations.kind, kind),
    eq(billingOperations.idempotencyKey, key),
  )
  return (await db.select().from(billingOperations).where(same))[0]
}

/**
 * A key for a client that sent none: the thing and how often it was changed before. Two clicks are one change, and the
 * same change after another one is a new one. A different change while one is under way is refused; one whose caller was
 * lost gives way.
 */
export async function intentKey(uses: Needs, intent: Omit<Intent, 'key'>, about: string): Promise<string> {
  const { customerId, kind, asked } = intent
  const settled = await settledCount(uses.db, { customerId, kind, about })
  const key = `${about}#${settled}`
  const open = await findOperation(uses.db, { customerId, kind, key })
  if (!open) return key
  const age = uses.clock.now().getTime() - open.createdAt.getTime()
  if (open.requestHash === hashOf(asked) && age <= KEY_REMEMBERED_MS) return key
  if (age < CALL_LOST_MS) throw operationInProgress()
  const lost = {
    status: 409,
    code: 'operation-lost',
    title: 'Conflict',
    detail: 'Another change came after it.',
  }
  await settle(uses, open.id, { state: 'refused', result: lost }, () => undefined)
  return `${about}#${settled + 1}`
}

async function settledCount(
  db: Db,
  { customerId, kind, about }: { customerId: CustomerId; kind: string; about: string },
) {
  const before = and(
    eq(billingOperations.customerId, customerId),
    eq(billingOperations.kind, kind),
    ne(billingOperations.state, 'asked'),
    like(billingOperations.idempotencyKey, `${about.replace(/[\\%_]/g, '\\$&')}#%`),
  )
  return (await db.select({ n: count() }).from(billingOperations).where(before))[0]?.n ?? 0
}

const hashOf = (asked: unknown): string => createHash('sha256').update(canonical(asked)).digest('base64url')

/** JSON with sorted names, so that the order in which a client writes its fields is no difference. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  const fields = Object.entries(value).filter(([, v]) => v !== undefined)
  return `{${fields
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, v]) => `${JSON.stringify(name)}:${canonical(v)}`)
    .join()}}`
}
