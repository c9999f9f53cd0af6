import { and, eq } from 'drizzle-orm'
import { isBillingStaff } from '../billing/billing-can.ts'
import { currencyOf } from '../billing/money.ts'
import { keyReused, providerProblem } from '../billing/problems.ts'
import { type RefetchNeeds, refetchSeldom } from '../billing/refetch.ts'
import { forbidden, notFound } from '../http/problem.ts'
import type { Db } from '../ports/database.ts'
import type { Actor } from '../run/actor.ts'
import type { Context } from '../run/context.ts'
import { type CustomerId, idFromUuid } from '../run/id.ts'
import { showTransfer } from './lists.ts'
import { isClosed } from './model.ts'
import { payeeClosed, payeeNotReady, transferRefused } from './problems.ts'
import { payeeTransfers } from './schema.ts'
import { sendTransfer } from './send.ts'
import { findPayee, type TransferRow } from './store.ts'
import type { PayeeTransfer, PayeeTransferRequest } from './wire.ts'

interface Ask {
  readonly body: PayeeTransferRequest
  readonly key: string
}

/**
 * Sends money from our account at the provider to that of a payee, once a key. Only staff may. The row stands before the
 * call: what is not answered stays `asked`, and `resendTransfers` goes on with it.
 */
export async function askTransfer(
  uses: RefetchNeeds,
  ctx: Context,
  actor: Actor,
  ask: Ask,
): Promise<PayeeTransfer> {
  if (!isBillingStaff(uses, actor)) throw forbidden('Only staff may pay payees.')
  const customerId = ask.body.customerId as CustomerId
  const row = (await findAsked(uses.db, customerId, ask.key)) ?? (await writeAsked(uses, customerId, ask))
  const { amountMinor, currency } = ask.body
  if (row.amountMinor !== amountMinor || row.currency !== currency) throw keyReused()
  const after = await sendTransfer(uses, ctx, row).catch((error: unknown) => {
    throw providerProblem(error)
  })
  if (after.state === 'refused') throw transferRefused(after.refusal)
  const { provider, providerId: id } = after
  if (row.state === 'asked' && id !== null)
    await refetchSeldom(uses, ctx, { provider, kind: 'transfer', id, everyMs: 60_000 })
  return showTransfer(after)
}

async function writeAsked(uses: RefetchNeeds, customerId: CustomerId, { body, key }: Ask) {
  const payee = await findPayee(uses.db, customerId)
  if (!payee) throw notFound('payee')
  if (payee.accountId === null) throw payeeNotReady()
  if (isClosed(payee)) throw payeeClosed()
  const now = uses.clock.now()
  const row = {
    ...{ id: idFromUuid('pay', uses.ids.uuid()), customerId, idempotencyKey: key },
    ...{ provider: payee.provider, accountId: payee.accountId, state: 'asked' as const },
    ...{ amountMinor: body.amountMinor, currency: currencyOf(body.currency), reversedMinor: 0 },
    ...{ createdAt: now, updatedAt: now },
  }
  await uses.db.insert(payeeTransfers).values(row).onConflictDoNothing()
  const written = await findAsked(uses.db, customerId, key)
  if (!written) throw new Error(`transfer ${row.id} was written and is not there`)
  return written
}

async function findAsked(db: Db, customerId: CustomerId, key: string): Promise<TransferRow | undefined> {
  const same = and(eq(payeeTransfers.customerId, customerId), eq(payeeTransfers.idempotencyKey, key))
  return (await db.select().from(payeeTransfers).where(same))[0]
}
