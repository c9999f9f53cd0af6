import * as z from 'zod/mini'
import type { Provider } from '../billing/provider-objects.ts'
import { type Route, route } from '../http/route.ts'
import { answerWebhookChallenge } from './challenge.ts'
import { receiveWebhook, WEBHOOK_MAX_BYTES } from './receive.ts'

const JSON_TYPES = ['application/json'] as const
const PROBLEMS = {
  'webhook-refused': '400: The signature is wrong, the time too far off, or it is no event.',
  'provider-not-set-up': '503: There is no secret to verify it with.',
} as const

/** https://docs.stripe.com/webhooks */
export const stripeWebhookRoutes: readonly Route[] = [webhookRoute('stripe', 'Stripe', JSON_TYPES)]

/** The other providers; each answers 503 until its secret is set up. */
export const paymentWebhookRoutes: readonly Route[] = [
  webhookRoute('paypal', 'PayPal', JSON_TYPES),
  webhookRoute('braintree', 'Braintree', ['application/x-www-form-urlencoded']),
  webhookRoute('razorpay', 'Razorpay', JSON_TYPES),
  route({
    method: 'GET',
    path: '/webhooks/braintree',
    tag: 'Webhooks',
    access: 'public',
    summary: 'Show Braintree that this address is ours',
    description: 'Its console asks when the address is set up, and sends nothing before.',
    query: z.object({ bt_challenge: z.string().check(z.maxLength(200)) }),
    answers: { 200: { description: 'The public key and the signed challenge', mediaType: 'text/plain' } },
    problems: PROBLEMS,
    handler: ({ query }, ports, ctx) => answerWebhookChallenge(ports, ctx, 'braintree', query.bt_challenge),
  }),
]

function webhookRoute(provider: Provider, name: string, mediaTypes: readonly string[]): Route {
  return route({
    method: 'POST',
    path: `/webhooks/${provider}`,
    tag: 'Webhooks',
    access: 'public',
    summary: `Take an event from ${name}`,
    description:
      'Verified over its exact bytes. 200 means that the event is kept; what follows from it happens later, once.',
    rawBody: { mediaTypes, maxBytes: WEBHOOK_MAX_BYTES },
    answers: { 200: { description: 'Kept', schema: z.object({ received: z.boolean() }) } },
    problems: {
      ...PROBLEMS,
      'body-too-large': `413: The body has more than ${WEBHOOK_MAX_BYTES} bytes.`,
    },
    handler: ({ request }, ports, ctx) => receiveWebhook(ports, ctx, provider, request),
  })
}
