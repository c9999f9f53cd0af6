import { expect, it } from 'vitest'
import { currencyOf } from '../../core/billing/money.ts'
import { taxContract } from '../../core/ports/tax.contract.ts'
import { TaxPlaceUnknown } from '../../core/ports/tax.ts'
import { openStripeTax } from './tax.ts'
import { answering } from './testing/answering.ts'
import { knownSecrets } from './testing/known-secrets.ts'
import { localStripe } from './testing/local-stripe.ts'

taxContract('stripe keeps the Tax contract, over the wire', async () => {
  const { server, secrets, [Symbol.asyncDispose]: dispose } = await localStripe()
  return { tax: openStripeTax({ secrets, api: server.origin }), [Symbol.asyncDispose]: dispose }
}, [
  {
    test: 'charges a business of another EU country nothing, and says why',
    because: 'the local server does not look at tax numbers',
  },
])

const secrets = knownSecrets({ 'stripe-key': 'sk_test_1' })
const asked = {
  currency: currencyOf('usd'),
  place: { country: 'US', region: 'NY', postalCode: '10001' },
  at: new Date('2026-11-20T12:00:00Z'),
  lines: [{ reference: 'l1', amountMinor: 1000, behavior: 'exclusive' as const }],
}
const part = (percentage: string, reason = 'standard_rated') => ({
  inclusive: false,
  taxability_reason: reason,
  tax_rate_details: { percentage_decimal: percentage, tax_type: 'sales_tax' },
})
const calculation = (parts: readonly unknown[], tax: number) => ({
  id: 'taxcalc_1',
  object: 'tax.calculation',
  tax_breakdown: parts,
  line_items: {
    object: 'list',
    has_more: false,
    url: '/v1/tax/calculations/taxcalc_1/line_items',
    data: [
      {
        id: 'tax_li_1',
        amount: 1000,
        amount_tax: tax,
        reference: 'l1',
        tax_behavior: 'exclusive',
      },
    ],
  },
})

it('adds up the rates of state, county and city exactly', async () => {
  const body = calculation([part('4.0'), part('4.5'), part('0.375')], 89)
  await using server = await answering(() => ({ status: 200, body }))
  const [result] = await openStripeTax({ secrets, api: server.origin }).calculate(asked)
  expect(result).toMatchObject({ ratePercent: '8.875', taxMinor: 89, name: 'SALES TAX', reason: 'standard' })
})
it('keeps the noughts of whole rates', async () => {
  await using server = await answering(() => ({ status: 200, body: calculation([part('20')], 200) }))
  const [result] = await openStripeTax({ secrets, api: server.origin }).calculate(asked)
  expect(result?.ratePercent).toBe('20')
})
it('tells why nothing is charged', async () => {
  await using server = await answering(() => ({
    status: 200,
    body: calculation([part('0', 'reverse_charge')], 0),
  }))
  const [result] = await openStripeTax({ secrets, api: server.origin }).calculate(asked)
  expect(result?.reason).toBe('reverse-charge')
})
it('sends the number of a business with its kind', async () => {
  await using server = await answering(() => ({
    status: 200,
    body: calculation([part('0', 'reverse_charge')], 0),
  }))
  const tax = openStripeTax({ secrets, api: server.origin })
  await tax.calculate({ ...asked, place: { country: 'FR' }, taxId: 'FR40303265045' })
  expect(server.asked[0]?.form).toContain('customer_details[tax_ids][0][type]=eu_vat')
})
it('says of a place that Stripe does not know that it is unknown', async () => {
  const error = { type: 'invalid_request_error', code: 'customer_tax_location_invalid', message: 'Where?' }
  await using server = await answering(() => ({ status: 400, body: { error } }))
  await expect(openStripeTax({ secrets, api: server.origin }).calculate(asked)).rejects.toThrow(
    TaxPlaceUnknown,
  )
})
