import {
  aTransaction,
  braintreeWith,
  delivered,
  KEYS,
  notification,
  SETTINGS,
} from '../../../adapters/braintree/testing/braintree-server.ts'
import { NOW, PLAN, type State, type Vendor } from './vendor.ts'

const at = NOW.toISOString()
const IDS = { subscription: 's1', payment: 't1', dispute: 'd1', plan: PLAN }

/** It has no pause, and what is not paid stays past due until its own rules cancel it. */
const STATES: { readonly [S in State]: readonly [status: string, kind: string] } = {
  active: ['Active', 'subscription_charged_successfully'],
  late: ['Past Due', 'subscription_went_past_due'],
  held: ['Past Due', 'subscription_charged_unsuccessfully'],
  ended: ['Canceled', 'subscription_canceled'],
}

const subscription = (state: State) => `<subscription><id>s1</id><plan-id>${PLAN}</plan-id>
  <status>${STATES[state][0]}</status><payment-method-token>token_1</payment-method-token>
  <billing-period-start-date type="date">2026-11-21</billing-period-start-date>
  <billing-period-end-date type="date">2026-12-20</billing-period-end-date>
  <created-at type="datetime">${at}</created-at><updated-at type="datetime">${at}</updated-at></subscription>`

const books = () => ({
  [`plans/${PLAN}`]: `<plan><id>${PLAN}</id><name>Premium</name><price>10.00</price>
    <billing-frequency type="integer">1</billing-frequency><currency-iso-code>EUR</currency-iso-code></plan>`,
  'payment_methods/any/token_1':
    '<credit-card><token>token_1</token><customer-id>customer_1</customer-id></credit-card>',
  'transactions/t1': aTransaction('t1'),
  'subscriptions/s1': subscription('active'),
})

const dispute = (status: 'open' | 'lost') => `<dispute><id>d1</id><status>${status}</status>
  <kind>chargeback</kind><reason>fraud</reason><amount-disputed>10.00</amount-disputed>
  <currency-iso-code>EUR</currency-iso-code><created-at type="datetime">${at}</created-at>
  <transaction><id>t1</id></transaction><status-history type="array"><status-history><status>open</status>
  <disbursement-date type="date">2026-11-22</disbursement-date></status-history></status-history></dispute>`

/** Braintree with a subscription, paid by a card. */
export async function braintreeVendor(plans: object): Promise<Vendor> {
  const braintree = await braintreeWith(books(), { ...SETTINGS, plans })
  let sent = 0
  // Its events have no id but what they say, so each must say another time.
  const text = (kind: string, subject: string) => {
    sent += 1
    return notification(kind, subject).replace(at, new Date(NOW.getTime() + sent * 1000).toISOString())
  }
  const tell = (kind: string, subject: string) => delivered(text(kind, subject))
  const aboutIt = (kind: string) =>
    tell(kind, `<subscription><id>s1</id><plan-id>${PLAN}</plan-id></subscription>`)
  const transaction = (id: string, type: string) =>
    tell('transaction_disbursed', `<transaction><id>${id}</id><type>${type}</type></transaction>`)
  return {
    ...{ provider: braintree.provider, customerId: 'customer_1', ids: IDS, feeMinor: 0 },
    asked: () => braintree.server.asked.map(({ line }) => line),
    forged: delivered(text('check', '<check type="boolean">true</check>'), KEYS.stranger),
    tells: {
      subscription(state) {
        braintree.objects['subscriptions/s1'] = subscription(state)
        return aboutIt(STATES[state][1])
      },
      payment: () => transaction('t1', 'sale'),
      refund: (id) => transaction(id, 'credit'),
      dispute(state) {
        braintree.objects['disputes/d1'] = dispute(state === 'opened' ? 'open' : 'lost')
        return tell(`dispute_${state}`, '<dispute><id>d1</id></dispute>')
      },
    },
    forget() {
      delete braintree.objects['subscriptions/s1']
      return aboutIt('subscription_expired')
    },
    [Symbol.asyncDispose]: braintree[Symbol.asyncDispose],
  }
}
