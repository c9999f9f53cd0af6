import { createHash, createHmac } from 'node:crypto'
import type { ProviderEvent } from '../../core/billing/provider-objects.ts'
import type { Clock } from '../../core/ports/clock.ts'
import { type WebhookDelivery, WebhookRefused } from '../../core/ports/payments.ts'
import { SecretMissing, type Secrets } from '../../core/ports/secrets.ts'
import { exactText } from '../provider-api/exact-text.ts'
import { liveOnes } from '../provider-api/secret-form.ts'
import { isSame } from '../provider-api/signature.ts'
import { readEvents } from './event.ts'
import { type BraintreeKey, braintreeSettings } from './settings.ts'

/**
 * Braintree's webhooks. What is signed is the payload as it is in the form, so the form is read before the signature and
 * nothing else is. An event is sent again for a day, and no time but its own is signed: none is refused for its age.
 * https://developer.paypal.com/braintree/docs/guides/webhooks/parse
 */
export function openWebhooks(secrets: Secrets) {
  return async ({ body }: WebhookDelivery, now: Date): Promise<readonly ProviderEvent[]> => {
    const settings = await braintreeSettings(secrets)
    const keys = liveOnes(settings.keys, { now, name: 'braintree' })
    const { signature, payload } = formOf(body)
    verify(payload, signature, keys)
    return readEvents(Buffer.from(payload, 'base64'), settings)
  }
}

/** Answers by the first key that is still good: the console knows all keys of the account. */
export function openChallenges({ secrets, clock }: { secrets: Secrets; clock: Pick<Clock, 'now'> }) {
  return async (challenge: string): Promise<string> => {
    const { keys } = await braintreeSettings(secrets)
    const [key] = liveOnes(keys, { now: clock.now(), name: 'braintree' })
    if (!key) throw new SecretMissing('braintree')
    return challengeAnswer(challenge, key)
  }
}

interface Form {
  readonly signature: string
  readonly payload: string
}

/** Each field once: of two, one could be signed and the other be read. */
function formOf(body: Uint8Array): Form {
  const form = new URLSearchParams(readable(body))
  const [signature, ...otherSignatures] = form.getAll('bt_signature')
  const [payload, ...otherPayloads] = form.getAll('bt_payload')
  if (signature === undefined || payload === undefined || otherSignatures.length + otherPayloads.length > 0)
    throw new WebhookRefused('signature', 'the form has not one signature and one payload')
  if (!/^[A-Za-z0-9+/=\n]+$/.test(payload)) throw new WebhookRefused('signature', 'the payload is not base64')
  return { signature, payload }
}

/** The form is not signed as a whole: what is no text in it was changed on the way. */
function readable(body: Uint8Array): string {
  try {
    return exactText(body)
  } catch (error) {
    throw new WebhookRefused('signature', 'the form is no text', { cause: error })
  }
}

/** SHA-1 is Braintree's choice. https://developer.paypal.com/braintree/docs/guides/webhooks/parse */
export function signatureOf(text: string, privateKey: string): string {
  const key = createHash('sha1').update(privateKey).digest()
  return createHmac('sha1', key).update(text).digest('hex')
}

/** A signature for each key of the account: `public|hex&public|hex`. A line end after the payload gets lost in forms. */
function verify(payload: string, signature: string, keys: readonly BraintreeKey[]): void {
  const pairs = signature.split('&').map((pair) => pair.split('|'))
  const fits = keys.some(({ publicKey, privateKey }) =>
    pairs.some(
      ([name, hex = '', ...more]) =>
        name === publicKey &&
        more.length === 0 &&
        [payload, `${payload}\n`].some((text) => isSame(signatureOf(text, privateKey), hex)),
    ),
  )
  if (!fits) throw new WebhookRefused('signature', 'no signature fits the payload')
}

/**
 * The answer to Braintree's question whether an address is ours, which it asks with `bt_challenge` when the address is set
 * up. https://developer.paypal.com/braintree/docs/guides/webhooks/create
 */
export function challengeAnswer(challenge: string, { publicKey, privateKey }: BraintreeKey): string {
  // Anything else might be a payload, and the answer its signature.
  if (!/^[a-f0-9]{20,32}$/.test(challenge)) throw new WebhookRefused('malformed', 'this is no challenge')
  return `${publicKey}|${signatureOf(challenge, privateKey)}`
}
