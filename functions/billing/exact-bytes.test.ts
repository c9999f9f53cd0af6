import type { HttpRequest as AzureRequest } from '@azure/functions'
import { expect, it } from 'vitest'
import { requestFromAws } from '../../adapters/aws/http-request.ts'
import { bodyFromAzure, requestFromAzure } from '../../adapters/azure/http-request.ts'
import { requestFromGcp } from '../../adapters/gcp/http-request.ts'
import { snapshotEvent } from '../../adapters/stripe/testing/events.ts'
import { knownSecrets, webhookSecrets } from '../../adapters/stripe/testing/known-secrets.ts'
import { signedDelivery } from '../../adapters/stripe/testing/signed-delivery.ts'
import { openWebhooks } from '../../adapters/stripe/webhook.ts'
import type { HttpRequest } from '../../core/http/request.ts'

const NOW = new Date('2026-11-20T12:00:00Z')
/** Spaces and line ends as no encoder of ours would write them, and letters of two, three and four bytes. */
const EVENT = snapshotEvent('invoice.paid', { id: 'in_1', object: 'invoice', description: 'Zoë, 映画 🎬' })
const TEXT = `${JSON.stringify(EVENT, null, 3).replaceAll('\n', '\r\n')}\r\n`
const { body, headers } = signedDelivery(TEXT, { secrets: ['whsec_1'], at: NOW })
const read = openWebhooks(knownSecrets({ 'stripe-webhook': webhookSecrets({ secret: 'whsec_1' }) }))

const PATH = '/webhooks/stripe'
const lambda = (sent: { body: string; isBase64Encoded: boolean }): HttpRequest => {
  const http = { method: 'POST', sourceIp: '192.0.2.9' }
  const requestContext = { domainName: 'a.lambda-url.us-east-1.on.aws', http }
  return requestFromAws({ rawPath: PATH, rawQueryString: '', headers, requestContext, ...sent })
}
const azure = async (): Promise<HttpRequest> => {
  const request = new Request(`https://x.example${PATH}`, { method: 'POST', body, headers })
  const native = request as unknown as AzureRequest
  return requestFromAzure(native, { body: await bodyFromAzure(native) })
}
const gcp = (): HttpRequest =>
  requestFromGcp({
    ...{ method: 'POST', originalUrl: PATH, rawHeaders: Object.entries(headers).flat(), rawBody: body },
    socket: {},
  })

it.each<readonly [string, () => HttpRequest | Promise<HttpRequest>]>([
  ['AWS, as text', () => lambda({ body: TEXT, isBase64Encoded: false })],
  ['AWS, as base64', () => lambda({ body: Buffer.from(body).toString('base64'), isBase64Encoded: true })],
  ['Azure', azure],
  ['Google Cloud', gcp],
])('a signature holds over what came through %s', async (_, request) => {
  expect((await read(await request(), NOW)).map(({ about }) => about?.id)).toEqual(['in_1'])
})
