import { createHash } from 'node:crypto'
import type { PaymentProvider } from '../../core/ports/payments.ts'
import { PaymentRefused } from '../../core/ports/payments.ts'
import type { RazorpayApi } from './api.ts'
import { readRefund } from './read-money.ts'
import { isLive } from './settings.ts'
import { Refund, Subscription } from './wire.ts'

/** Keys may hold letters, digits, `-` and `_` alone, ten at least: https://razorpay.com/docs/api/refunds/normal-refunds-idempotent */
const refundKey = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 40)

/** What Razorpay does when we ask. */
export const changeCalls = (api: RazorpayApi): Pick<PaymentProvider, 'refund' | 'cancelSubscription'> => ({
  async refund({ paymentId, amountMinor, reason, idempotencyKey }) {
    const body = { ...(amountMinor === undefined ? {} : { amount: amountMinor }), notes: { reason } }
    const path = `payments/${encodeURIComponent(paymentId)}/refund`
    const refund = await api.post(path, body, Refund, refundKey(idempotencyKey))
    return { ...readRefund(refund, isLive(await api.settings())), reason }
  },
  async cancelSubscription({ subscriptionId, when }) {
    const path = `subscriptions/${encodeURIComponent(subscriptionId)}`
    const body = { cancel_at_cycle_end: when === 'period-end' }
    try {
      await api.post(`${path}/cancel`, body, Subscription)
    } catch (error) {
      // It takes no idempotency key: what is cancelled already was cancelled by the first call.
      if (!(error instanceof PaymentRefused)) throw error
      const { status } = (await api.find(path, Subscription)) ?? { status: undefined }
      if (status !== 'cancelled' && status !== 'completed') throw error
    }
  },
})
