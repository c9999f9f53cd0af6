/** Whose: the customer's id (`bcu_...`); `provider` and the ids beside it are the payment provider's. */
interface OfSubscription {
  readonly customerId: string
  readonly provider: string
  readonly subscriptionId: string
}
interface OfInvoice {
  readonly customerId: string
  readonly provider: string
  readonly invoiceId: string
  readonly currency: string
  readonly amountMinor: number
}
interface OfDunning extends OfSubscription {
  readonly caseId: string
  readonly invoiceId: string
}

export interface BillingEvents {
  /** Something waits in the inbox of webhooks. Only a wake-up: the rows are the queue. */
  'billing.webhook.received': { readonly provider: string }
  /** A provider's event as a cloud's event bus brought it. */
  'billing.provider.event': { readonly provider: string; readonly payload: unknown }
  'billing.subscription.started': OfSubscription
  'billing.subscription.changed': OfSubscription
  'billing.subscription.trial-ending': OfSubscription & { readonly trialEnd: string }
  'billing.subscription.ended': OfSubscription
  'billing.invoice.paid': OfInvoice
  'billing.payment.failed': OfInvoice
  'billing.payment.refunded': {
    readonly customerId: string
    readonly provider: string
    readonly paymentId: string
    readonly refundId: string
    readonly currency: string
    readonly amountMinor: number
  }
  'billing.dispute.opened': {
    readonly provider: string
    readonly disputeId: string
    readonly paymentId: string
  }
  'billing.dispute.closed': {
    readonly provider: string
    readonly disputeId: string
    readonly paymentId: string
    readonly won: boolean
  }
  /** What the customer is told at each step of collecting an unpaid invoice. */
  'billing.dunning.started': OfDunning
  'billing.dunning.reminded': OfDunning & { readonly reminder: number }
  'billing.dunning.grace': OfDunning & { readonly until: string }
  'billing.dunning.restricted': OfDunning
  'billing.dunning.downgraded': OfDunning
  'billing.dunning.win-back': OfDunning
  'billing.dunning.recovered': OfDunning
  'billing.dunning.stopped': OfDunning & { readonly because: string }
  'billing.dunning.lost': OfDunning
  'billing.payout.failed': {
    readonly provider: string
    readonly payoutId: string
    readonly accountId: string
  }
  'billing.usage.refused': { readonly customerId: string; readonly meter: string; readonly because: string }
}
