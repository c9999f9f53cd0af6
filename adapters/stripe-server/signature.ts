import { createHmac } from 'node:crypto'

/**
 * The header Stripe-Signature over the exact text: one `v1` for each secret, as during a roll of the secret.
 * https://docs.stripe.com/webhooks#verify-manually
 */
export function signatureOf(text: string, secrets: readonly string[], unixSeconds: number): string {
  const signed = secrets.map(
    (secret) => `v1=${createHmac('sha256', secret).update(`${unixSeconds}.${text}`, 'utf8').digest('hex')}`,
  )
  return [`t=${unixSeconds}`, ...signed].join(',')
}
