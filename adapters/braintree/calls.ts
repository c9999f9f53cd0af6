import { createHash } from 'node:crypto'
import { type PaymentProvider, PaymentRefused } from '../../core/ports/payments.ts'
import { NotSupported } from '../../core/run/not-supported.ts'
import { decimalOf } from '../provider-api/decimal-minor.ts'
import type { BraintreeApi } from './api.ts'
import { refundsOf } from './fetch.ts'
import { amountOf, readRefund } from './read-transaction.ts'
import { isLive } from './settings.ts'
import { type Element, escaped, needed, textIn } from './xml.ts'

type Calls = Pick<PaymentProvider, 'refund' | 'cancelSubscription'>

/** What Braintree does when we ask. */
export const changeCalls = (api: BraintreeApi): Calls => ({
  async refund({ paymentId, amountMinor, reason, idempotencyKey }) {
    const path = `transactions/${encodeURIComponent(paymentId)}`
    const sale = await api.get(path)
    const order = orderOf(idempotencyKey)
    const made = (await refundsOf(api, sale)).find((refund) => textIn(refund, 'order-id') === order)
    if (made && amountMinor !== undefined && amountOf(made).amountMinor !== amountMinor)
      throw new PaymentRefused('idempotency_key_reused', 'the key was used for another amount')
    const refund = made ?? (await api.send('POST', `${path}/refund`, asked(sale, order, amountMinor)))
    return { ...readRefund(refund, isLive(await api.settings())), reason }
  },
  async cancelSubscription({ subscriptionId, when }) {
    if (when === 'period-end')
      throw new NotSupported('Braintree cancels at once alone, not at the period’s end')
    const path = `subscriptions/${encodeURIComponent(subscriptionId)}`
    try {
      await api.send('PUT', `${path}/cancel`)
    } catch (error) {
      // It takes no idempotency key: what is cancelled already was cancelled by the first call.
      if (!(error instanceof PaymentRefused)) throw error
      const subscription = await api.find(path)
      if (!subscription || needed(subscription, 'status') !== 'Canceled') throw error
    }
  },
})

/**
 * Braintree takes no idempotency key. So the refund is given an order id made of it, by which a repetition finds it. Two
 * calls at the same moment would both find none: whoever calls must not make them, and our table of refunds does not.
 */
const orderOf = (key: string): string =>
  `skyreel-${createHash('sha256').update(key).digest('hex').slice(0, 32)}`

function asked(sale: Element, order: string, amountMinor: number | undefined): string {
  const { currency } = amountOf(sale)
  const amount = amountMinor === undefined ? '' : `<amount>${decimalOf({ amountMinor, currency })}</amount>`
  return `<transaction><order-id>${escaped(order)}</order-id>${amount}</transaction>`
}
