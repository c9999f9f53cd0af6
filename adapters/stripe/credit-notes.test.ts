import type Stripe from 'stripe'
import { expect, it } from 'vitest'
import { customerWithCard, localStripe } from './testing/local-stripe.ts'

/** What a credit note over 4 euro leaves of an invoice over 10 that was paid. */
async function noted(note: Omit<Stripe.CreditNoteCreateParams, 'invoice'>) {
  await using stripe = await localStripe()
  const { customerId } = await customerWithCard(stripe.sdk)
  const { id: product } = await stripe.sdk.products.create({ name: 'Premium' })
  const price = { currency: 'eur', unit_amount: 1000, product, recurring: { interval: 'month' } } as const
  const { id: priceId } = await stripe.sdk.prices.create(price)
  await stripe.sdk.subscriptions.create({ customer: customerId, items: [{ price: priceId }] })
  const [invoice] = (await stripe.sdk.invoices.list()).data
  await stripe.sdk.creditNotes.create({ invoice: invoice?.id ?? '', amount: 400, ...note })
  return await stripe.provider.fetch({ kind: 'invoice', id: invoice?.id ?? '', accountId: null })
}
const none = { beforePaymentMinor: 0, toBalanceMinor: 0, toRefundMinor: 0, outOfBandMinor: 0 }

it('a credit note of after the payment tells what became credit', async () => {
  expect(await noted({ credit_amount: 400 })).toMatchObject({
    creditNotesMinor: 400,
    creditNotes: { ...none, toBalanceMinor: 400 },
  })
})
it('a credit note of after the payment tells what was refunded, and what was paid back elsewhere', async () => {
  expect(await noted({ refund_amount: 300, out_of_band_amount: 100 })).toMatchObject({
    creditNotes: { ...none, toRefundMinor: 300, outOfBandMinor: 100 },
  })
})
