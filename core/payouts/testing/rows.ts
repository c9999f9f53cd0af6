import { customerId, EUR } from '../../billing/testing/objects.ts'
import type { Uses } from '../../ports/ports.ts'
import { idFromUuid } from '../../run/id.ts'
import { payees, payeeTransfers } from '../schema.ts'
import type { TransferRow } from '../store.ts'

type Needs = Uses<'db' | 'clock' | 'ids'>

/** A payee of ours whose account at the provider is `acct_1`. */
export async function aPayeeRow(
  { db, clock }: Needs,
  facts: Partial<typeof payees.$inferInsert> = {},
): Promise<void> {
  await db.insert(payees).values({
    ...{ customerId: customerId(1), provider: 'stripe' as const, accountId: 'acct_1', country: 'DE' },
    ...{ payoutsEnabled: false, requirements: [], createdAt: clock.now() },
    ...facts,
  })
}

/** A transfer of 5 euro to `acct_1` that was asked for just now, and of which nothing was heard. */
export async function anAskedTransfer(
  { db, clock, ids }: Needs,
  facts: Partial<TransferRow> = {},
): Promise<TransferRow> {
  const id = idFromUuid('pay', ids.uuid())
  const row: TransferRow = {
    ...{ id, customerId: customerId(1), provider: 'stripe', accountId: 'acct_1', idempotencyKey: id },
    ...{ state: 'asked', currency: EUR, amountMinor: 500, reversedMinor: 0 },
    ...{ providerId: null, refusal: null, createdAt: clock.now(), updatedAt: clock.now() },
    ...facts,
  }
  await db.insert(payeeTransfers).values(row)
  return row
}
