import type { InvoiceLine, InvoiceObject } from '../billing/provider-objects.ts'
import type { AccountCode } from './model.ts'
import type { Booking, Posting } from './posting.ts'

/**
 * A claim from its finalisation on, earned by its lines, less what credit and credit notes took and what was paid past the
 * provider. What was paid through it is booked by the payments, so a claim that is paid half stands half open.
 */
export function invoiceBooking(invoice: InvoiceObject, now: Date): Booking {
  const at = invoice.finalizedAt ?? invoice.createdAt
  return {
    source: `invoice:${invoice.id}`,
    description: `Invoice ${invoice.number ?? invoice.id}`,
    at,
    changedAt: changedAt(invoice) ?? now,
    balance: [],
    postings: POSTINGS[invoice.status](invoice),
  }
}

/** Null where the provider does not say when: a credit note of after the payment must not be booked on the payment's day. */
function changedAt({ status, paidAt, creditNotes }: InvoiceObject): Date | null {
  const { toBalanceMinor, toRefundMinor, outOfBandMinor } = creditNotes
  return status === 'paid' && toBalanceMinor + toRefundMinor + outOfBandMinor === 0 ? paidAt : null
}

const POSTINGS: {
  readonly [S in InvoiceObject['status']]: (invoice: InvoiceObject) => readonly Posting[]
} = { draft: () => [], open: claim, paid: claim, uncollectible: claim, void: voided }

function claim(invoice: InvoiceObject): readonly Posting[] {
  const { receivable, creditNotes, outOfBand, badDebt, unexplained, overpaid } = settlement(invoice)
  const { toBalanceMinor, outOfBandMinor } = invoice.creditNotes
  const debit = debitsOf(invoice)
  return [
    debit('receivable', receivable, invoice.customerId),
    debit('customer-credit', invoice.creditAppliedMinor - toBalanceMinor - overpaid, invoice.customerId),
    debit('credit-notes', creditNotes + toBalanceMinor + outOfBandMinor),
    debit('out-of-band', outOfBand - outOfBandMinor),
    debit('bad-debt', badDebt),
    debit('suspense', unexplained),
    debit('tax-payable', -invoice.taxMinor),
    ...earned(invoice),
  ]
}

/** Nothing is owed. What was paid of it all the same is the customer's. */
function voided(invoice: InvoiceObject): readonly Posting[] {
  const debit = debitsOf(invoice)
  const paid = paidThroughProvider(invoice)
  return [debit('receivable', paid, invoice.customerId), debit('customer-credit', -paid, invoice.customerId)]
}

/** How the total is settled: `receivable` is what payments have paid or still have to pay. */
function settlement(invoice: InvoiceObject) {
  const { totalMinor, creditAppliedMinor, amountPaidMinor, paidOutOfBand } = invoice
  const remaining = invoice.status === 'paid' ? 0 : invoice.amountRemainingMinor
  const claimed = totalMinor - creditAppliedMinor
  const gap = claimed - amountPaidMinor - remaining
  // Only notes of before the payment lessen the claim. Of the later ones the refunds book what they paid back.
  const creditNotes = invoice.creditNotes.beforePaymentMinor
  const rest = gap - creditNotes
  // Providers differ in whether money that they did not see counts as paid.
  const outOfBand = paidOutOfBand
    ? amountPaidMinor - paidThroughProvider(invoice) + rest
    : paidOtherwise(invoice)
  // Beyond what was owed it is the customer's: Stripe puts it onto their credit balance.
  const overpaid = invoice.status === 'paid' && !paidOutOfBand ? Math.max(0, -rest) : 0
  const unexplained = paidOutOfBand ? 0 : rest + overpaid
  const badDebt = invoice.status === 'uncollectible' ? remaining : 0
  const receivable = claimed - creditNotes - outOfBand - unexplained - badDebt + overpaid
  return { receivable, creditNotes, outOfBand, badDebt, unexplained, overpaid }
}

/** Income by what was sold. What the lines do not explain is not guessed. */
function earned(invoice: InvoiceObject): readonly Posting[] {
  const debit = debitsOf(invoice)
  const net = invoice.totalMinor - invoice.taxMinor
  if (invoice.lines.length === 0) return [debit(incomeOf(invoice), -net)]
  const lines = invoice.lines.reduce((sum, line) => sum + line.amountMinor, 0)
  return [
    ...invoice.lines.map((line) => debit(incomeOf(invoice, line), -line.amountMinor)),
    debit('suspense', lines - net),
  ]
}

function incomeOf({ subscriptionId }: InvoiceObject, line?: InvoiceLine): AccountCode {
  if (typeof line?.meter === 'string') return 'revenue-usage'
  return subscriptionId === null ? 'revenue-single' : 'revenue-subscriptions'
}

const debitsOf =
  ({ currency }: InvoiceObject) =>
  (account: AccountCode, amountMinor: number, party = ''): Posting => ({
    account,
    party,
    currency,
    amountMinor,
  })

const paidThroughProvider = ({ payments }: InvoiceObject) =>
  payments.reduce(
    (sum, { paymentId, status, amountMinor }) =>
      paymentId !== null && status === 'paid' ? sum + amountMinor : sum,
    0,
  )
const paidOtherwise = ({ payments }: InvoiceObject) =>
  payments.reduce(
    (sum, { paymentId, status, amountMinor }) =>
      paymentId === null && status === 'paid' ? sum + amountMinor : sum,
    0,
  )
