import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BillingDesk, openBillingDesk } from '../../adapters/local/testing/billing-desk.ts'
import { NO_CREDIT_NOTES, type Provider } from '../billing/provider-objects.ts'
import {
  aDispute,
  aLine,
  anEntry,
  anInvoice,
  aPayment,
  aPayout,
  aRefund,
  aTransfer,
  USD,
} from '../billing/testing/objects.ts'
import { postDispute, postInvoice, postPayment, postPayout, postRefund, postTransfer } from './post.ts'

let desk: BillingDesk
beforeAll(async () => {
  desk = await openBillingDesk()
})
afterAll(() => desk[Symbol.asyncDispose]())

// The ledger cannot be emptied: each test has a provider's name of its own, and reads what was booked under it.
let tests = 0
function openBooks() {
  const provider = `test-${tests++}` as Provider
  const book = <T>(post: (at: never, object: T) => Promise<void>, object: T) =>
    desk.applying((at) => post({ ...at, provider } as never, object))
  const lines = async () => {
    const found = await desk.ports.db.execute(sql`
      select concat_ws(' ', account, nullif(party, ''), currency, sum(amount_minor)) as line
      from ledger_entries e join ledger_transactions t on t.id = e.transaction_id
      where provider = ${provider} group by account, party, currency having sum(amount_minor) <> 0 order by 1`)
    return (found as unknown as { rows: { line: string }[] }).rows.map(({ line }) => line)
  }
  return { book, lines }
}

