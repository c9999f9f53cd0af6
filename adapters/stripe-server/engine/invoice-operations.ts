import type { Operation, Params, Store } from '../store.ts'
import { draftInvoice } from './invoice-draft.ts'
import { attachPayment, finalizeInvoice } from './invoice-finalize.ts'
import { markUncollectible, voidInvoice } from './invoice-given-up.ts'
import { payPart } from './invoice-paid.ts'
import { embedPayments } from './invoice-payments.ts'
import { linked } from './links.ts'
import { page } from './listing.ts'
import type { Customer, Invoice, Subscription } from './objects.ts'
import { allOf, change, find, invalid, need } from './objects-in-store.ts'
import { allow, allowList, flag, hash, integer, metadataOf, required, text } from './params.ts'
import { payElsewhere, payInvoice } from './pay.ts'
import { previewInvoice } from './preview.ts'
import { itemChanges, prorationBehaviour } from './subscription-operations.ts'

/** An invoice of what waits for the customer. */
const create: Operation = {
  method: 'POST',
  path: '/v1/invoices',
  run(store, { params }) {
    allow(params, [
      'customer',
      'currency',
      'auto_advance',
      'description',
      'metadata',
      'automatic_tax',
      'subscription',
    ])
    const customer = need(store, 'customer', required(params, 'customer'), 'customer') as Customer
    const subscription = text(params, 'subscription')
    const now = store.now(customer.id)
    return draftInvoice(store, {
      customer: customer.id,
      currency: text(params, 'currency') ?? customer.currency ?? 'usd',
      reason: 'manual',
      lines: [],
      period: { start: now, end: now },
      autoAdvance: flag(params, 'auto_advance') ?? false,
      metadata: metadataOf(params),
      description: text(params, 'description') ?? null,
      ...(subscription && { subscription: need(store, 'subscription', subscription, 'subscription') }),
    })
  },
}

const preview: Operation = {
  method: 'POST',
  path: '/v1/invoices/create_preview',
  run(store, { params }) {
    allow(params, [
      'subscription',
      'customer',
      'subscription_details',
      'preview_mode',
      'automatic_tax',
      'currency',
    ])
    const details = hash(params, 'subscription_details') ?? {}
    allow(details, ['items', 'proration_behavior', 'proration_date', 'cancel_at_period_end'])
    return previewInvoice(store, previewed(store, params), {
      items: itemChanges(details),
      behaviour: prorationBehaviour(details),
      at: integer(details, 'proration_date'),
    })
  },
}

function previewed(store: Store, params: Params): Subscription {
  const id = text(params, 'subscription')
  if (id !== undefined) return need(store, 'subscription', id, 'subscription')
  const [first] = linked(store, 'subscriptions', required(params, 'customer'))
  if (first !== undefined) return need(store, 'subscription', first, 'customer')
  throw invalid('No upcoming invoices for customer', { code: 'invoice_upcoming_none' })
}

const pay: Operation = {
  method: 'POST',
  path: '/v1/invoices/:id/pay',
  run(store, { params, path }) {
    allow(params, ['paid_out_of_band', 'forgive', 'payment_method', 'off_session'])
    const invoice = need(store, 'invoice', path.id)
    if (flag(params, 'paid_out_of_band')) return payElsewhere(store, invoice.id)
    // Cards pay all or nothing, so there is never a difference that `forgive` could forgive.
    return payInvoice(store, invoice.id, {
      paymentMethod: text(params, 'payment_method'),
      offSession: flag(params, 'off_session') ?? true,
    })
  },
}

/** Several payments for one invoice: https://docs.stripe.com/api/invoices/attach_payment. */
const attach: Operation = {
  method: 'POST',
  path: '/v1/invoices/:id/attach_payment',
  run(store, { params, path }) {
    allow(params, ['payment_intent'])
    const invoice = need(store, 'invoice', path.id)
    if (invoice.status !== 'open') throw invalid(`This invoice is ${invoice.status}.`)
    const id = required(params, 'payment_intent')
    const intent = need(store, 'payment_intent', id, 'payment_intent')
    if (linked(store, 'invoice-payments', id).length > 0 || intent.currency !== invoice.currency)
      throw invalid('This payment cannot be attached to the invoice.', { param: 'payment_intent' })
    const payment = attachPayment(store, invoice, intent, false)
    if (intent.status === 'succeeded') payPart(store, invoice, payment, intent.amount_received)
    else change(store, invoice, { payments: embedPayments(store, invoice.id) }, 'invoice.updated')
    return need(store, 'invoice', invoice.id)
  },
}

const step = (name: string, run: (store: Store, invoice: Invoice) => Invoice): Operation => ({
  method: 'POST',
  path: `/v1/invoices/:id/${name}`,
  run(store, { params, path }) {
    allow(params, ['auto_advance'])
    return run(store, need(store, 'invoice', path.id))
  },
})

const list: Operation = {
  method: 'GET',
  path: '/v1/invoices',
  run(store, { params }) {
    allowList(params, ['customer', 'status', 'subscription', 'collection_method'])
    const [customer, status, subscription] = ['customer', 'status', 'subscription'].map((name) =>
      text(params, name),
    )
    const all = subscription === undefined ? allOf(store, 'invoice') : ofSubscription(store, subscription)
    const found = all.filter(
      (each) => (!customer || each.customer === customer) && (!status || each.status === status),
    )
    return page(params, '/v1/invoices', found)
  },
}

const ofSubscription = (store: Store, id: string): Invoice[] =>
  linked(store, 'invoices', id)
    .map((each) => find(store, 'invoice', each))
    .filter((each) => each !== undefined)

export const invoiceOperations: readonly Operation[] = [
  create,
  preview,
  pay,
  attach,
  step('void', voidInvoice),
  step('mark_uncollectible', markUncollectible),
  step('finalize', finalizeInvoice),
  {
    method: 'GET',
    path: '/v1/invoices/:id',
    run: (store, { path }) => need(store, 'invoice', path.id),
  },
  {
    method: 'GET',
    path: '/v1/invoices/:id/lines',
    run: (store, { params, path }) =>
      page(
        params,
        `/v1/invoices/${path.id}/lines`,
        // The page is turned to newest first, and lines are shown in their own order.
        need(store, 'invoice', path.id).lines.data.toReversed(),
      ),
  },
  list,
]
