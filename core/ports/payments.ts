import type { Money } from '../billing/money.ts'
import type {
  ChangePreview,
  ChangeRequest,
  CheckoutRequest,
  PlanDraft,
  WebhookEndpoint,
} from '../billing/payment-requests.ts'
import type {
  Gone,
  ObjectKind,
  ObjectRef,
  Provider,
  ProviderEvent,
  ProviderObject,
  RefundObject,
} from '../billing/provider-objects.ts'

/** Providers of payments by name. Which one new customers are given is told by `primary`. */
export interface Payments {
  readonly primary: Provider
  /** Never throws; a provider whose secrets are missing throws `SecretMissing` at its first call. */
  of(provider: Provider): PaymentProvider
}

/** A webhook as it came: exact bytes and lower-case headers. */
export interface WebhookDelivery {
  readonly body: Uint8Array
  readonly headers: Readonly<Record<string, string>>
}

/** The delivery is not what it says it is. Its body must not be repeated in an answer or a log. */
export class WebhookRefused extends Error {
  override readonly name = 'WebhookRefused'
  readonly because: 'signature' | 'too-old' | 'too-new' | 'malformed'
  constructor(because: WebhookRefused['because'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.because = because
  }
}

/** The provider says no, and would say it again: `code` and `message` are its own words. */
export class PaymentRefused extends Error {
  override readonly name = 'PaymentRefused'
  readonly code: string
  /** The parameter that it is about, where it tells. */
  readonly param: string | null
  constructor(code: string, message: string, options?: ErrorOptions & { param?: string | null }) {
    super(message, options)
    this.code = code
    this.param = options?.param ?? null
  }
}

/** The provider could not be reached, was too busy or failed: the same call may succeed later. */
export class PaymentUnavailable extends Error {
  override readonly name = 'PaymentUnavailable'
}

/**
 * One provider of payments. What a provider cannot do throws `NotSupported`. A call with an `idempotencyKey` can be sent
 * again: it has its effect once for as long as the provider remembers (24 hours at Stripe), so callers keep the id that
 * came back. The same key with other parameters is `PaymentRefused`. All throw `PaymentRefused` and `PaymentUnavailable`.
 */
export interface PaymentProvider {
  readonly name: Provider

  /**
   * Verifies a delivery over its exact bytes with every secret that is still good, then reads its events, in either form
   * that the provider has. Throws `WebhookRefused`, and `SecretMissing` where no secret is set up.
   */
  readWebhook(delivery: WebhookDelivery, now: Date): Promise<readonly ProviderEvent[]>
  /** What the provider's console asks of an address before it sends there. Throws `WebhookRefused` where it is none. */
  answerChallenge(challenge: string): Promise<string>
  /** Events in the form that the provider hands to a cloud's event bus, which vouches for the sender. Throws `WebhookRefused`. */
  readBusEvent(payload: unknown): Promise<readonly ProviderEvent[]>

  /**
   * The object as it is now. Its id may differ from the one asked for, where that was the id of a part of it (a charge of
   * a payment): then the answer's id is the one to lock and ask by.
   */
  fetch(ref: ObjectRef): Promise<ProviderObject | Gone>
  /**
   * Events of the last 30 days, oldest first. `undelivered`: only those that no endpoint has taken; notices are told either
   * way, where the provider keeps no account of their delivery. `after`: the `eventId` of one that was listed before.
   */
  events(query: { since: Date; undelivered: boolean; after?: string }): AsyncIterable<ProviderEvent>
  /** Objects made since then, newest first; without `since` all. */
  list(kind: ListedKind, query?: { since?: Date }): AsyncIterable<ProviderObject>

  saveCustomer(customer: {
    id: string | null
    reference: string
    email: string
    name: string
    idempotencyKey: string
  }): Promise<{ id: string }>
  /** A page of the provider where the customer pays and subscribes. Money is taken there; what came of it, events tell. */
  startCheckout(request: CheckoutRequest): Promise<{ id: string; url: string; expiresAt: Date }>
  /**
   * Closes the page of a checkout: nobody pays there any more. One that has expired or never was succeeds; one that was
   * completed is `PaymentRefused` with the code `CHECKOUT_COMPLETE`.
   */
  expireCheckout(request: { checkoutId: string }): Promise<void>
  /** A page of the provider where customers manage payment methods and invoices. */
  openPortal(request: { customerId: string; returnUrl: string }): Promise<{ url: string }>
  /** What a change would cost now and at the next renewal, without making it. */
  previewChange(request: ChangeRequest & { at: Date }): Promise<ChangePreview>
  /**
   * `when: 'period-end'` schedules it; a scheduled change is replaced by the next one. `at` is a preview's `prorationAt`:
   * what is changed now is prorated as of then, within the present period.
   */
  changeSubscription(request: ChangeRequest & { at?: Date; idempotencyKey: string }): Promise<void>
  /** `now` has what was used and not yet billed put on a last invoice. */
  cancelSubscription(request: {
    subscriptionId: string
    when: 'now' | 'period-end'
    idempotencyKey: string
  }): Promise<void>
  /** Takes back a cancellation at the period's end and a scheduled change. */
  resumeSubscription(request: { subscriptionId: string; idempotencyKey: string }): Promise<void>