describe('an invoice', () => {
  it('is owed by its customer and earned by its lines once it is final', async () => {
    const { book, lines } = openBooks()
    const of = [aLine({ taxMinor: 190 }), aLine({ id: 'il_2', amountMinor: 500, meter: 'minutes_streamed' })]
    await book(postInvoice, anInvoice({ status: 'open', lines: of }))
    expect(await lines()).toEqual([
      'receivable cus_1 eur 1689',
      'revenue-subscriptions eur -999',
      'revenue-usage eur -500',
      'tax-payable eur -190',
    ])
  })

  it('is nothing as a draft', async () => {
    const { book, lines } = openBooks()
    await book(postInvoice, anInvoice({ status: 'draft' }))
    expect(await lines()).toEqual([])
  })

  it('leaves nothing once it is void', async () => {
    const { book, lines } = openBooks()
    await book(postInvoice, anInvoice({ status: 'open' }))
    await book(postInvoice, anInvoice({ status: 'void' }))
    expect(await lines()).toEqual([])
  })

  it('becomes a loss as far as it is not expected any more', async () => {
    const { book, lines } = openBooks()
    await book(postInvoice, anInvoice({ status: 'uncollectible' }))
    expect(await lines()).toEqual(['bad-debt eur 999', 'revenue-subscriptions eur -999'])
  })

  it.each([
    ['counts what it did not see as paid', 999],
    ['counts only what it saw', 0],
  ])('paid elsewhere is not owed, where the provider %s', async (_, amountPaidMinor) => {
    const { book, lines } = openBooks()
    await book(postInvoice, anInvoice({ paidOutOfBand: true, payments: [], amountPaidMinor }))
    expect(await lines()).toEqual(['out-of-band eur 999', 'revenue-subscriptions eur -999'])
  })

  it('takes from the credit of its customer', async () => {
    const { book, lines } = openBooks()
    await book(postInvoice, anInvoice({ creditAppliedMinor: 400, amountPaidMinor: 599, status: 'paid' }))
    expect(await lines()).toEqual([
      'customer-credit cus_1 eur 400',
      'receivable cus_1 eur 599',
      'revenue-subscriptions eur -999',
    ])
  })

  it('gives credit where its total is below zero', async () => {
    const { book, lines } = openBooks()
    const credit = { lines: [aLine({ amountMinor: -500 })], creditAppliedMinor: -500, amountPaidMinor: 0 }
    await book(postInvoice, anInvoice({ ...credit, payments: [] }))
    expect(await lines()).toEqual(['customer-credit cus_1 eur -500', 'revenue-subscriptions eur 500'])
  })

  // https://docs.stripe.com/api/invoices/object#invoice_object-amount_overpaid
  it('gives its customer credit for what was paid beyond it', async () => {
    const { book, lines } = openBooks()
    const payments = [{ paymentId: 'pi_1', amountMinor: 1099, status: 'paid' as const }]
    await book(postInvoice, anInvoice({ amountPaidMinor: 1099, payments }))
    await book(postPayment, aPayment({ amountMinor: 1099, amountCapturedMinor: 1099, balance: [] }))
    expect(await lines()).toEqual([
      'clearing eur 1099',
      'customer-credit cus_1 eur -100',
      'revenue-subscriptions eur -999',
    ])
  })

  it('is owed less by a credit note of before the payment', async () => {
    const { book, lines } = openBooks()
    const creditNotes = { ...NO_CREDIT_NOTES, beforePaymentMinor: 300 }
    await book(postInvoice, anInvoice({ status: 'open', creditNotes, amountRemainingMinor: 699 }))
    expect(await lines()).toEqual([
      'credit-notes eur 300',
      'receivable cus_1 eur 699',
      'revenue-subscriptions eur -999',
    ])
  })

  it('is owed as before by a credit note of after the payment, which its refund books', async () => {
    const { book, lines } = openBooks()
    await book(postInvoice, anInvoice({ creditNotes: { ...NO_CREDIT_NOTES, toRefundMinor: 300 } }))
    expect(await lines()).toEqual(['receivable cus_1 eur 999', 'revenue-subscriptions eur -999'])
  })

  it('gives its customer credit by a note of after the payment', async () => {
    const { book, lines } = openBooks()
    await book(postInvoice, anInvoice({ creditNotes: { ...NO_CREDIT_NOTES, toBalanceMinor: 300 } }))
    expect(await lines()).toEqual([
      'credit-notes eur 300',
      'customer-credit cus_1 eur -300',
      'receivable cus_1 eur 999',
      'revenue-subscriptions eur -999',
    ])
  })

  it('gives money back past the provider by a note of after the payment', async () => {
    const { book, lines } = openBooks()
    await book(postInvoice, anInvoice({ creditNotes: { ...NO_CREDIT_NOTES, outOfBandMinor: 300 } }))
    expect(await lines()).toEqual([
      'credit-notes eur 300',
      'out-of-band eur -300',
      'receivable cus_1 eur 999',
      'revenue-subscriptions eur -999',
    ])
  })

  it('has the credit of one gone that another invoice takes', async () => {
    const { book, lines } = openBooks()
    await book(postInvoice, anInvoice({ creditNotes: { ...NO_CREDIT_NOTES, toBalanceMinor: 300 } }))
    const next = { id: 'in_2', creditAppliedMinor: 300, amountPaidMinor: 699 }
    await book(postInvoice, anInvoice(next))
    expect((await lines()).filter((line) => line.startsWith('customer-credit'))).toEqual([])
  })

  it('shows in suspense what its lines do not explain', async () => {
    const { book, lines } = openBooks()
    await book(postInvoice, anInvoice({ totalMinor: 1000 }))
    expect(await lines()).toEqual([
      'receivable cus_1 eur 1000',
      'revenue-subscriptions eur -999',
      'suspense eur -1',
    ])
  })
})

describe('a payment', () => {
  it('settles its invoice, less the fee', async () => {
    const { book, lines } = openBooks()
    await book(postPayment, aPayment())
    expect(await lines()).toEqual(['fees eur 54', 'provider-balance eur 945', 'receivable cus_1 eur -999'])
  })

  it('is earned at once where it is for no invoice', async () => {
    const { book, lines } = openBooks()
    await book(postPayment, aPayment({ invoiceId: null }))
    expect(await lines()).toEqual(['fees eur 54', 'provider-balance eur 945', 'revenue-single eur -999'])
  })

  it('moves to its invoice where that was not known at first', async () => {
    const { book, lines } = openBooks()
    await book(postPayment, aPayment({ invoiceId: null }))
    await book(postPayment, aPayment())
    expect(await lines()).toEqual(['fees eur 54', 'provider-balance eur 945', 'receivable cus_1 eur -999'])
  })

  it('waits in clearing until the balance shows it', async () => {
    const { book, lines } = openBooks()
    await book(postPayment, aPayment({ balance: [] }))
    expect(await lines()).toEqual(['clearing eur 999', 'receivable cus_1 eur -999'])
  })

  it('in another currency than the balance is zero in each of them', async () => {
    const { book, lines } = openBooks()
    await book(
      postPayment,
      aPayment({ balance: [anEntry({ currency: USD, amountMinor: 1100, feeMinor: 60 })] }),
    )
    expect(await lines()).toEqual([
      'clearing eur 999',
      'clearing usd -1100',
      'fees usd 60',
      'provider-balance usd 1040',
      'receivable cus_1 eur -999',
    ])
  })

  it('puts a movement of an unknown kind into suspense', async () => {
    const { book, lines } = openBooks()
    const odd = anEntry({ id: 'txn_odd', type: 'climate_order', amountMinor: -7, feeMinor: 0 })
    await book(postPayment, aPayment({ balance: [anEntry(), odd] }))
    expect(await lines()).toEqual([
      'fees eur 54',
      'provider-balance eur 938',
      'receivable cus_1 eur -999',
      'suspense eur 7',
    ])
  })

  it('leaves nothing where nothing was captured', async () => {
    const { book, lines } = openBooks()
    await book(postPayment, aPayment({ status: 'requires_action' }))
    expect(await lines()).toEqual([])
  })
})

