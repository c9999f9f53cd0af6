import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { drain, type Mirror, openMirror, put } from '../../adapters/local/testing/mirror.ts'
import { anInvoice, aPayment, aSubscription } from '../billing/testing/objects.ts'
import { rowsOf } from '../database/rows.ts'
import { anEvent } from './testing/provider.ts'

const of = (kind: 'payment' | 'invoice', id: string) => anEvent({ about: { kind, id, accountId: null } })
const balances = async (column: Mirror) =>
  (
    await rowsOf<{ line: string }>(
      column.ports.db,
      sql`select account || ' ' || balance_minor as line from ledger_balances
        where account in ('receivable', 'revenue-single') and balance_minor <> 0 order by 1`,
    )
  ).map(({ line }) => line)

it('a payment that was taken by itself and then put to an invoice settles it, and is no second income', async () => {
  await using column = await openMirror()
  put(column, aSubscription(), aPayment({ invoiceId: null }))
  await column.send(of('payment', 'pi_1'))
  await drain(column)
  expect(await balances(column)).toEqual(['revenue-single -999'])
  // https://docs.stripe.com/api/invoices/attach_payment: the payment itself has no event for it.
  put(column, aPayment(), anInvoice())
  await column.send(of('invoice', 'in_1'))
  await drain(column)
  expect(await balances(column)).toEqual([])
})

it('an invoice asks for no payment that is known to be its own', async () => {
  await using column = await openMirror()
  put(column, aSubscription(), aPayment(), anInvoice())
  await column.send(of('payment', 'pi_1'))
  await drain(column)
  await column.send(of('invoice', 'in_1'))
  await drain(column)
  expect(column.provider.fetched.map(({ kind }) => kind)).toEqual(['payment', 'invoice'])
})
