import { certificate } from '../../../adapters/paypal/testing/certificates.ts'
import {
  AUTHORITIES,
  aCapture,
  delivered,
  type Objects,
  paypalWith,
  SETTINGS,
} from '../../../adapters/paypal/testing/paypal-server.ts'
import type { WebhookDelivery } from '../../../core/ports/payments.ts'
import { NOW, PLAN, type State, type Vendor } from './vendor.ts'

const at = NOW.toISOString()
const eur = (value: string) => ({ currency_code: 'EUR', value })
const IDS = { subscription: 'I-1', payment: 'S1', dispute: 'PP-D-1', plan: PLAN }
/** A single payment of 10.00 euro, of a later version of its API than those of subscriptions. */
const CAPTURE = 'C1'
const SUBSCRIPTION = `/v1/billing/subscriptions/${IDS.subscription}`

const books = (): Objects => ({
  [`/v1/billing/plans/${PLAN}`]: {
    ...{ id: PLAN, name: 'Premium', description: 'All films', status: 'ACTIVE' },
    billing_cycles: [
      {
        ...{ frequency: { interval_unit: 'MONTH', interval_count: 1 }, tenure_type: 'REGULAR' },
        pricing_scheme: { fixed_price: eur('10.00') },
      },
    ],
  },
  [`/v1/payments/sale/${IDS.payment}`]: {
    ...{ id: IDS.payment, state: 'completed', amount: { total: '10.00', currency: 'EUR' }, create_time: at },
    ...{ transaction_fee: { value: '0.64', currency: 'EUR' }, billing_agreement_id: IDS.subscription },
  },
  [SUBSCRIPTION]: subscription('active'),
  ...aCapture(CAPTURE),
})

const FAILED = { failed_payments_count: 2, outstanding_balance: eur('10.00') }
const STATES = {
  active: ['ACTIVE', 'BILLING.SUBSCRIPTION.ACTIVATED', {}],
  late: ['ACTIVE', 'BILLING.SUBSCRIPTION.PAYMENT.FAILED', FAILED],
  held: ['SUSPENDED', 'BILLING.SUBSCRIPTION.SUSPENDED', FAILED],
  ended: ['CANCELLED', 'BILLING.SUBSCRIPTION.CANCELLED', {}],
} as const

const subscription = (state: State) => ({
  ...{ id: IDS.subscription, plan_id: PLAN, status: STATES[state][0], quantity: '1' },
  ...{ status_update_time: at, start_time: at, subscriber: { payer_id: 'PAYER1' } },
  billing_info: {
    last_payment: { time: at },
    next_billing_time: '2026-12-21T08:00:00Z',
    ...STATES[state][2],
  },
})

const dispute = (state: 'opened' | 'lost') => ({
  ...{ dispute_id: IDS.dispute, create_time: at, reason: 'UNAUTHORISED', dispute_amount: eur('10.00') },
  ...{
    dispute_life_cycle_stage: 'CHARGEBACK',
    disputed_transactions: [{ seller_transaction_id: IDS.payment }],
  },
  ...(state === 'opened'
    ? { status: 'WAITING_FOR_SELLER_RESPONSE' }
    : { status: 'RESOLVED', dispute_outcome: { outcome_code: 'RESOLVED_BUYER_FAVOUR' } }),
  money_movements: [
    { affected_party: 'SELLER', type: 'DEBIT', amount: eur('10.00'), initiated_time: at },
    { affected_party: 'BUYER', type: 'CREDIT', amount: eur('10.00'), initiated_time: at },
  ],
})

export interface PaypalVendor extends Vendor {
  /** Tells of a single payment; its id is `capture`. */
  captured(): WebhookDelivery
  readonly capture: string
}

/** PayPal with a subscription, whose payment is a sale. */
export async function paypalVendor(plans: object): Promise<PaypalVendor> {
  const paypal = await paypalWith({ objects: books(), settings: { ...SETTINGS, plans } })
  let sent = 0
  const event = (event_type: string, resource_type: string, resource: object) => {
    sent += 1
    return JSON.stringify({ id: `WH-${sent}`, event_type, resource_type, create_time: at, resource })
  }
  const aboutIt = (type: string) =>
    delivered(event(type, 'subscription', { id: IDS.subscription, plan_id: PLAN }))
  const signer = certificate({ name: 'messageverificationcerts.sandbox.paypal.com', by: AUTHORITIES.root })
  return {
    ...{ provider: paypal.provider, customerId: 'PAYER1', ids: IDS, feeMinor: 64 },
    // Its certificate is no object: whoever verifies must have it.
    asked: () => paypal.server.asked.map(({ line }) => line).filter((line) => !line.includes('/certs/')),
    forged: delivered(event('PAYMENT.SALE.COMPLETED', 'sale', { id: IDS.payment }), { signer }),
    tells: {
      subscription(state) {
        paypal.objects[SUBSCRIPTION] = subscription(state)
        return aboutIt(STATES[state][1])
      },
      payment: () => delivered(event('PAYMENT.SALE.COMPLETED', 'sale', { id: IDS.payment })),
      refund: (id) => delivered(event('PAYMENT.SALE.REFUNDED', 'refund', { id, sale_id: IDS.payment })),
      dispute(state) {
        paypal.objects[`/v1/customer/disputes/${IDS.dispute}`] = dispute(state)
        const type = state === 'opened' ? 'CUSTOMER.DISPUTE.CREATED' : 'CUSTOMER.DISPUTE.RESOLVED'
        return delivered(event(type, 'dispute', { dispute_id: IDS.dispute }))
      },
    },
    capture: CAPTURE,
    captured: () => delivered(event('PAYMENT.CAPTURE.COMPLETED', 'capture', { id: CAPTURE })),
    forget() {
      delete paypal.objects[SUBSCRIPTION]
      return aboutIt('BILLING.SUBSCRIPTION.UPDATED')
    },
    [Symbol.asyncDispose]: paypal[Symbol.asyncDispose],
  }
}
