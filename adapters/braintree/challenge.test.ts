import { expect, it } from 'vitest'
import { createRouter } from '../../core/http/router.ts'
import { aRequest } from '../../core/http/testing/request.ts'
import type { Ports } from '../../core/ports/ports.ts'
import { paymentWebhookRoutes } from '../../core/webhooks/routes.ts'
import { testContext } from '../local/testing/column.ts'
import { knownSecrets } from '../stripe/testing/known-secrets.ts'
import { openBraintree } from './payments.ts'
import { clock, SETTINGS, secretsOf } from './testing/braintree-server.ts'
import { signatureOf } from './webhook.ts'

const router = createRouter(paymentWebhookRoutes, async () => undefined)
const CHALLENGE = '20f9f8ed05f77439fe955c977e4c8a53'

/** As Braintree's console asks it. */
async function ask(query: Record<string, string>, secrets = secretsOf(SETTINGS)) {
  const ports = { payments: { primary: 'stripe', of: () => openBraintree({ secrets, clock }) } }
  const request = aRequest('GET', '/webhooks/braintree', { query: new URLSearchParams(query) })
  const { status, body } = await router.handle(request, ports as unknown as Ports, testContext())
  return [status, typeof body === 'string' && body.startsWith('{') ? JSON.parse(body).code : body]
}

it('answers a challenge with the public key and the signature of it', async () => {
  const [{ publicKey, privateKey } = { publicKey: '', privateKey: '' }] = SETTINGS.keys
  expect(await ask({ bt_challenge: CHALLENGE })).toEqual([
    200,
    `${publicKey}|${signatureOf(CHALLENGE, privateKey)}`,
  ])
})
it.each(['PD94bWwgdmVyc2lvbj0iMS4wIj8+', 'zz', '', 'a'.repeat(33)])(
  'signs nothing that could be something else: %j',
  async (challenge) => {
    expect(await ask({ bt_challenge: challenge })).toEqual([400, 'webhook-refused'])
  },
)
it('refuses a question without a challenge', async () => {
  expect((await ask({}))[0]).toBe(422)
})
it('is not set up without a secret', async () => {
  expect(await ask({ bt_challenge: CHALLENGE }, knownSecrets({}))).toEqual([503, 'provider-not-set-up'])
})
