import type { Money } from '../../core/billing/money.ts'
import type { BalanceEntry, RefundObject } from '../../core/billing/provider-objects.ts'
import { movement } from '../provider-api/balance.ts'
import { moneyOf } from '../provider-api/decimal-minor.ts'
import { idInLink } from './links.ts'
import { amountOf } from './read-payment.ts'
import type { Refund, SaleRefund } from './wire.ts'

const STATUS = {
  CANCELLED: 'canceled',
  FAILED: 'failed',
  PENDING: 'pending',
  COMPLETED: 'succeeded',
} as const

/** A refund of a capture, which its link `up` names. */
export function readRefund(refund: Refund, livemode: boolean): RefundObject {
  const { id, status, seller_payable_breakdown: of } = refund
  const paymentId = idInLink(refund.links, 'up')
  if (paymentId === null) throw new TypeError('a refund of PayPal does not say what it is of')
  const fee = of?.paypal_fee ? amountOf(of.paypal_fee).amountMinor : 0
  const at = new Date(refund.create_time)
  return refundOf({
    id,
    livemode,
    paymentId,
    status: STATUS[status],
    money: amountOf(refund.amount),
    fee,
    at,
  })
}

const SALE_STATUS = {
  cancelled: 'canceled',
  failed: 'failed',
  pending: 'pending',
  completed: 'succeeded',
} as const

/** A refund of a subscription's payment. */
export function readSaleRefund(refund: SaleRefund, livemode: boolean): RefundObject {
  const { id, sale_id: paymentId, amount, refund_from_transaction_fee: back } = refund
  const fee = back ? Math.abs(moneyOf(back.value, back.currency).amountMinor) : 0
  const money = moneyOf(amount.total, amount.currency)
  // The first version writes what leaves our account as less than nothing.
  const given = { ...money, amountMinor: Math.abs(money.amountMinor) }
  const at = new Date(refund.create_time)
  return refundOf({ id, livemode, paymentId, status: SALE_STATUS[refund.state], money: given, fee, at })
}

interface Facts {
  readonly id: string
  readonly livemode: boolean
  readonly paymentId: string
  readonly status: RefundObject['status']
  readonly money: Money
  /** That part of PayPal's fee which comes back to us. */
  readonly fee: number
  readonly at: Date
}

function refundOf({ id, livemode, paymentId, status, money, fee, at }: Facts): RefundObject {
  const { amountMinor, currency } = money
  const back = { amountMinor: -amountMinor, currency }
  const taken: readonly BalanceEntry[] = [movement({ id, type: 'refund', money: back, feeMinor: -fee, at })]
  return {
    ...{ kind: 'refund', id, livemode, paymentId, status, currency, amountMinor, reason: null },
    ...{ balance: status === 'succeeded' ? taken : [], createdAt: at },
  }
}