describe('a refund', () => {
  it('lessens the income and the balance', async () => {
    const { book, lines } = openBooks()
    await book(postRefund, aRefund())
    expect(await lines()).toEqual(['provider-balance eur -999', 'refunds eur 999'])
  })

  it('that fails leaves nothing once the money is back', async () => {
    const { book, lines } = openBooks()
    await book(postRefund, aRefund({ status: 'pending' }))
    const [taken] = aRefund().balance
    const back = anEntry({ id: 'txn_back', type: 'refund_failure', amountMinor: 999, feeMinor: 0 })
    await book(postRefund, aRefund({ status: 'failed', balance: taken ? [taken, back] : [] }))
    expect(await lines()).toEqual([])
  })

  it('that fails stands in clearing while the money is on its way back', async () => {
    const { book, lines } = openBooks()
    await book(postRefund, aRefund({ status: 'failed' }))
    expect(await lines()).toEqual(['clearing eur 999', 'provider-balance eur -999'])
  })
})

describe('a dispute', () => {
  it('costs the amount and a fee', async () => {
    const { book, lines } = openBooks()
    await book(postDispute, aDispute())
    expect(await lines()).toEqual(['disputes eur 999', 'fees eur 2000', 'provider-balance eur -2999'])
  })

  it('that is won costs the fee', async () => {
    const { book, lines } = openBooks()
    await book(postDispute, aDispute())
    const won = anEntry({ id: 'txn_won', type: 'adjustment', amountMinor: 999, feeMinor: 0 })
    await book(postDispute, aDispute({ status: 'won', balance: [...aDispute().balance, won] }))
    expect(await lines()).toEqual(['fees eur 2000', 'provider-balance eur -2000'])
  })
})

describe('a payout', () => {
  it('is in transit until it has arrived', async () => {
    const { book, lines } = openBooks()
    await book(postPayout, aPayout({ status: 'in_transit' }))
    expect(await lines()).toEqual(['payouts-in-transit eur 945', 'provider-balance eur -945'])
  })

  it('is in the bank once it has arrived', async () => {
    const { book, lines } = openBooks()
    await book(postPayout, aPayout({ status: 'in_transit' }))
    await book(postPayout, aPayout())
    expect(await lines()).toEqual(['bank eur 945', 'provider-balance eur -945'])
  })

  it('that fails after it had arrived is back in the balance', async () => {
    const { book, lines } = openBooks()
    await book(postPayout, aPayout())
    const back = anEntry({ id: 'txn_back', type: 'payout_failure', amountMinor: 945, feeMinor: 0 })
    await book(postPayout, aPayout({ status: 'failed', balance: [...aPayout().balance, back] }))
    expect(await lines()).toEqual([])
  })

  it('of a payee is not ours', async () => {
    const { book, lines } = openBooks()
    await book(postPayout, aPayout({ accountId: 'acct_1' }))
    expect(await lines()).toEqual([])
  })
})

it('a transfer is the share of its payee, less what was taken back', async () => {
  const { book, lines } = openBooks()
  await book(postTransfer, aTransfer())
  const back = anEntry({ id: 'txn_back', type: 'transfer_refund', amountMinor: 200, feeMinor: 0 })
  await book(postTransfer, aTransfer({ reversedMinor: 200, balance: [...aTransfer().balance, back] }))
  expect(await lines()).toEqual(['payee-share acct_1 eur 300', 'provider-balance eur -300'])
})
