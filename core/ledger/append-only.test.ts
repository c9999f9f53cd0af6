import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BillingDesk, openBillingDesk } from '../../adapters/local/testing/billing-desk.ts'
import { aPayment } from '../billing/testing/objects.ts'
import { postPayment } from './post.ts'

let desk: BillingDesk
beforeAll(async () => {
  desk = await openBillingDesk()
  await desk.applying((at) => postPayment(at, aPayment()))
})
afterAll(() => desk[Symbol.asyncDispose]())

const messages = (error: unknown): string =>
  error instanceof Error ? `${error.message} ${messages(error.cause)}` : ''
/** What the database says to a statement; empty where it takes it. */
const refusal = (statement: string) =>
  desk.ports.db.transaction((tx) => tx.execute(sql.raw(statement))).then(() => '', messages)

describe('the database refuses', () => {
  it.each([
    'update ledger_entries set amount_minor = amount_minor + 1',
    'delete from ledger_entries',
    'truncate ledger_entries',
    "update ledger_transactions set description = 'nothing'",
    'delete from ledger_transactions',
    'truncate ledger_transactions cascade',
  ])('%s', async (statement) => {
    expect(await refusal(statement)).toContain('append-only')
  })

  /** A transaction of two entries with these amounts and currencies, said to be `count`. */
  const booking = (
    entries: readonly (readonly [minor: number, currency: string])[],
    count = entries.length,
  ) => `
    with made as (
      insert into ledger_transactions
        (id, provider, source, sequence, description, entry_count, balance, effective_at, created_at)
      values (gen_random_uuid(), 'stripe', gen_random_uuid()::text, 1, '', ${count}, '[]', now(), now()) returning id
    )
    insert into ledger_entries (transaction_id, account, party, currency, amount_minor)
    select id, 'bank', position::text, currency, minor from made, (values ${entries
      .map(([minor, currency], n) => `(${n}, '${currency}', ${minor})`)
      .join()}) as entry (position, currency, minor)`

  it('a booking that does not sum to zero', async () => {
    expect(await refusal(booking([[5, 'eur'], [-4, 'eur']]))).toContain('does not sum to zero') // biome-ignore format: a pair
  })

  it('a booking whose currencies set each other off', async () => {
    expect(await refusal(booking([[5, 'eur'], [-5, 'usd']]))).toContain('does not sum to zero') // biome-ignore format: a pair
  })

  it('a booking of one entry', async () => {
    expect(await refusal(booking([[0, 'eur']]))).toContain('has 1 entries')
  })

  it('a booking without entries', async () => {
    const empty = `insert into ledger_transactions
      (id, provider, source, sequence, description, entry_count, balance, effective_at, created_at)
      values (gen_random_uuid(), 'stripe', 'empty', 1, '', 2, '[]', now(), now())`
    expect(await refusal(empty)).toContain('has 0 entries')
  })

  it('entries that are added to an older booking, though they sum to zero', async () => {
    const added = `insert into ledger_entries (transaction_id, account, party, currency, amount_minor)
      select id, 'bank', party, 'eur', minor from ledger_transactions,
        (values ('a', 5), ('b', -5)) as entry (party, minor) where source = 'payment:pi_1'`
    expect(await refusal(added)).toContain('has 5 entries and not 3')
  })

  it('nothing of a booking that is whole', async () => {
    expect(await refusal(booking([[5, 'eur'], [-5, 'eur']]))).toBe('') // biome-ignore format: a pair
  })
})
