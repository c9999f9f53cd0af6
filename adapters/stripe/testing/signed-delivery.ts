import { createHmac } from 'node:crypto'
import type { WebhookDelivery } from '../../../core/ports/payments.ts'

interface Signing {
  readonly secrets: readonly string[]
  readonly at: Date
  /** Schemes beside `v1` are for Stripe's own tests. */
  readonly scheme?: string
}

/** A delivery signed as https://docs.stripe.com/webhooks#verify-manually says, not as the SDK does. */
export function signedDelivery(
  body: string | Uint8Array,
  { secrets, at, scheme = 'v1' }: Signing,
): WebhookDelivery {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
  const seconds = Math.floor(at.getTime() / 1000)
  const parts = secrets.map(
    (secret) => `${scheme}=${createHmac('sha256', secret).update(`${seconds}.`).update(bytes).digest('hex')}`,
  )
  return { body: bytes, headers: { 'stripe-signature': [`t=${seconds}`, ...parts].join(',') } }
}
