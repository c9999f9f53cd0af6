import {
  aPayment,
  delivered,
  type Objects,
  razorpayWith,
  SETTINGS,
  seconds,
} from '../../../adapters/razorpay/testing/razorpay-server.ts'
import { NOW, PLAN, type State, type Vendor } from './vendor.ts'

const at = seconds(NOW)
const IDS = { subscription: 'sub_1', payment: 'pay_1', dispute: 'disp_1', plan: PLAN }

const STATES: { readonly [S in State]: readonly [status: string, event: string] } = {
  active: ['active', 'subscription.activated'],
  late: ['pending', 'subscription.pending'],
  held: ['halted', 'subscription.halted'],
  ended: ['cancelled', 'subscription.cancelled'],
}

const subscription = (state: State) => ({
  ...{ id: 'sub_1', plan_id: PLAN, customer_id: 'cust_1', status: STATES[state][0], quantity: 1 },
  ...{ created_at: at, current_start: at, current_end: at + 30 * 86_400, start_at: at },
  ended_at: state === 'ended' ? at : null,
})

/** Only the invoice says who pays: Razorpay's payments name a customer where one is stored alone. */
const books = (): Objects => ({
  [`plans/${PLAN}`]: {
    ...{ id: PLAN, period: 'monthly', interval: 1 },
    item: { name: 'Premium', description: null, active: true, amount: 1000, currency: 'EUR' },
  },
  'payments/pay_1': aPayment('pay_1', { customer_id: null, invoice_id: 'inv_1' }),
  'invoices/inv_1': {
    ...{ id: 'inv_1', customer_id: 'cust_1', subscription_id: 'sub_1', payment_id: 'pay_1', status: 'paid' },
    ...{ currency: 'EUR', amount: 1000, amount_paid: 1000, amount_due: 0, tax_amount: 160 },
    line_items: [
      { id: 'li_1', name: 'Premium', amount: 1000, taxable_amount: 840, tax_amount: 160, quantity: 1 },
    ],
    ...{ created_at: at, issued_at: at, paid_at: at },
  },
  'subscriptions/sub_1': subscription('active'),
})

const dispute = (state: 'opened' | 'lost') => ({
  ...{ id: 'disp_1', payment_id: 'pay_1', amount: 1000, currency: 'EUR', phase: 'chargeback' },
  ...{ status: state === 'opened' ? 'open' : 'lost', amount_deducted: state === 'opened' ? 0 : 1000 },
  ...{ reason_code: 'chargeback', respond_by: at, created_at: at },
})

/** Razorpay with a subscription, for whose payment it has made an invoice. */
export async function razorpayVendor(plans: object): Promise<Vendor> {
  const razorpay = await razorpayWith(books(), { ...SETTINGS, plans })
  let sent = 0
  const tell = (event: string, payload: Record<string, object>, secret = 'first') => {
    sent += 1
    const entities = Object.entries(payload).map(([kind, entity]) => [kind, { entity }])
    const text = {
      entity: 'event',
      account_id: 'acc_1',
      event,
      payload: Object.fromEntries(entities),
      created_at: at,
    }
    return delivered(JSON.stringify(text), secret, `evt_${sent}`)
  }
  const payment = { id: 'pay_1', invoice_id: 'inv_1' }
  const aboutIt = (event: string) => tell(event, { subscription: { id: 'sub_1', plan_id: PLAN } })
  return {
    ...{ provider: razorpay.provider, customerId: 'cust_1', ids: IDS, feeMinor: 30 },
    asked: () => razorpay.server.asked.map(({ line }) => line),
    forged: tell('payment.captured', { payment }, 'of a stranger'),
    tells: {
      subscription(state) {
        razorpay.objects['subscriptions/sub_1'] = subscription(state)
        return aboutIt(STATES[state][1])
      },
      payment: () => tell('payment.captured', { payment }),
      refund: (id) => tell('refund.processed', { refund: { id }, payment }),
      dispute(state) {
        razorpay.objects['disputes/disp_1'] = dispute(state)
        return tell(`payment.dispute.${state === 'opened' ? 'created' : 'lost'}`, {
          ...{ payment, dispute: { id: 'disp_1' } },
        })
      },
    },
    forget() {
      delete razorpay.objects['subscriptions/sub_1']
      return aboutIt('subscription.updated')
    },
    [Symbol.asyncDispose]: razorpay[Symbol.asyncDispose],
  }
}
