import type { Customer, Invoice, Line } from '../engine/objects.ts'
import type { Store } from '../store.ts'
import { amountText, dateText } from './amount.ts'
import { html, type Markup, notFound, type PageAnswer, pageOf } from './html.ts'
import { pdfOf } from './pdf.ts'
import type { PageHandler } from './request.ts'

/** `/invoice/:id` to read and print, `/invoice/:id/pdf` to keep. */
export const invoicePage: PageHandler = ({ store }, { parts: [id = '', form] }) => {
  const invoice = store.get(id) as Invoice | undefined
  if (invoice?.object !== 'invoice' || invoice.status === 'draft') return notFound()
  if (form === 'pdf') return asPdf(store, invoice)
  const body = html`<p>${customerText(store, invoice)}</p>
<table>
<caption class="hint">${stateText(invoice)}</caption>
<thead><tr><th scope="col">What</th><th scope="col" class="money">Amount</th></tr></thead>
<tbody>${invoice.lines.data.map(row)}</tbody>
<tfoot>${totals(invoice).map(totalRow)}</tfoot>
</table>
<p><a class="button" href="/invoice/${invoice.id}/pdf">Download as PDF</a></p>`
  return pageOf({ title: `Invoice ${numberOf(invoice)}`, body })
}

function row({ description, amount, currency }: Line): Markup {
  return html`<tr><td>${description}</td><td class="money">${amountText(amount, currency)}</td></tr>`
}

function totalRow([name, text]: readonly [string, string]): Markup {
  return html`<tr><th scope="row">${name}</th><td class="money">${text}</td></tr>`
}

function totals(invoice: Invoice): (readonly [string, string])[] {
  const text = (minor: number) => amountText(minor, invoice.currency)
  const tax = invoice.total - invoice.subtotal
  return [
    ['Subtotal', text(invoice.subtotal)],
    ...(tax ? [['Tax', text(tax)] as const] : []),
    ['Total', text(invoice.total)],
    ['Paid', text(invoice.amount_paid)],
    ['Due', text(invoice.amount_remaining)],
  ]
}

function asPdf(store: Store, invoice: Invoice): PageAnswer {
  const lines = [
    `Invoice ${numberOf(invoice)}`,
    stateText(invoice),
    customerText(store, invoice),
    '',
    ...invoice.lines.data.map((line) => `${line.description}: ${amountText(line.amount, line.currency)}`),
    '',
    ...totals(invoice).map(([name, text]) => `${name}: ${text}`),
    '',
    'Local Stripe test page - no money moves',
  ]
  const name = numberOf(invoice).replaceAll(/[^\w-]/g, '')
  const headers = {
    'content-type': 'application/pdf',
    'content-disposition': `attachment; filename="invoice-${name}.pdf"`,
    'x-content-type-options': 'nosniff',
  }
  return { status: 200, headers, body: pdfOf(lines) }
}

function numberOf(invoice: Invoice): string {
  return invoice.number ?? invoice.id
}

function stateText(invoice: Invoice): string {
  return `Of ${dateText(invoice.created)}, ${invoice.status}`
}

function customerText(store: Store, invoice: Invoice): string {
  const customer = store.get(invoice.customer) as Customer | undefined
  return [customer?.name, customer?.email].filter(Boolean).join(', ') || invoice.customer
}
