import { and, eq, isNull, or } from 'drizzle-orm'
import type { Applying } from '../billing/applying.ts'
import { once } from '../billing/effects.ts'
import type { PayeeAccountObject, PayoutObject, TransferObject } from '../billing/provider-objects.ts'
import { billingCustomers } from '../billing/schema.ts'
import { type CustomerId, isId } from '../run/id.ts'
import { isReplaceable } from './model.ts'
import { payees, payeeTransfers, payouts } from './schema.ts'
import { withAccount } from './store.ts'

/** Writes a payout as it is, ours or a payee's. One that failed is told of once. https://docs.stripe.com/payouts */
export async function observePayout(at: Applying, payout: PayoutObject): Promise<void> {
  const { kind: _kind, livemode: _livemode, balance: _balance, ...facts } = payout
  const accountId = payout.accountId ?? ''
  const row = { ...facts, accountId, provider: at.provider, syncedAt: at.now }
  await at.tx
    .insert(payouts)
    .values(row)
    .onConflictDoUpdate({ target: [payouts.provider, payouts.id], set: row })
  if (payout.status !== 'failed') return
  const data = { provider: at.provider, payoutId: payout.id, accountId }
  await once(at, payout.id, 'payout-failed', () =>
    at.emit({ type: 'billing.payout.failed', subject: payout.id, data }),
  )
}

/**
 * Writes what became of a transfer into the row that asked for it, also where our own call was not answered. Transfers
 * that were made elsewhere have no row here; the ledger has them. https://docs.stripe.com/api/transfers/object
 */
export async function observeTransfer(at: Applying, transfer: TransferObject): Promise<void> {
  const { id: providerId, reference, accountId, currency, amountMinor, reversedMinor } = transfer
  if (reference === null || !isId('pay', reference)) return
  const asked = and(
    eq(payeeTransfers.id, reference),
    eq(payeeTransfers.provider, at.provider),
    eq(payeeTransfers.accountId, accountId),
    eq(payeeTransfers.currency, currency),
    eq(payeeTransfers.amountMinor, amountMinor),
    or(isNull(payeeTransfers.providerId), eq(payeeTransfers.providerId, providerId)),
  )
  const state = reversedMinor === amountMinor ? ('reversed' as const) : ('sent' as const)
  const written = await at.tx
    .update(payeeTransfers)
    .set({ providerId, state, reversedMinor, refusal: null, updatedAt: at.now })
    .where(asked)
    .returning({ id: payeeTransfers.id })
  if (written.length === 0)
    // Another deployment's at the same account, or the same money sent twice.
    at.log.error('a transfer bears our reference and is not the one that was asked for here', {
      provider: at.provider,
      transfer: providerId,
      reference,
    })
}

/** Writes how a payee's account stands. One that we do not know is found by our customer, whose id it carries. */
export async function observePayeeAccount(at: Applying, account: PayeeAccountObject): Promise<void> {
  const { country, payoutsEnabled, requirements } = account
  const facts = {
    ...(country === null ? {} : { country }),
    ...{ payoutsEnabled, requirements: [...requirements], syncedAt: at.now },
  }
  const known = and(eq(payees.provider, at.provider), eq(payees.accountId, account.id))
  const written = await at.tx.update(payees).set(facts).where(known).returning({ id: payees.customerId })
  if (written.length === 0) await adopt(at, account, facts)
}

type Facts = Partial<typeof payees.$inferInsert>

/** An account of whose making our call was not answered. A second one beside one that is open gets no money from us. */
async function adopt(at: Applying, account: PayeeAccountObject, facts: Facts): Promise<void> {
  const { id: accountId, reference, country } = account
  if (country === null || reference === null || !isId('bcu', reference)) return
  if (!(await isCustomer(at, reference))) return
  await at.tx
    .insert(payees)
    .values({
      ...{ customerId: reference, provider: at.provider, country, createdAt: at.now },
      ...{ payoutsEnabled: false, requirements: [] },
    })
    .onConflictDoNothing()
  const here = eq(payees.customerId, reference)
  const [row] = await at.tx.select().from(payees).where(here).for('update')
  if (!row) throw new Error(`payee ${reference} was written and is not there`)
  if (isReplaceable(row) && !row.formerAccountIds.includes(accountId))
    await at.tx
      .update(payees)
      .set({ ...facts, ...withAccount(row, accountId), provider: at.provider })
      .where(here)
  else
    at.log.warn('a payee has another account already', {
      provider: at.provider,
      reference,
      account: accountId,
    })
}

async function isCustomer({ tx }: Applying, id: CustomerId): Promise<boolean> {
  const here = eq(billingCustomers.id, id)
  return (await tx.select({ id: billingCustomers.id }).from(billingCustomers).where(here)).length > 0
}
