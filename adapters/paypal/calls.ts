import { createHash } from 'node:crypto'
import * as z from 'zod/mini'
import type { RefundObject } from '../../core/billing/provider-objects.ts'
import { type PaymentProvider, PaymentRefused } from '../../core/ports/payments.ts'
import { NotSupported } from '../../core/run/not-supported.ts'
import { decimalOf, moneyOf } from '../provider-api/decimal-minor.ts'
import type { PaypalApi } from './api.ts'
import { amountOf } from './read-payment.ts'
import { readRefund, readSaleRefund } from './read-refund.ts'
import { Capture, Refund, Sale, SaleRefund, Subscription } from './wire.ts'

/** PayPal takes 38 characters in some places. https://developer.paypal.com/api/rest/reference/idempotency/ */
const requestId = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 38)

/** What PayPal does when we ask. */
export const changeCalls = (api: PaypalApi): Pick<PaymentProvider, 'refund' | 'cancelSubscription'> => ({
  async refund({ paymentId, amountMinor, reason, idempotencyKey }) {
    const asking = { id: encodeURIComponent(paymentId), amountMinor, key: requestId(idempotencyKey) }
    const refund = (await refundCapture(api, asking)) ?? (await refundSale(api, asking))
    // For a key that it knows PayPal answers with the first refund, whatever is asked now.
    if (amountMinor !== undefined && refund.amountMinor !== amountMinor)
      throw new PaymentRefused('idempotency_key_reused', 'the key was used for another amount')
    return { ...refund, reason }
  },
  async cancelSubscription({ subscriptionId, when }) {
    if (when === 'period-end') throw new NotSupported('PayPal cancels at once alone, not at the period’s end')
    const path = `/v1/billing/subscriptions/${encodeURIComponent(subscriptionId)}`
    try {
      await api.post(`${path}/cancel`, JSON.stringify({ reason: 'Cancelled by the customer' }), z.unknown())
    } catch (error) {
      // It takes no idempotency key: what is cancelled already was cancelled by the first call.
      if (!(error instanceof PaymentRefused)) throw error
      if ((await api.find(path, Subscription))?.status !== 'CANCELLED') throw error
    }
  },
})

interface Asking {
  readonly id: string
  readonly amountMinor: number | undefined
  readonly key: string
}

const isLive = async (api: PaypalApi) => (await api.settings()).environment === 'live'

/** Undefined where the payment is no capture. */
async function refundCapture(
  api: PaypalApi,
  { id, amountMinor, key }: Asking,
): Promise<RefundObject | undefined> {
  const capture = await api.find(`/v2/payments/captures/${id}`, Capture)
  if (!capture) return undefined
  const { currency } = amountOf(capture.amount)
  const amount =
    amountMinor === undefined
      ? {}
      : {
          amount: {
            value: decimalOf({ amountMinor, currency }),
            currency_code: capture.amount.currency_code,
          },
        }
  const refund = await api.post(`/v2/payments/captures/${id}/refund`, JSON.stringify(amount), Refund, key)
  return readRefund(refund, await isLive(api))
}

/** Payments of subscriptions are of the first version. https://developer.paypal.com/docs/api/payments/v1/#sale_refund */
async function refundSale(api: PaypalApi, { id, amountMinor, key }: Asking): Promise<RefundObject> {
  const sale = await api.get(`/v1/payments/sale/${id}`, Sale)
  const { currency } = moneyOf(sale.amount.total, sale.amount.currency)
  const amount =
    amountMinor === undefined
      ? {}
      : { amount: { total: decimalOf({ amountMinor, currency }), currency: sale.amount.currency } }
  const refund = await api.post(`/v1/payments/sale/${id}/refund`, JSON.stringify(amount), SaleRefund, key)
  return readSaleRefund(refund, await isLive(api))
}
