import { describe, expect, it } from 'vitest'
import { openReceiver, openWire, type Wire } from '../testing/wire.ts'

const RETURN = { return_url: 'http://localhost/back', refresh_url: 'http://localhost/again' }

async function onboarded(wire: Wire): Promise<string> {
  const { id: account } = await wire.stripe.accounts.create({ type: 'express', country: 'DE' })
  const { url } = await wire.stripe.accountLinks.create({ account, type: 'account_onboarding', ...RETURN })
  await fetch(url, { method: 'POST', redirect: 'manual' })
  return account
}

describe('connected accounts of the local Stripe server', () => {
  it('want answers first', async () => {
    await using wire = await openWire()
    const account = await wire.stripe.accounts.create({ type: 'express', country: 'DE' })
    expect([account.payouts_enabled, account.requirements?.currently_due]).toEqual([
      false,
      expect.arrayContaining(['external_account']),
    ])
  })
  it('can be paid once their page is filled in', async () => {
    await using wire = await openWire()
    const account = await wire.stripe.accounts.retrieve(await onboarded(wire))
    expect([account.payouts_enabled, account.requirements?.currently_due]).toEqual([true, []])
  })
  it('are named in the events that tell of them', async () => {
    await using to = await openReceiver()
    await using wire = await openWire()
    const account = await onboarded(wire)
    wire.server.addEndpoint({ url: to.url, form: 'snapshot' })
    await wire.stripe.accounts.update(account, { metadata: { payee: 'p' } })
    await wire.server.settle()
    const { type, account: named } = JSON.parse(to.hooks[0]?.body ?? '{}')
    expect([type, named]).toEqual(['account.updated', account])
  })
  it('open their page once', async () => {
    await using wire = await openWire()
    const { id: account } = await wire.stripe.accounts.create({ type: 'express' })
    const { url } = await wire.stripe.accountLinks.create({ account, type: 'account_onboarding', ...RETURN })
    await fetch(url, { method: 'POST', redirect: 'manual' })
    expect((await fetch(url, { redirect: 'manual' })).headers.get('location')).toBe('http://localhost/again')
  })
})

describe('transfers of the local Stripe server', () => {
  it('are refused beyond the balance', async () => {
    await using wire = await openWire()
    const destination = await onboarded(wire)
    const transfer = wire.stripe.transfers.create({ amount: 500, currency: 'usd', destination })
    expect(await transfer.catch((error) => error.code)).toBe('balance_insufficient')
  })
  it('are refused to an account that cannot receive them', async () => {
    await using wire = await openWire()
    const { id: destination } = await wire.stripe.accounts.create({ type: 'express' })
    const transfer = wire.stripe.transfers.create({ amount: 500, currency: 'usd', destination })
    expect(await transfer.catch((error) => error.code)).toBe('insufficient_capabilities_for_transfer')
  })
  it('take from the balance and give back what is reversed', async () => {
    await using wire = await openWire()
    const destination = await onboarded(wire)
    await wire.stripe.topups.create({ amount: 1000, currency: 'usd' })
    const transfer = await wire.stripe.transfers.create({ amount: 700, currency: 'usd', destination })
    await wire.stripe.transfers.createReversal(transfer.id, { amount: 200 })
    const { available } = await wire.stripe.balance.retrieve()
    expect(available).toEqual([{ amount: 500, currency: 'usd' }])
  })
  it('show what was reversed of them', async () => {
    await using wire = await openWire()
    const destination = await onboarded(wire)
    await wire.stripe.topups.create({ amount: 1000, currency: 'usd' })
    const { id } = await wire.stripe.transfers.create({ amount: 700, currency: 'usd', destination })
    await wire.stripe.transfers.createReversal(id)
    const { amount_reversed, reversed, reversals } = await wire.stripe.transfers.retrieve(id)
    expect([amount_reversed, reversed, reversals.data.length]).toEqual([700, true, 1])
  })
})

describe('payouts of a connected account of the local Stripe server', () => {
  async function paidOut(fail: boolean) {
    let now = new Date('2026-05-01T00:00:00Z')
    const wire = await openWire({ now: () => now })
    const destination = await onboarded(wire)
    await wire.stripe.topups.create({ amount: 1000, currency: 'usd' })
    await wire.stripe.transfers.create({ amount: 700, currency: 'usd', destination })
    for (const day of ['03', '04']) {
      now = new Date(`2026-05-${day}T00:00:00Z`)
      wire.server.advance()
      const [payout] = (await wire.stripe.payouts.list({}, { stripeAccount: destination })).data
      const form = new URLSearchParams({ payout: payout?.id ?? '' })
      if (fail) await fetch(`${wire.server.origin}/_skyreel/fail-payout`, { method: 'POST', body: form })
    }
    return { wire, destination }
  }
  it('follow a transfer and arrive', async () => {
    const { wire, destination } = await paidOut(false)
    await using _ = wire
    const { data } = await wire.stripe.payouts.list({}, { stripeAccount: destination })
    expect(data.map(({ amount, status }) => [amount, status])).toEqual([[700, 'paid']])
  })
  it('fail where the bank sends them back', async () => {
    const { wire, destination } = await paidOut(true)
    await using _ = wire
    const { data } = await wire.stripe.payouts.list({}, { stripeAccount: destination })
    expect(data.map(({ amount, status }) => [amount, status])).toEqual([[700, 'failed']])
  })
  it('are told of with their account', async () => {
    const { wire, destination } = await paidOut(false)
    await using _ = wire
    const { data } = await wire.stripe.events.list({ type: 'payout.*' }, { stripeAccount: destination })
    expect(data.map(({ type, account }) => [type, account])).toEqual([
      ['payout.paid', destination],
      ['payout.created', destination],
    ])
  })
  it('are not among our own', async () => {
    const { wire } = await paidOut(false)
    await using _ = wire
    const { data } = await wire.stripe.payouts.list()
    expect(data.filter(({ amount }) => amount === 700)).toEqual([])
  })
})

describe('tax of the local Stripe server', () => {
  const sold = { amount: 1000, reference: 'a' }
  const from = (country: string) => ({ address: { country }, address_source: 'billing' as const })
  it('is added at the rate of the country', async () => {
    await using wire = await openWire()
    const calculation = await wire.stripe.tax.calculations.create({
      currency: 'eur',
      line_items: [sold],
      customer_details: from('DE'),
    })
    expect([calculation.tax_amount_exclusive, calculation.amount_total]).toEqual([190, 1190])
  })
  it('is taken out of an amount that has it in', async () => {
    await using wire = await openWire()
    const calculation = await wire.stripe.tax.calculations.create({
      currency: 'eur',
      line_items: [{ ...sold, amount: 1190, tax_behavior: 'inclusive' }],
      customer_details: from('DE'),
    })
    expect([calculation.tax_amount_inclusive, calculation.amount_total]).toEqual([190, 1190])
  })
  it('is none where none is collected', async () => {
    await using wire = await openWire()
    const calculation = await wire.stripe.tax.calculations.create({
      currency: 'usd',
      line_items: [sold],
      customer_details: from('US'),
    })
    expect(calculation.tax_breakdown[0]?.taxability_reason).toBe('not_collecting')
  })
})
