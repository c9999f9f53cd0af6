import type { PaymentProvider } from '../../core/ports/payments.ts'
import { NotSupported } from '../../core/run/not-supported.ts'

type Call = Exclude<keyof PaymentProvider, 'name' | 'readWebhook' | 'fetch'>

/** What a provider does not do here, and why. */
const REASONS: { readonly [C in Call]: string } = {
  answerChallenge: 'asks nothing of an address before it sends there',
  readBusEvent: 'hands no events to the event bus of a cloud: they come by webhook alone',
  events: 'keeps no list of events that could be replayed here',
  list: 'has no lists here: its objects come by webhook, and what is unfinished is asked for again after a day',
  saveCustomer: 'makes a customer itself, at the first payment',
  startCheckout: 'has no page here where a subscription begins: its own button starts it',
  expireCheckout: 'has no page here where a subscription begins, so none can be closed',
  openPortal: 'has no page that we could open for a customer',
  previewChange: 'does not tell beforehand what a change of plan would cost',
  changeSubscription: 'asks the customer to approve a change of plan, which only its own pages do',
  cancelSubscription: 'has no cancellation that we could ask for',
  resumeSubscription: 'cannot take back a cancellation: it ends a subscription for good',
  startSetup: 'stores payment methods on its own pages alone',
  setDefaultPaymentMethod: 'binds the payment method to each subscription: there is no default',
  detachPaymentMethod: 'lets only the customer remove a payment method, on its own pages',
  startPayment: 'takes single payments on its own pages, which are not built in here',
  refund: 'has no refund that we could ask for',
  payInvoice: 'tries failed payments again by its own schedule',
  markUncollectible: 'has no invoices of ours that could be given up',
  addInvoiceLine: 'has no invoices of ours that a line could be added to',
  sendUsage: 'has no meters: usage is billed through Stripe alone',
  usageTotal: 'has no meters: usage is billed through Stripe alone',
  savePayeeAccount: 'pays no payees here: payouts go through Stripe Connect alone',
  payeeOnboarding: 'pays no payees here: payouts go through Stripe Connect alone',
  transfer: 'pays no payees here: payouts go through Stripe Connect alone',
  savePlan: 'has its plans made by the operator, in its own console',
  saveMeter: 'has no meters: usage is billed through Stripe alone',
  registerWebhook: 'has its webhooks registered by the operator, in its own console',
}

/** All calls but those that every provider has. Each throws `NotSupported` with its reason; a driver replaces what it can. */
export function unsupportedCalls(title: string): Pick<PaymentProvider, Call> {
  const refuse = (call: Call): never => {
    throw new NotSupported(`${title} ${REASONS[call]}`)
  }
  const later = (call: Call) => async () => refuse(call)
  return {
    events: () => refuse('events'),
    list: () => refuse('list'),
    answerChallenge: later('answerChallenge'),
    readBusEvent: later('readBusEvent'),
    saveCustomer: later('saveCustomer'),
    startCheckout: later('startCheckout'),
    expireCheckout: later('expireCheckout'),
    openPortal: later('openPortal'),
    previewChange: later('previewChange'),
    changeSubscription: later('changeSubscription'),
    cancelSubscription: later('cancelSubscription'),
    resumeSubscription: later('resumeSubscription'),
    startSetup: later('startSetup'),
    setDefaultPaymentMethod: later('setDefaultPaymentMethod'),
    detachPaymentMethod: later('detachPaymentMethod'),
    startPayment: later('startPayment'),
    refund: later('refund'),
    payInvoice: later('payInvoice'),
    markUncollectible: later('markUncollectible'),
    addInvoiceLine: later('addInvoiceLine'),
    sendUsage: later('sendUsage'),
    usageTotal: later('usageTotal'),
    savePayeeAccount: later('savePayeeAccount'),
    payeeOnboarding: later('payeeOnboarding'),
    transfer: later('transfer'),
    savePlan: later('savePlan'),
    saveMeter: later('saveMeter'),
    registerWebhook: later('registerWebhook'),
  }
}
