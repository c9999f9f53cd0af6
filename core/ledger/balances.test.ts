import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { NO_DOMAINS, openBillingDesk } from '../../adapters/local/testing/billing-desk.ts'
import {
  aDispute,
  aLine,
  anEntry,
  anInvoice,
  aPayment,
  aPayout,
  aRefund,
  BILLED_AT,
  EUR,
  USD,
} from '../billing/testing/objects.ts'
import { compareBalances, compareWithMirror, rebuildBalances } from './balances.ts'
import { postDispute, postInvoice, postPayment, postPayout, postRefund, postTransfer } from './post.ts'
import { ledgerBalances } from './schema.ts'

const ledger = {
  invoice: postInvoice,
  payment: postPayment,
  refund: postRefund,
  dispute: postDispute,
  payout: postPayout,
  transfer: postTransfer,
}
const openBooks = () => openBillingDesk({ ...NO_DOMAINS, ledger })
const many = (count: number) => Array.from({ length: count }, (_, n) => n)

it('no booking is lost where many touch the same accounts at a time, in opposite orders', async () => {
  await using desk = await openBooks()
  const [euro, dollar] = [{ currency: EUR }, { currency: USD }]
  const orders = [
    [euro, dollar],
    [dollar, euro],
  ]
  const payments = many(60).map((n) => {
    const balance = (orders[n % 2] ?? []).map(({ currency }) => anEntry({ id: `${n} ${currency}`, currency }))
    return aPayment({ id: `pi_${n}`, customerId: `cus_${n}`, balance })
  })
  await Promise.all(payments.map((object) => desk.apply(object)))
  const kept = await desk.ports.db.select().from(ledgerBalances).where(sql`account = 'provider-balance'`)
  expect(kept.map(({ balanceMinor }) => balanceMinor)).toEqual([60 * 945, 60 * 945])
})

it('a rebuild while bookings go on leaves the balances right', async () => {
  await using desk = await openBooks()
  const booked = many(30).map((n) => desk.apply(aPayment({ id: `pi_${n}` })))
  await Promise.all([...booked, rebuildBalances(desk.ports), rebuildBalances(desk.ports)])
  expect(await compareBalances(desk.ports)).toEqual([])
})

it('a balance that somebody changed by hand is found', async () => {
  await using desk = await openBooks()
  await desk.apply(aPayment())
  await desk.ports.db.execute(sql`update ledger_balances set balance_minor = 1 where account = 'fees'`)
  expect(await compareBalances(desk.ports)).toEqual([
    { account: 'fees', party: '', currency: 'eur', keptMinor: 1, expectedMinor: 54 },
  ])
})

it('a balance that somebody changed by hand is right again after a rebuild', async () => {
  await using desk = await openBooks()
  await desk.apply(aPayment())
  await desk.ports.db.execute(sql`update ledger_balances set balance_minor = 1`)
  await rebuildBalances(desk.ports)
  expect(await compareBalances(desk.ports)).toEqual([])
})

it('agrees with the mirror of paid, open and lost invoices with all that moved for them', async () => {
  await using desk = await openBooks()
  await desk.apply(anInvoice())
  await desk.apply(aPayment())
  await desk.apply(anInvoice({ id: 'in_2', status: 'open' }))
  const half = { amountPaidMinor: 400, amountRemainingMinor: 599 }
  const payments = [{ paymentId: 'pi_3', amountMinor: 400, status: 'paid' as const }]
  await desk.apply(anInvoice({ id: 'in_3', status: 'uncollectible', ...half, payments }))
  await desk.apply(aPayment({ id: 'pi_3', invoiceId: 'in_3', amountMinor: 400 }))
  await desk.apply(anInvoice({ id: 'in_4', status: 'void', lines: [aLine({ amountMinor: 5 })] }))
  await desk.apply(aRefund())
  await desk.apply(aDispute())
  await desk.apply(aPayout())
  expect(await compareWithMirror(desk.ports)).toEqual([])
})

it('shows whose payment has not come yet', async () => {
  await using desk = await openBooks()
  await desk.apply(anInvoice())
  expect(await compareWithMirror(desk.ports)).toEqual([
    { account: 'receivable', party: 'cus_1', currency: 'eur', keptMinor: 999, expectedMinor: 0 },
  ])
})

it('shows a movement of the provider that two objects claim', async () => {
  await using desk = await openBooks()
  await desk.apply(aPayment({ id: 'pi_1', invoiceId: null }))
  await desk.apply(aPayment({ id: 'pi_2', invoiceId: null, balance: aPayment().balance }))
  expect(await compareWithMirror(desk.ports)).toEqual([
    { account: 'provider-balance', party: '', currency: EUR, keptMinor: 1890, expectedMinor: 945 },
  ])
})

it('books the same object again without a further booking', async () => {
  await using desk = await openBooks()
  await desk.apply(aPayment())
  desk.clock.set(new Date(BILLED_AT.getTime() + 1000))
  await desk.apply(aPayment())
  const found = await desk.ports.db.execute(sql`select count(*)::int as count from ledger_transactions`)
  expect((found as unknown as { rows: unknown[] }).rows).toEqual([{ count: 1 }])
})
