import { sql } from 'drizzle-orm'
import type { Currency } from '../billing/money.ts'
import type { Uses } from '../ports/ports.ts'
import type { AccountCode } from './model.ts'

export interface BalanceDifference {
  readonly account: AccountCode
  readonly party: string
  readonly currency: Currency
  /** What is kept, and what the entries (or the mirror) say. */
  readonly keptMinor: number
  readonly expectedMinor: number
}

/** Where the balances that are kept differ from the sums of the entries: nowhere, unless somebody wrote past the ledger. */
export async function compareBalances({ db }: Uses<'db'>): Promise<readonly BalanceDifference[]> {
  const found = await db.execute(sql`
    with booked as (
      select account, party, currency, sum(amount_minor) as minor from ledger_entries group by 1, 2, 3
    )
    select account, party, currency, coalesce(balance_minor, 0)::text as kept, coalesce(minor, 0)::text as expected
    from ledger_balances full join booked using (account, party, currency)
    where coalesce(balance_minor, 0) <> coalesce(minor, 0)
    order by account, party, currency`)
  return (found as unknown as { rows: Row[] }).rows.map(toDifference)
}

/** Makes all balances again from the entries. Bookings wait meanwhile, and add to what is made. */
export async function rebuildBalances({ db, clock }: Uses<'db' | 'clock'>): Promise<void> {
  await db.transaction(async (tx) => {
    // One that has written entries and not yet its balances waits here, and is not seen by the sum below.
    await tx.execute(sql`lock table ledger_balances in share row exclusive mode`)
    await tx.execute(sql`delete from ledger_balances`)
    await tx.execute(sql`
      insert into ledger_balances (account, party, currency, balance_minor, updated_at)
      select account, party, currency, sum(amount_minor), ${clock.now().toISOString()}::timestamptz
      from ledger_entries group by account, party, currency`)
  })
}

/**
 * Where the ledger differs from the mirror of the provider: what customers owe from what their open invoices say, and the
 * provider's balance from the balance entries that it has told us of. While webhooks wait, such differences are to be expected.
 */
export async function compareWithMirror({ db }: Uses<'db'>): Promise<readonly BalanceDifference[]> {
  const found = await db.execute(sql`
    with owed as (
      select provider_customer_id as party, currency, sum(amount_remaining_minor) as minor
      from invoices where status = 'open' and deleted_at is null group by 1, 2
    ), claims as (
      select party, currency, sum(amount_minor) as minor from ledger_entries where account = 'receivable' group by 1, 2
    ), latest as (
      select distinct on (provider, source) provider, balance
      from ledger_transactions order by provider, source, sequence desc
    ), moved as (
      select distinct latest.provider, entry ->> 'id' as id, entry ->> 'currency' as currency,
        (entry ->> 'netMinor')::bigint as net
      from latest, jsonb_array_elements(latest.balance) as entry
    ), provider_moved as (
      select currency, sum(net) as minor from moved group by 1
    ), provider_booked as (
      select currency, sum(amount_minor) as minor from ledger_entries where account = 'provider-balance' group by 1
    )
    select 'receivable' as account, party, currency,
      coalesce(claims.minor, 0)::text as kept, coalesce(owed.minor, 0)::text as expected
    from claims full join owed using (party, currency)
    where coalesce(claims.minor, 0) <> coalesce(owed.minor, 0)
    union all
    select 'provider-balance', '', currency, coalesce(b.minor, 0)::text, coalesce(m.minor, 0)::text
    from provider_booked b full join provider_moved m using (currency)
    where coalesce(b.minor, 0) <> coalesce(m.minor, 0)
    order by 1, 2, 3`)
  return (found as unknown as { rows: Row[] }).rows.map(toDifference)
}

interface Row {
  readonly account: AccountCode
  readonly party: string
  readonly currency: Currency
  readonly kept: string
  readonly expected: string
}
const toDifference = ({ kept, expected, ...of }: Row): BalanceDifference => ({
  ...of,
  keptMinor: Number(kept),
  expectedMinor: Number(expected),
})
