import type { Money } from '../../core/billing/money.ts'
import type {
  BalanceEntry,
  PaymentAttempt,
  PaymentObject,
  PaymentStatus,
} from '../../core/billing/provider-objects.ts'
import { movement } from '../provider-api/balance.ts'
import { moneyOf } from '../provider-api/decimal-minor.ts'
import { idInLink } from './links.ts'
import type { Amount, Capture, Order, Sale } from './wire.ts'

export const amountOf = ({ value, currency_code }: Amount): Money => moneyOf(value, currency_code)

interface Facts {
  readonly id: string
  readonly livemode: boolean
  readonly status: PaymentStatus
  readonly money: Money
  readonly refundedMinor: number
  readonly customerId: string | null
  readonly failure: string | null
  readonly balance: readonly BalanceEntry[]
  readonly at: Date
}

const STATUS: { readonly [S in Capture['status']]: PaymentStatus } = {
  COMPLETED: 'succeeded',
  PARTIALLY_REFUNDED: 'succeeded',
  REFUNDED: 'succeeded',
  PENDING: 'processing',
  DECLINED: 'failed',
  FAILED: 'failed',
}

/** A capture with the order that it is of, where there is one: only the order tells who pays, and what was given back. */
export function readCapture(capture: Capture, order: Order | undefined, livemode: boolean): PaymentObject {
  const { id, status } = capture
  const money = amountOf(capture.amount)
  const at = new Date(capture.create_time)
  return paymentOf({
    ...{ id, livemode, status: STATUS[status], money, at },
    refundedMinor: status === 'REFUNDED' ? money.amountMinor : refundedIn(order, id),
    customerId: order?.payer?.payer_id ?? null,
    failure: capture.status_details?.reason ?? status,
    balance: STATUS[status] === 'succeeded' ? capturedBalance(capture, at) : [],
  })
}

function refundedIn(order: Order | undefined, captureId: string): number {
  const refunds = order?.purchase_units.flatMap(({ payments }) => payments?.refunds ?? []) ?? []
  const mine = refunds.filter(
    ({ status, links }) => status === 'COMPLETED' && idInLink(links, 'up') === captureId,
  )
  return mine.reduce((sum, { amount }) => sum + amountOf(amount).amountMinor, 0)
}

/** Where PayPal changes the currency at once, our account there moved in the other one. */
function capturedBalance(
  { id, seller_receivable_breakdown: of }: Capture,
  at: Date,
): readonly BalanceEntry[] {
  if (!of) return []
  const changed = of.receivable_amount ? amountOf(of.receivable_amount) : null
  const fee = changed ? of.paypal_fee_in_receivable_currency : of.paypal_fee
  const feeMinor = fee ? amountOf(fee).amountMinor : 0
  const money = changed
    ? { ...changed, amountMinor: changed.amountMinor + feeMinor }
    : amountOf(of.gross_amount)
  return [movement({ id, type: 'charge', money, feeMinor, at })]
}

const SALE: { readonly [S in Sale['state']]: PaymentStatus } = {
  completed: 'succeeded',
  partially_refunded: 'succeeded',
  refunded: 'succeeded',
  pending: 'processing',
  denied: 'failed',
}

/** A payment of a subscription. How much of it was given back in part PayPal does not tell here: the refunds do. */
export function readSale(sale: Sale, customerId: string | null, livemode: boolean): PaymentObject {
  const { id, state, transaction_fee: fee } = sale
  const money = moneyOf(sale.amount.total, sale.amount.currency)
  const at = new Date(sale.create_time)
  const feeMinor = fee ? moneyOf(fee.value, fee.currency).amountMinor : 0
  return paymentOf({
    ...{ id, livemode, status: SALE[state], money, customerId, at },
    refundedMinor: state === 'refunded' ? money.amountMinor : 0,
    failure: sale.reason_code ?? state,
    balance: SALE[state] === 'succeeded' ? [movement({ id, type: 'charge', money, feeMinor, at })] : [],
  })
}

/** PayPal's payments are of no invoice of ours. Whether one is disputed, only the dispute tells. */
function paymentOf({ id, livemode, status, money, failure, at, ...facts }: Facts): PaymentObject {
  const { amountMinor, currency } = money
  const attempt = status === 'succeeded' || status === 'failed' ? status : 'pending'
  const failed: Pick<PaymentAttempt, 'failureCode' | 'failureMessage'> = {
    ...{ failureCode: status === 'failed' ? failure : null, failureMessage: null },
  }
  return {
    ...{ kind: 'payment', id, livemode, status, currency, amountMinor, createdAt: at },
    ...{ customerId: facts.customerId, invoiceId: null, methodId: null, receiptUrl: null, disputed: false },
    amountCapturedMinor: status === 'succeeded' ? amountMinor : 0,
    amountRefundedMinor: facts.refundedMinor,
    attempts: [{ id, status: attempt, amountMinor, ...failed, at }],
    balance: facts.balance,
  }
}
