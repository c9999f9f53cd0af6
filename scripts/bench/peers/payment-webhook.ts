import { createHmac, timingSafeEqual } from 'node:crypto'
import { Problem } from '../../../core/http/problem.ts'
import { noContent } from '../../../core/http/response.ts'
import { route } from '../../../core/http/route.ts'
import { http } from '../../../core/run/function.ts'

/** What stands in for the secret of the endpoint; a deployed function would ask its secrets port. */
export const WEBHOOK_KEY = 'whsec_bench'

/** A function as a payment provider's webhook needs it: the exact bytes, their HMAC, and nothing of the database. */
export default http({
  name: 'payment-webhook',
  routes: [
    route({
      method: 'POST',
      path: '/v1/webhooks/payments',
      tag: 'Webhooks',
      access: 'public',
      summary: 'Take an event of the payment provider',
      rawBody: { mediaTypes: ['application/json'], maxBytes: 262_144 },
      answers: { 204: { description: 'Taken' } },
      handler: async ({ request }) => {
        if (!isSigned(request.headers['stripe-signature'] ?? '', request.body)) throw wrongSignature()
        return noContent()
      },
    }),
  ],
  uses: {},
  memoryMb: 256,
  timeoutSeconds: 10,
})

/** `t=<seconds>,v1=<hex>`: https://docs.stripe.com/webhooks#verify-manually */
export function signatureOf(time: string, body: Uint8Array): string {
  return createHmac('sha256', WEBHOOK_KEY).update(`${time}.`).update(body).digest('hex')
}

function isSigned(header: string, body: Uint8Array): boolean {
  const parts = new Map(header.split(',').map((part) => part.split('=', 2) as [string, string]))
  const given = Buffer.from(parts.get('v1') ?? '')
  const wanted = Buffer.from(signatureOf(parts.get('t') ?? '', body))
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

const wrongSignature = () =>
  new Problem({ status: 400, code: 'wrong-signature', title: 'The signature is wrong' })
