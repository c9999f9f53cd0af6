import { expect, it } from 'vitest'
import { PaymentUnavailable } from '../../core/ports/payments.ts'
import { openStripe } from './payments.ts'
import { answering } from './testing/answering.ts'
import { knownSecrets } from './testing/known-secrets.ts'
import { localStripe } from './testing/local-stripe.ts'

const url = 'https://example.com/hook'

it('registers an address for our own events, for those of payees and for notices', async () => {
  await using stripe = await localStripe()
  const { endpoints } = await stripe.provider.registerWebhook({ url })
  const made = stripe.server.store.all('webhook_endpoint')
  expect(made.map(({ id, api_version, _form, _connect }) => ({ id, api_version, _form, _connect }))).toEqual([
    { id: endpoints[0]?.id, api_version: '2026-10-28.endive', _form: 'snapshot', _connect: false },
    { id: endpoints[1]?.id, api_version: '2026-10-28.endive', _form: 'snapshot', _connect: true },
    { id: endpoints[2]?.id, api_version: null, _form: 'thin', _connect: null },
  ])
})
it('tells a secret of each endpoint', async () => {
  await using stripe = await localStripe()
  const { endpoints } = await stripe.provider.registerWebhook({ url })
  const secrets = new Set(endpoints.map(({ secret }) => secret).filter((secret) => /^whsec_/.test(secret)))
  expect(secrets.size).toBe(3)
})
it('leaves no endpoint behind whose secret nobody is told', async () => {
  const made = { status: 200, body: { id: 'we_1', object: 'webhook_endpoint', secret: 'whsec_1' } }
  const down = { status: 500, body: { error: { type: 'api_error', message: 'down' } } }
  await using server = await answering((line) => (line.includes('/v2/') ? down : made))
  const stripe = openStripe({
    secrets: knownSecrets({ 'stripe-key': 'sk_test_1' }),
    clock: { now: () => new Date('2026-11-20T12:00:00Z') },
    api: server.origin,
    maxNetworkRetries: 0,
  })
  await expect(stripe.registerWebhook({ url })).rejects.toThrow(PaymentUnavailable)
  const removed = server.asked.filter(({ line }) => line === 'DELETE /v1/webhook_endpoints/we_1')
  expect(removed).toHaveLength(2)
})
