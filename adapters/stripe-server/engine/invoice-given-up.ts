import type { Store } from '../store.ts'
import { cancelOpenPayments, embedPayments } from './invoice-payments.ts'
import type { Invoice } from './objects.ts'
import { change, invalid } from './objects-in-store.ts'
import { standingAfter } from './standing.ts'

/** https://docs.stripe.com/api/invoices/void: as if it had never been. */
export function voidInvoice(store: Store, invoice: Invoice): Invoice {
  refuseUnless(invoice, ['open', 'uncollectible'], 'void')
  cancelOpenPayments(store, invoice.id, 'void_invoice')
  const next = change(store, invoice, {
    status: 'void',
    amount_remaining: 0,
    next_payment_attempt: null,
    payments: embedPayments(store, invoice.id),
    status_transitions: { ...invoice.status_transitions, voided_at: store.now(invoice.customer) },
  })
  store.emit('invoice.voided', next)
  standingAfter(store, next)
  return next
}

/** https://docs.stripe.com/api/invoices/mark_uncollectible: owed, and not expected any more. It can still be paid. */
export function markUncollectible(store: Store, invoice: Invoice): Invoice {
  refuseUnless(invoice, ['open'], 'mark as uncollectible')
  const next = change(store, invoice, {
    status: 'uncollectible',
    next_payment_attempt: null,
    status_transitions: {
      ...invoice.status_transitions,
      marked_uncollectible_at: store.now(invoice.customer),
    },
  })
  store.emit('invoice.marked_uncollectible', next)
  standingAfter(store, next)
  return next
}

function refuseUnless(invoice: Invoice, states: readonly string[], doing: string): void {
  if (!states.includes(invoice.status ?? ''))
    throw invalid(
      `You can only ${doing} an invoice that is ${states.join(' or ')}. This one is ${invoice.status}.`,
      {
        code: 'status_transition_invalid',
      },
    )
}
