import { sql } from 'drizzle-orm'
import { allOf } from '../../../adapters/stripe-server/engine/objects-in-store.ts'
import { rowsOf } from '../../../core/database/rows.ts'
import { compareBalances, compareWithMirror } from '../../../core/ledger/balances.ts'
import type { History } from './history-open.ts'

interface Sum {
  readonly account: string
  readonly party: string
  readonly minor: number
}

/** The sum of an account's entries, for each of its parties. */
export const sumsOf = (db: History['ports']['db']): Promise<readonly Sum[]> =>
  rowsOf<Sum>(
    db,
    sql`select account, party, sum(amount_minor)::int as minor from ledger_entries group by 1, 2
      having sum(amount_minor) <> 0 order by 1, 2`,
  )

/** Each booking is zero, the kept balances are those of the entries, and both are what Stripe says. */
export async function doubtsOfLedger({ ports, account }: History): Promise<readonly string[]> {
  const crooked = await rowsOf<{ source: string }>(
    ports.db,
    sql`select t.source from ledger_transactions t join ledger_entries e on e.transaction_id = t.id
      group by t.id, t.source, e.currency having sum(e.amount_minor) <> 0`,
  )
  const differ = [...(await compareBalances(ports)), ...(await compareWithMirror(ports))]
  const sums = await sumsOf(ports.db)
  const of = (name: string) =>
    sums.filter((sum) => sum.account === name).reduce((all, { minor }) => all + minor, 0)
  const [entries, invoices] = [allOf(account.store, 'balance_transaction'), allOf(account.store, 'invoice')]
  const total = <T>(all: readonly T[], minorOf: (one: T) => number) =>
    all.reduce((sum, one) => sum + minorOf(one), 0)
  const expected: Readonly<Record<string, number>> = {
    'provider-balance': total(entries, ({ net }) => net),
    fees: total(entries, ({ fee }) => fee),
    receivable: total(
      invoices.filter(({ status }) => status === 'open'),
      (invoice) => invoice.amount_remaining,
    ),
    suspense: 0,
  }
  return [
    ...crooked.map(({ source }) => `ledger: ${source} is not zero`),
    ...differ.map((each) => `ledger: ${JSON.stringify(each)}`),
    ...Object.entries(expected)
      .filter(([name, minor]) => of(name) !== minor)
      .map(([name, minor]) => `ledger: ${name} is ${of(name)}, not ${minor}`),
  ]
}
