import { expect, it } from 'vitest'
import type { CheckoutObject } from '../../core/billing/provider-objects.ts'
import { aKey, openShop, pay, startCheckout, stateOf } from './testing/shop.ts'

it('whoever has paid is not sold a second subscription before the webhook of the first has come', async () => {
  await using shop = await openShop()
  const who = await shop.person()
  const wish = { priceId: shop.price('premium-month') }
  const { checkoutUrl } = await startCheckout(who, wish)
  await pay(checkoutUrl)
  const id = new URL(checkoutUrl).pathname.split('/').at(-1) ?? ''
  await shop.put(await shop.provider.fetch({ kind: 'checkout', id, accountId: null }))
  const again = await who.keyed<{ code: string }>(aKey(), 'POST', '/v1/subscribe', wish)
  expect(again.body.code).toBe('already-subscribed')
})

it('a checkout is not paid while its bank debit is on the way, although its subscription is active', async () => {
  await using shop = await openShop()
  const who = await shop.person()
  const started = await startCheckout(who, { priceId: shop.price('premium-month') })
  await pay(started.checkoutUrl)
  const paid = await stateOf(who, started)
  const id = new URL(started.checkoutUrl).pathname.split('/').at(-1) ?? ''
  const checkout = (await shop.provider.fetch({ kind: 'checkout', id, accountId: null })) as CheckoutObject
  await shop.put({ ...checkout, paymentStatus: 'unpaid' })
  expect([paid.status, (await stateOf(who, started)).status]).toEqual(['paid', 'pending'])
})