  /** The browser stores a payment method with the secret; the number never passes through us. */
  startSetup(request: {
    customerId: string
    idempotencyKey: string
  }): Promise<{ id: string; clientSecret: string }>
  setDefaultPaymentMethod(request: { customerId: string; methodId: string }): Promise<void>
  /** Detaching what is detached succeeds. */
  detachPaymentMethod(methodId: string): Promise<void>

  /** Begins a payment of an amount; the browser confirms it with the secret. */
  startPayment(request: {
    customerId: string
    money: Money
    description: string
    reference: string
    idempotencyKey: string
  }): Promise<{ id: string; clientSecret: string }>
  /** Without `amountMinor` all that is left of the payment. */
  refund(request: {
    paymentId: string
    amountMinor?: number
    reason: 'duplicate' | 'fraudulent' | 'requested_by_customer'
    idempotencyKey: string
  }): Promise<RefundObject>
  /** Tries once more to take the money of an open invoice. `PaymentRefused` where the card says no. */
  payInvoice(request: { invoiceId: string; idempotencyKey: string }): Promise<void>
  /** Gives an open invoice up: it is owed and not expected any more. */
  markUncollectible(request: { invoiceId: string; idempotencyKey: string }): Promise<void>
  /**
   * A line on the customer's next invoice, or on the draft that `invoiceId` names, as long as that is one. Negative amounts
   * are credits.
   */
  addInvoiceLine(request: {
    customerId: string
    subscriptionId: string | null
    invoiceId?: string
    money: Money
    description: string
    periodStart: Date
    periodEnd: Date
    reference: string
    idempotencyKey: string
  }): Promise<{ id: string }>
  /** Adds usage to a meter. The identifier counts once within at least 24 hours: for ever is the caller's duty. */
  sendUsage(usage: {
    meter: string
    customerId: string
    value: string
    at: Date
    identifier: string
  }): Promise<void>
  /**
   * What a meter has counted of a customer from `from` until before `to`, both on whole minutes, as decimal text. Usage that
   * was sent within the last hour may not be in it yet.
   */
  usageTotal(query: { meter: string; customerId: string; from: Date; to: Date }): Promise<string>

  savePayeeAccount(payee: {
    reference: string
    email: string
    country: string
    idempotencyKey: string
  }): Promise<{ id: string }>
  /** A page of the provider where the payee says who they are and where the money goes. */
  payeeOnboarding(request: {
    accountId: string
    returnUrl: string
    refreshUrl: string
  }): Promise<{ url: string }>
  transfer(request: {
    accountId: string
    money: Money
    reference: string
    idempotencyKey: string
  }): Promise<{ id: string }>

  /** Makes or changes a plan with its prices, found again by their keys. What is sold to somebody keeps its old price. */
  savePlan(plan: PlanDraft): Promise<{ productId: string; priceIds: readonly string[] }>
  /** Meters by event name, made where they are missing. */
  saveMeter(meter: { name: string; displayName: string }): Promise<void>
  /**
   * Registers our address for all that is read here, pinned to the version that this code reads: one endpoint or several,
   * all of them or none. The secrets are told once; a delivery is signed with that of its endpoint.
   */
  registerWebhook(request: { url: string }): Promise<{ endpoints: readonly WebhookEndpoint[] }>
}

/** Of `PaymentRefused`: the checkout was completed, and what was bought there is on its way. */
export const CHECKOUT_COMPLETE = 'checkout-complete'

/** What can be listed. The others are found by those: items by their invoice, attempts by their payment. */
export type ListedKind = Extract<
  ObjectKind,
  | 'product'
  | 'price'
  | 'customer'
  | 'subscription'
  | 'invoice'
  | 'payment'
  | 'refund'
  | 'dispute'
  | 'payout'
  | 'transfer'
>
