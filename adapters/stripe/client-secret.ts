import { PaymentUnavailable } from '../../core/ports/payments.ts'

/** What the browser confirms with. Keys that may not read it get none, and the browser could do nothing. */
export function clientSecretOf({
  id,
  client_secret: secret,
}: {
  id: string
  client_secret: string | null
}): string {
  if (secret === null) throw new PaymentUnavailable(`Stripe gave no client secret for ${id}`)
  return secret
}
