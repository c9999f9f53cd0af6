import { expect, it } from 'vitest'
import { PROVIDERS } from '../../core/billing/provider-objects.ts'
import { SecretMissing } from '../../core/ports/secrets.ts'
import { openPayments } from './open-payments.ts'
import { snapshotEvent } from './testing/events.ts'
import { knownSecrets } from './testing/known-secrets.ts'
import { localStripe, NOW, pay } from './testing/local-stripe.ts'

const clock = { now: () => NOW }

it('opens without a secret, and says at the first call which one is missing', async () => {
  const stripe = openPayments({ secrets: knownSecrets({}), clock }).of('stripe')
  await expect(stripe.openPortal({ customerId: 'cus_1', returnUrl: 'http://localhost:1' })).rejects.toThrow(
    SecretMissing,
  )
})
it('knows every provider by its name', () => {
  const payments = openPayments({ secrets: knownSecrets({}), clock })
  expect(PROVIDERS.map((provider) => payments.of(provider).name)).toEqual([...PROVIDERS])
})
it('reads a bus event without any secret', async () => {
  const detail = snapshotEvent('invoice.paid', { id: 'in_1', object: 'invoice' })
  const events = await openPayments({ secrets: knownSecrets({}), clock })
    .of('stripe')
    .readBusEvent({ detail })
  expect(events).toMatchObject([{ about: { kind: 'invoice', id: 'in_1' } }])
})
it('streams lists and events of a provider that is loaded late', async () => {
  await using local = await localStripe()
  const { paymentId } = await pay(local.sdk)
  const stripe = openPayments({ secrets: local.secrets, clock, api: local.server.origin }).of('stripe')
  const listed = await Array.fromAsync(stripe.list('payment'))
  const events = await Array.fromAsync(stripe.events({ since: new Date(0), undelivered: false }))
  expect([listed[0]?.id, events.length > 0]).toEqual([paymentId, true])
})
