import type { Store } from '../store.ts'
import { itemsIn } from './bill.ts'
import { type ItemChange, type ProrationBehaviour, plannedChange, refuseEnded } from './change.ts'
import { invoiceWith, pendingItems } from './invoice-draft.ts'
import { invoiceItemLine, itemLine } from './lines.ts'
import type { Invoice, Line, Period, Subscription } from './objects.ts'
import { invalid } from './objects-in-store.ts'
import { isLicensed } from './prices.ts'
import { nextPeriod, periodOf, usageLines } from './renew.ts'

export interface PreviewOf {
  readonly items: readonly ItemChange[]
  readonly behaviour: ProrationBehaviour
  readonly at?: number | undefined
}

/**
 * The next invoice as it would be, with or without a change; nothing is kept. With `always_invoice`, or another interval,
 * it is the invoice that the change would make at once. https://docs.stripe.com/api/invoices/create_preview
 */
export function previewInvoice(store: Store, subscription: Subscription, of: PreviewOf): Invoice {
  refuseEnded(subscription)
  const planned = plannedChange(store, subscription, of)
  const pending = [...pendingItems(store, { ...subscription, subscription }), ...planned.prorations]
  const tax = subscription.automatic_tax.enabled
  const waiting = pending.map((item) => invoiceItemLine(store, item, tax))
  const after = { ...subscription, items: { ...subscription.items, data: planned.items } }
  const now = store.now(subscription.customer)
  if (planned.restart) {
    const lines = [
      ...waiting,
      ...usageLines(store, subscription, { start: periodOf(subscription).start, end: now }),
      ...licensedLines(store, { ...after, items: itemsIn(after, planned.restart) }, planned.restart),
    ]
    return shown(store, subscription, { lines, period: { start: now, end: now }, at: planned.at })
  }
  if (of.behaviour === 'always_invoice' && of.items.length > 0)
    return shown(store, subscription, { lines: waiting, period: { start: now, end: now }, at: planned.at })
  if (subscription.cancel_at_period_end && waiting.length === 0)
    throw invalid('No upcoming invoices for customer', { code: 'invoice_upcoming_none' })
  const lines = [...waiting, ...nextLines(store, after)]
  return shown(store, subscription, { lines, period: periodOf(subscription), at: planned.at })
}

function nextLines(store: Store, subscription: Subscription): Line[] {
  if (subscription.cancel_at_period_end) return usageLines(store, subscription, periodOf(subscription))
  const usage =
    subscription.status === 'trialing' ? [] : usageLines(store, subscription, periodOf(subscription))
  return [...usage, ...licensedLines(store, subscription, nextPeriod(subscription))]
}

const licensedLines = (store: Store, subscription: Subscription, period: Period): Line[] =>
  subscription.items.data.filter(isLicensed).map((item) => itemLine(store, subscription, item, period))

function shown(
  store: Store,
  subscription: Subscription,
  of: { lines: readonly Line[]; period: Period; at: number },
): Invoice {
  const invoice = invoiceWith(
    store,
    {
      customer: subscription.customer,
      currency: subscription.currency,
      reason: 'upcoming',
      lines: of.lines,
      period: of.period,
      subscription,
      autoAdvance: true,
      prorationDate: of.at,
    },
    { id: store.newId('upcoming_in'), lines: of.lines },
  )
  const due = Math.max(0, invoice.total + invoice.starting_balance)
  return {
    ...invoice,
    amount_due: due,
    amount_remaining: due,
    created: of.period.end,
    ending_balance: invoice.starting_balance + invoice.total - due,
    next_payment_attempt: of.period.end,
  }
}
