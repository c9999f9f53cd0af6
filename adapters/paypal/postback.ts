import * as z from 'zod/mini'
import { WebhookRefused } from '../../core/ports/payments.ts'
import { exactText } from '../provider-api/exact-text.ts'
import type { PaypalApi } from './api.ts'
import type { Signed } from './webhook.ts'

const Verdict = z.object({ verification_status: z.string() })

/**
 * Asks PayPal whether a delivery is its own. It costs a call, and a token every few hours, within the time that PayPal waits
 * for the answer. https://developer.paypal.com/api/webhooks/v1/verify-webhook-signature-post
 */
export async function postbackSays(api: PaypalApi, { sent, ids, body }: Signed): Promise<void> {
  const event = eventText(body)
  for (const id of ids) {
    const signed = {
      ...{ auth_algo: sent.algorithm, cert_url: sent.certificateUrl, transmission_id: sent.id },
      ...{ transmission_sig: sent.signature, transmission_time: sent.time, webhook_id: id },
    }
    // The event goes back as it came: PayPal signs its bytes, and JSON that was read and written again has others.
    const asked = `${JSON.stringify(signed).slice(0, -1)},"webhook_event":${event}}`
    const said = await api.post('/v1/notifications/verify-webhook-signature', asked, Verdict)
    if (said.verification_status === 'SUCCESS') return
  }
  throw new WebhookRefused('signature', 'PayPal says that it has not sent this')
}

/** One JSON object and nothing after it: else a sender could write fields of the question itself. */
function eventText(body: Uint8Array): string {
  const text = exactText(body)
  try {
    if (z.safeParse(z.record(z.string(), z.unknown()), JSON.parse(text)).success) return text
  } catch {
    // As below, without what the parser repeats of the body.
  }
  throw new WebhookRefused('signature', 'the body is nothing that PayPal sends')
}
