import { expect, it } from 'vitest'
import { awsHttp } from '../../../adapters/aws/http.ts'
import { mountRoutes } from '../../../core/http/mount-routes.ts'
import type { Ports } from '../../../core/ports/ports.ts'
import { ids, SILENT } from '../adapters-ours.ts'
import { httpApiEvent } from '../coldstart-runtimes.ts'
import paymentWebhook, { signatureOf } from './payment-webhook.ts'

const handler = awsHttp(async () => mountRoutes(paymentWebhook, {} as Ports), { log: SILENT, ids })
const BODY = '{"id":"evt_1","amount":"12 €"}'

const statusFor = async (signature: string) => {
  const headers = { 'content-type': 'application/json', 'stripe-signature': signature }
  const event = httpApiEvent({ method: 'POST', path: '/v1/webhooks/payments', headers, body: BODY })
  return (await handler(event, undefined)).statusCode
}

it('takes an event that is signed', async () => {
  expect(await statusFor(`t=17,v1=${signatureOf('17', Buffer.from(BODY))}`)).toBe(204)
})
it.each([
  ['no signature', ''],
  ['another time', `t=18,v1=${signatureOf('17', Buffer.from(BODY))}`],
  ['another body', `t=17,v1=${signatureOf('17', Buffer.from('{}'))}`],
])('refuses %s', async (_, signature) => {
  expect(await statusFor(signature)).toBe(400)
})
