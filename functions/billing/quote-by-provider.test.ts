import { expect, it } from 'vitest'
import { openDesk } from './testing/desk.ts'

it('a quote that the provider charges for is not made for nobody', async () => {
  await using desk = await openDesk({ config: { taxBy: 'stripe' } })
  expect(await desk.nobody.refusal('GET', '/v1/billing/quote?priceId=price_1&country=DE')).toBe(
    '401 unauthorized',
  )
})
