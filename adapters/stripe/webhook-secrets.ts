import * as z from 'zod/mini'
import { SecretMissing, type Secrets } from '../../core/ports/secrets.ts'

const WebhookSecrets = z.array(
  z.object({ secret: z.string(), notAfter: z.optional(z.iso.datetime({ offset: true })) }),
)

/**
 * The signing secrets that are good now: during a roll there are two. Fails closed: a list without a good one is
 * `SecretMissing`, and a blank secret, with which anybody could sign, is none.
 */
export async function liveSecrets(secrets: Secrets, now: Date): Promise<readonly string[]> {
  const listed = parseSecrets(await secrets.get('stripe-webhook'))
  const live = listed.filter(
    ({ secret, notAfter }) => secret.trim() !== '' && (!notAfter || now <= new Date(notAfter)),
  )
  if (live.length === 0) throw new SecretMissing('no secret of stripe-webhook is good now')
  return live.map(({ secret }) => secret)
}

function parseSecrets(text: string): z.infer<typeof WebhookSecrets> {
  try {
    return z.parse(WebhookSecrets, JSON.parse(text))
  } catch {
    // Its error would repeat parts of the secret, so it is no cause.
    throw new SecretMissing('stripe-webhook is no JSON list of {secret, notAfter?}')
  }
}
