import { verify, type X509Certificate } from 'node:crypto'
import { crc32 } from 'node:zlib'
import * as z from 'zod/mini'
import type { ProviderEvent } from '../../core/billing/provider-objects.ts'
import { type WebhookDelivery, WebhookRefused } from '../../core/ports/payments.ts'
import { signedJson } from '../provider-api/exact-text.ts'
import { liveOnes } from '../provider-api/secret-form.ts'
import { refuseStale } from '../provider-api/signature.ts'
import type { PaypalApi } from './api.ts'
import { readEvent } from './event.ts'
import { postbackSays } from './postback.ts'
import type { PaypalSettings } from './settings.ts'

/** What a delivery says of its signature. */
export interface Transmission {
  readonly id: string
  readonly time: string
  readonly algorithm: string
  readonly certificateUrl: string
  readonly signature: string
}

export interface WebhookOptions {
  readonly api: PaypalApi
  readonly signerAt: (url: string, settings: PaypalSettings, now: Date) => Promise<X509Certificate>
}

/**
 * PayPal's webhooks, verified by certificate or by asking PayPal, as the settings say. Each has its tolerance.
 * https://developer.paypal.com/api/rest/webhooks/rest/#verify-message
 */
export function openWebhooks({ api, signerAt }: WebhookOptions) {
  return async (delivery: WebhookDelivery, now: Date): Promise<readonly ProviderEvent[]> => {
    const settings = await api.settings()
    const ids = liveOnes(settings.webhooks, { now, name: 'paypal' }).map(({ id }) => id)
    const sent = transmissionOf(delivery)
    if (settings.verifyBy === 'postback') await postbackSays(api, { sent, ids, body: delivery.body })
    else refuseForged(await signerAt(sent.certificateUrl, settings, now), { sent, ids, body: delivery.body })
    refuseStale(new Date(sent.time), now, settings.toleranceSeconds)
    return readEvent(signedJson(delivery.body), settings)
  }
}

/** No `|` in what is signed between such: two readings of one text would both fit. */
const word = z.string().check(z.regex(/^[^|\s]{1,500}$/))
const Headers = z.object({
  'paypal-transmission-id': word,
  'paypal-transmission-time': z.iso.datetime({ offset: true }),
  'paypal-auth-algo': word,
  'paypal-cert-url': word,
  'paypal-transmission-sig': z.string().check(z.regex(/^[A-Za-z0-9+/=]{1,2000}$/)),
})

function transmissionOf({ headers }: WebhookDelivery): Transmission {
  const read = z.safeParse(Headers, headers)
  if (!read.success) throw new WebhookRefused('signature', 'a header of the signature is missing or odd')
  return {
    id: read.data['paypal-transmission-id'],
    time: read.data['paypal-transmission-time'],
    algorithm: read.data['paypal-auth-algo'],
    certificateUrl: read.data['paypal-cert-url'],
    signature: read.data['paypal-transmission-sig'],
  }
}

export interface Signed {
  readonly sent: Transmission
  readonly ids: readonly string[]
  readonly body: Uint8Array
}

/**
 * What PayPal signs. Of the body it is a CRC alone, to which another body can be made: that is one more reason to believe
 * nothing of it and to fetch the object.
 */
export const signedText = (
  { id, time }: Pick<Transmission, 'id' | 'time'>,
  webhookId: string,
  body: Uint8Array,
) => `${id}|${time}|${webhookId}|${crc32(body)}`

function refuseForged(signer: X509Certificate, { sent, ids, body }: Signed): void {
  if (sent.algorithm !== 'SHA256withRSA')
    throw new WebhookRefused('signature', 'the algorithm is another one')
  const signature = Buffer.from(sent.signature, 'base64')
  const fits = ids.some((id) =>
    verify('sha256', Buffer.from(signedText(sent, id, body)), signer.publicKey, signature),
  )
  if (!fits) throw new WebhookRefused('signature', 'no signature fits the body')
}
