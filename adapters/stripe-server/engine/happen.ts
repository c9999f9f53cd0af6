import type { Store } from '../store.ts'
import { closeDispute, openDispute } from './disputes.ts'
import type { Charge, Invoice, Refund } from './objects.ts'
import { need } from './objects-in-store.ts'
import { payElsewhere } from './pay.ts'
import { failPayout } from './payouts.ts'
import { arriveRefund, failRefund, refundCharge } from './refunds.ts'

// What happens at Stripe without a call of its API: at a bank, or by somebody in the dashboard.

export { arriveRefund, closeDispute, failPayout, failRefund, openDispute }

/** Somebody refunds in the dashboard: all that is left, or an amount. */
export function refundElsewhere(store: Store, chargeId: string, amount?: number): Refund {
  const charge: Charge = need(store, 'charge', chargeId)
  return refundCharge(store, charge, { amount, reason: 'requested_by_customer' })
}

/** Somebody marks an invoice as paid by other means. */
export const payOutOfBand = (store: Store, invoiceId: string): Invoice => payElsewhere(store, invoiceId)
