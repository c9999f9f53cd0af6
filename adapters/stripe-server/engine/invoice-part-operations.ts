import type { Operation, Params } from '../store.ts'
import { createCreditNote } from './credit-notes.ts'
import { paymentsOf } from './invoice-payments.ts'
import { page } from './listing.ts'
import type { Customer, InvoiceItem } from './objects.ts'
import { allOf, find, invalid, need } from './objects-in-store.ts'
import { allow, allowList, hash, integer, metadataOf, oneOf, required, text } from './params.ts'
import { bareItem, leavePending } from './proration.ts'

const createItem: Operation = {
  method: 'POST',
  path: '/v1/invoiceitems',
  run(store, { params }) {
    allow(params, [
      'customer',
      'amount',
      'currency',
      'description',
      'subscription',
      'period',
      'metadata',
      'discountable',
    ])
    const customer = need(store, 'customer', required(params, 'customer'), 'customer') as Customer
    const subscription = text(params, 'subscription')
    if (subscription !== undefined) need(store, 'subscription', subscription, 'subscription')
    const now = store.now(customer.id)
    const item: InvoiceItem = {
      ...bareItem(store, customer.id),
      amount: amountOf(params),
      currency: text(params, 'currency') ?? customer.currency ?? 'usd',
      date: now,
      description: text(params, 'description') ?? null,
      metadata: metadataOf(params),
      parent: subscription ? { type: 'subscription_details', subscription_details: { subscription } } : null,
      period: periodOf(params, now),
      pricing: null,
      proration: false,
      quantity: 1,
      quantity_decimal: '1',
    }
    leavePending(store, [item])
    return item
  },
}

function amountOf(params: Params): number {
  required(params, 'amount')
  return integer(params, 'amount') ?? 0
}

function periodOf(params: Params, now: number): { start: number; end: number } {
  const period = hash(params, 'period') ?? {}
  return { start: integer(period, 'start') ?? now, end: integer(period, 'end') ?? now }
}

const listItems: Operation = {
  method: 'GET',
  path: '/v1/invoiceitems',
  run(store, { params }) {
    allowList(params, ['customer', 'invoice', 'pending'])
    const [customer, invoice, pending] = ['customer', 'invoice', 'pending'].map((name) => text(params, name))
    const found = allOf(store, 'invoiceitem').filter(
      (item) =>
        (!customer || item.customer === customer) &&
        (!invoice || item.invoice === invoice) &&
        (!pending || (item.invoice === null) === (pending === 'true')),
    )
    return page(params, '/v1/invoiceitems', found)
  },
}

const listPayments: Operation = {
  method: 'GET',
  path: '/v1/invoice_payments',
  run(store, { params }) {
    allowList(params, ['invoice', 'payment', 'status'])
    const owner = text(params, 'invoice') ?? text(hash(params, 'payment') ?? {}, 'payment_intent')
    const status = text(params, 'status')
    const all = owner === undefined ? allOf(store, 'invoice_payment') : paymentsOf(store, owner)
    return page(
      params,
      '/v1/invoice_payments',
      all.filter((payment) => !status || payment.status === status),
    )
  },
}

const createNote: Operation = {
  method: 'POST',
  path: '/v1/credit_notes',
  run(store, { params }) {
    allow(params, [
      ...['invoice', 'amount', 'refund_amount', 'credit_amount', 'out_of_band_amount'],
      ...['reason', 'memo', 'metadata'],
    ])
    const invoice = need(store, 'invoice', required(params, 'invoice'), 'invoice')
    return createCreditNote(store, invoice, {
      amount: amountOf(params),
      refundAmount: integer(params, 'refund_amount') ?? 0,
      creditAmount: integer(params, 'credit_amount') ?? 0,
      outOfBandAmount: integer(params, 'out_of_band_amount') ?? 0,
      reason:
        oneOf(params, 'reason', ['duplicate', 'fraudulent', 'order_change', 'product_unsatisfactory']) ??
        null,
      memo: text(params, 'memo') ?? null,
      metadata: metadataOf(params),
    })
  },
}

export const invoicePartOperations: readonly Operation[] = [
  createItem,
  {
    method: 'GET',
    path: '/v1/invoiceitems/:id',
    run: (store, { path }) => need(store, 'invoiceitem', path.id),
  },
  listItems,
  listPayments,
  {
    method: 'GET',
    path: '/v1/invoice_payments/:id',
    run: (store, { path }) => need(store, 'invoice_payment', path.id),
  },
  createNote,
  {
    method: 'GET',
    path: '/v1/credit_notes/:id',
    run: (store, { path }) => need(store, 'credit_note', path.id),
  },
  {
    method: 'GET',
    path: '/v1/credit_notes',
    run(store, { params }) {
      allowList(params, ['invoice', 'customer'])
      const invoice = find(store, 'invoice', text(params, 'invoice'))
      if (params.invoice !== undefined && !invoice) throw invalid(`No such invoice`, { param: 'invoice' })
      const found = allOf(store, 'credit_note').filter((note) => !invoice || note.invoice === invoice.id)
      return page(params, '/v1/credit_notes', found)
    },
  },
]
