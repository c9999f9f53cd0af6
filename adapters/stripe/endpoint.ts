import type Stripe from 'stripe'
import type { WebhookEndpoint } from '../../core/billing/payment-requests.ts'
import { type PaymentProvider, PaymentUnavailable } from '../../core/ports/payments.ts'
import { API_VERSION, type ApiClient } from './api-client.ts'
import { NOTICES } from './event-object.ts'

/** The types that something is done for. A type that is missing here is found by reconciliation alone. */
export const WEBHOOK_EVENTS = [
  'charge.captured',
  'charge.dispute.closed',
  'charge.dispute.created',
  'charge.dispute.funds_reinstated',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.updated',
  'charge.expired',
  'charge.failed',
  'charge.pending',
  'charge.refunded',
  'charge.succeeded',
  'charge.updated',
  'checkout.session.async_payment_failed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.completed',
  'checkout.session.expired',
  'credit_note.created',
  'credit_note.updated',
  'credit_note.voided',
  'customer.created',
  'customer.deleted',
  'customer.updated',
  'customer.subscription.created',
  'customer.subscription.deleted',
  'customer.subscription.paused',
  'customer.subscription.pending_update_applied',
  'customer.subscription.pending_update_expired',
  'customer.subscription.resumed',
  'customer.subscription.trial_will_end',
  'customer.subscription.updated',
  'invoice.created',
  'invoice.deleted',
  'invoice.finalization_failed',
  'invoice.finalized',
  'invoice.marked_uncollectible',
  'invoice.overdue',
  'invoice.paid',
  'invoice.payment_action_required',
  'invoice.payment_failed',
  'invoice.payment_succeeded',
  'invoice.sent',
  'invoice.updated',
  'invoice.voided',
  'invoice_payment.paid',
  'payment_intent.canceled',
  'payment_intent.created',
  'payment_intent.payment_failed',
  'payment_intent.processing',
  'payment_intent.requires_action',
  'payment_intent.succeeded',
  'payment_method.attached',
  'payment_method.automatically_updated',
  'payment_method.detached',
  'payment_method.updated',
  'payout.canceled',
  'payout.created',
  'payout.failed',
  'payout.paid',
  'payout.reconciliation_completed',
  'payout.updated',
  'price.created',
  'price.deleted',
  'price.updated',
  'product.created',
  'product.deleted',
  'product.updated',
  'refund.created',
  'refund.failed',
  'refund.updated',
  'setup_intent.succeeded',
  'subscription_schedule.canceled',
  'subscription_schedule.completed',
  'subscription_schedule.created',
  'subscription_schedule.released',
  'subscription_schedule.updated',
  'transfer.created',
  'transfer.reversed',
  'transfer.updated',
] as const

/** Of payees' accounts: what they still have to tell, and what became of their payouts. */
export const PAYEE_EVENTS = [
  'account.application.deauthorized',
  'account.updated',
  'payout.canceled',
  'payout.created',
  'payout.failed',
  'payout.paid',
  'payout.updated',
] as const

/** The types of the events that exist in the thin form alone. */
export const NOTICE_EVENTS: readonly string[] = Object.keys(NOTICES).map((type) =>
  type.startsWith('v2.') ? type : `v1.${type}`,
)

/**
 * Three endpoints at one address, each with a secret of its own: our account's events and those of payees' accounts, both
 * made with the version that is read here (https://docs.stripe.com/api/webhook_endpoints/create), and the notices, which
 * only a destination of thin events gets (https://docs.stripe.com/api/v2/core/event-destinations/create).
 */
export const endpointCalls = (client: ApiClient): Pick<PaymentProvider, 'registerWebhook'> => ({
  async registerWebhook({ url }) {
    const made: WebhookEndpoint[] = []
    try {
      for (const make of [ownEvents, payeesEvents, notices]) made.push(await make(url, client))
      return { endpoints: made }
    } catch (error) {
      // Their secrets would be told to nobody: what is made without them only fails.
      for (const { id } of made) await client.find((stripe) => stripe.webhookEndpoints.del(id))
      throw error
    }
  },
})

type Make = (url: string, client: ApiClient) => Promise<WebhookEndpoint>

const ownEvents: Make = (url, client) => snapshots(client, { url, enabled_events: [...WEBHOOK_EVENTS] })

const payeesEvents: Make = (url, client) =>
  snapshots(client, { url, connect: true, enabled_events: [...PAYEE_EVENTS] })

async function snapshots(
  client: ApiClient,
  asked: Omit<Stripe.WebhookEndpointCreateParams, 'api_version'>,
): Promise<WebhookEndpoint> {
  const made = await client.call((stripe) =>
    stripe.webhookEndpoints.create({ ...asked, api_version: API_VERSION }),
  )
  return told(made.id, made.secret)
}

const notices: Make = async (url, client) => {
  const made = await client.call((stripe) =>
    stripe.v2.core.eventDestinations.create({
      name: 'Notices',
      type: 'webhook_endpoint',
      event_payload: 'thin',
      enabled_events: [...NOTICE_EVENTS],
      webhook_endpoint: { url },
      include: ['webhook_endpoint.signing_secret'],
    }),
  )
  return told(made.id, made.webhook_endpoint?.signing_secret)
}

function told(id: string, secret: string | null | undefined): WebhookEndpoint {
  if (!secret) throw new PaymentUnavailable(`Stripe gave no secret for ${id}`)
  return { id, secret }
}
