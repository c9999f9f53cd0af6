import { and, asc, eq, lte } from 'drizzle-orm'
import { CALL_LOST_MS, KEY_REMEMBERED_MS } from '../billing/model.ts'
import { PaymentRefused, PaymentUnavailable } from '../ports/payments.ts'
import type { Uses } from '../ports/ports.ts'
import type { Context } from '../run/context.ts'
import { eachAlone } from '../run/each-alone.ts'
import { NotSupported } from '../run/not-supported.ts'
import { payeeTransfers } from './schema.ts'
import type { TransferRow } from './store.ts'

export type Sending = Uses<'db' | 'clock' | 'payments'>

/** Transfers that one run takes up at most. */
const MOST = 100
/** Of our clock and the provider's. */
const SKEW_MS = 5 * 60_000

/** Takes up what was asked for and not answered, the longest untouched first. Runs may overlap and end anywhere. */
export async function resendTransfers(uses: Sending, ctx: Context): Promise<void> {
  const untouched = new Date(uses.clock.now().getTime() - CALL_LOST_MS)
  const due = await uses.db
    .select()
    .from(payeeTransfers)
    .where(and(eq(payeeTransfers.state, 'asked'), lte(payeeTransfers.updatedAt, untouched)))
    .orderBy(asc(payeeTransfers.updatedAt), asc(payeeTransfers.id))
    .limit(MOST)
  await eachAlone(due, ctx, async (row) => {
    if (!ctx.signal.aborted && (await take(uses, row))) await sendTransfer(uses, ctx, row)
  })
}

/**
 * Sends a transfer that is `asked`, under the key that its id is, and answers it as it is then. One that the provider
 * cannot be asked for now stays as it is.
 */
export async function sendTransfer(uses: Sending, { log }: Context, row: TransferRow): Promise<TransferRow> {
  if (row.state !== 'asked') return row
  try {
    const providerId = (await sentBefore(uses, row)) ?? (await call(uses, row))
    return settle(uses, row, { state: 'sent', providerId })
  } catch (error) {
    const refusal = refusalOf(error)
    if (refusal === undefined && !isForNow(error)) throw error
    log.warn('a transfer was not sent', { error, transfer: row.id, refused: refusal !== undefined })
    return refusal === undefined ? row : settle(uses, row, { state: 'refused', refusal })
  }
}

/** Providers forget a key after a day: whether an older call arrived is told by our reference on their transfers. */
async function sentBefore({ clock, payments }: Sending, row: TransferRow): Promise<string | undefined> {
  const asked = row.createdAt.getTime()
  if (clock.now().getTime() - asked <= KEY_REMEMBERED_MS) return undefined
  const since = new Date(asked - SKEW_MS)
  for await (const object of payments.of(row.provider).list('transfer', { since }))
    if (object.kind === 'transfer' && object.reference === row.id) return object.id
  return undefined
}

async function call({ payments }: Sending, row: TransferRow): Promise<string> {
  const { id: reference, accountId, amountMinor, currency } = row
  const request = { accountId, money: { amountMinor, currency }, reference, idempotencyKey: reference }
  return (await payments.of(row.provider).transfer(request)).id
}

const isForNow = (error: unknown): boolean =>
  error instanceof PaymentUnavailable ||
  (error instanceof PaymentRefused && error.code === 'idempotency_key_in_use')

function refusalOf(error: unknown): string | undefined {
  if (error instanceof NotSupported) return error.message
  if (!(error instanceof PaymentRefused) || isForNow(error)) return undefined
  return `${error.code}: ${error.message}`.slice(0, 500)
}

type End =
  | { readonly state: 'sent'; readonly providerId: string }
  | { readonly state: 'refused'; readonly refusal: string }

/** What a webhook or another run wrote meanwhile stands. */
async function settle({ db, clock }: Sending, row: TransferRow, end: End): Promise<TransferRow> {
  const here = eq(payeeTransfers.id, row.id)
  await db
    .update(payeeTransfers)
    .set({ ...end, updatedAt: clock.now() })
    .where(and(here, eq(payeeTransfers.state, 'asked')))
  return (await db.select().from(payeeTransfers).where(here))[0] ?? row
}

/** Of two runs that found it, one goes on with it. */
async function take({ db, clock }: Sending, { id, updatedAt }: TransferRow): Promise<boolean> {
  const asRead = and(
    eq(payeeTransfers.id, id),
    eq(payeeTransfers.state, 'asked'),
    eq(payeeTransfers.updatedAt, updatedAt),
  )
  const taken = await db
    .update(payeeTransfers)
    .set({ updatedAt: clock.now() })
    .where(asRead)
    .returning({ id: payeeTransfers.id })
  return taken.length > 0
}
