import { chromium } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { aPayer, aPlan, KEY, openReceiver, openWire, type Wire } from '../testing/wire.ts'

const CARD = { number: '4242 4242 4242 4242', expiry: '12 / 40', cvc: '123', name: 'A Buyer', country: 'DE' }
const BUYER = { ...CARD, email: 'buyer@example.org' }
const BACK = {
  success_url: 'http://localhost:1/done?s={CHECKOUT_SESSION_ID}',
  cancel_url: 'http://localhost:1/plans',
}

async function send(url: string, fields: Record<string, string>) {
  return await fetch(url, { method: 'POST', redirect: 'manual', body: new URLSearchParams(fields) })
}

async function subscribing(wire: Wire, more: object = {}) {
  const price = await aPlan(wire.stripe)
  const line_items = [{ price: price.id, quantity: 1 }]
  return await wire.stripe.checkout.sessions.create({ mode: 'subscription', line_items, ...BACK, ...more })
}

describe('the page to pay', () => {
  it('makes a paid subscription of what is typed', async () => {
    await using wire = await openWire()
    const { id, url } = await subscribing(wire)
    await send(url ?? '', BUYER)
    const session = await wire.stripe.checkout.sessions.retrieve(id, { expand: ['subscription'] })
    expect([session.status, session.payment_status, session.subscription]).toMatchObject([
      'complete',
      'paid',
      { status: 'active' },
    ])
  })
  it('leads back with the id of its session', async () => {
    await using wire = await openWire()
    const { id, url } = await subscribing(wire)
    await send(url ?? '', BUYER)
    const after = await fetch(url ?? '', { redirect: 'manual' })
    expect(after.headers.get('location')).toBe(`http://localhost:1/done?s=${id}`)
  })
  it('says why a card is declined and makes nothing', async () => {
    await using wire = await openWire()
    const { url } = await subscribing(wire)
    const answer = await send(url ?? '', { ...BUYER, number: '4000 0000 0000 9995' })
    expect([answer.status, (await answer.text()).includes('Your card has insufficient funds.')]).toEqual([
      402,
      true,
    ])
    expect((await wire.stripe.subscriptions.list()).data).toEqual([])
  })
  it('takes another card after a declined one', async () => {
    await using wire = await openWire()
    const { id, url } = await subscribing(wire)
    await send(url ?? '', { ...BUYER, number: '4000 0000 0000 9995' })
    await send(url ?? '', BUYER)
    expect((await wire.stripe.checkout.sessions.retrieve(id)).status).toBe('complete')
  })
  it('asks on a second page for approval', async () => {
    await using wire = await openWire()
    const { id, url } = await subscribing(wire)
    const first = await send(url ?? '', { ...BUYER, number: '4000 0027 6000 3184' })
    const before = await wire.stripe.checkout.sessions.retrieve(id)
    await send(`${url}/approve`, { approve: 'yes' })
    const after = await wire.stripe.checkout.sessions.retrieve(id)
    expect([first.headers.get('location'), before.status, after.payment_status]).toEqual([
      `/pay/${id}/approve`,
      'open',
      'paid',
    ])
  })
  it('makes nothing when the approval is refused', async () => {
    await using wire = await openWire()
    const { id, url } = await subscribing(wire)
    await send(url ?? '', { ...BUYER, number: '4000 0027 6000 3184' })
    await send(`${url}/approve`, { approve: 'no' })
    expect((await wire.stripe.checkout.sessions.retrieve(id)).status).toBe('open')
  })
  it('takes no money for a trial', async () => {
    await using wire = await openWire()
    const { id, url } = await subscribing(wire, { subscription_data: { trial_period_days: 7 } })
    await send(url ?? '', BUYER)
    const session = await wire.stripe.checkout.sessions.retrieve(id, { expand: ['subscription'] })
    expect([session.payment_status, session.subscription]).toMatchObject([
      'no_payment_required',
      { status: 'trialing' },
    ])
  })
  it('bills a metered price along with the plan', async () => {
    await using wire = await openWire()
    const meter = await wire.stripe.billing.meters.create({
      display_name: 'Minutes',
      event_name: 'minutes',
      default_aggregation: { formula: 'sum' },
    })
    const metered = await aPlan(wire.stripe, {
      recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
    })
    const plan = await aPlan(wire.stripe)
    const line_items = [{ price: plan.id, quantity: 1 }, { price: metered.id }]
    const { id, url } = await subscribing(wire, { line_items })
    await send(url ?? '', BUYER)
    const session = await wire.stripe.checkout.sessions.retrieve(id, {
      expand: ['subscription', 'line_items'],
    })
    const items = (session.subscription as { items: { data: { price: { id: string } }[] } }).items.data
    expect([session.amount_total, items.map(({ price }) => price.id)]).toEqual([1200, [plan.id, metered.id]])
  })
  it('takes one payment', async () => {
    await using wire = await openWire()
    const product = await wire.stripe.products.create({ name: 'Ticket' })
    const price = await wire.stripe.prices.create({ product: product.id, currency: 'jpy', unit_amount: 900 })
    const line_items = [{ price: price.id, quantity: 2 }]
    const { id, url } = await wire.stripe.checkout.sessions.create({ mode: 'payment', line_items, ...BACK })
    await send(url ?? '', BUYER)
    const session = await wire.stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent'] })
    expect(session.payment_intent).toMatchObject({ status: 'succeeded', amount: 1800, currency: 'jpy' })
  })
  it.each([
    ['paid', 'checkout.session.async_payment_succeeded', 'paid'],
    ['failed', 'checkout.session.async_payment_failed', 'unpaid'],
  ])('completes a bank debit unpaid, and tells later that it %s', async (outcome, type, status) => {
    await using wire = await openWire()
    const product = await wire.stripe.products.create({ name: 'Ticket' })
    const price = await wire.stripe.prices.create({ product: product.id, currency: 'eur', unit_amount: 900 })
    const line_items = [{ price: price.id, quantity: 1 }]
    const { id, url } = await wire.stripe.checkout.sessions.create({ mode: 'payment', line_items, ...BACK })
    await send(url ?? '', { ...BUYER, by: 'debit' })
    const before = await wire.stripe.checkout.sessions.retrieve(id)
    await send(`${wire.server.origin}/_skyreel/settle-checkout`, { session: id, outcome })
    const after = await wire.stripe.checkout.sessions.retrieve(id)
    const [told] = (await wire.stripe.events.list({ type: 'checkout.session.async*' })).data
    expect([before.status, before.payment_status, after.payment_status, told?.type]).toEqual([
      'complete',
      'unpaid',
      status,
      type,
    ])
  })
  it('saves a card for later', async () => {
    await using wire = await openWire()
    const { id: customer } = await wire.stripe.customers.create({ name: 'A' })
    const { url } = await wire.stripe.checkout.sessions.create({
      mode: 'setup',
      currency: 'usd',
      customer,
      ...BACK,
    })
    await send(url ?? '', BUYER)
    expect((await wire.stripe.customers.listPaymentMethods(customer)).data).toHaveLength(1)
  })
  it('shows what it costs in the currency of the session', async () => {
    await using wire = await openWire()
    const { url } = await subscribing(wire, { currency: 'eur' })
    expect(await (await fetch(url ?? '')).text()).toContain('11.00 EUR')
  })
  it('is over when its time is', async () => {
    let now = new Date('2026-05-01T00:00:00Z')
    await using wire = await openWire({ now: () => now })
    const { id, url } = await subscribing(wire)
    now = new Date('2026-05-02T00:00:00Z')
    wire.server.advance()
    const answer = await send(url ?? '', BUYER)
    expect([answer.status, (await wire.stripe.checkout.sessions.retrieve(id)).status]).toEqual([
      410,
      'expired',
    ])
  })
  it('tells of the completed session last', async () => {
    await using to = await openReceiver()
    await using wire = await openWire()
    wire.server.addEndpoint({ url: to.url, form: 'snapshot' })
    const { url } = await subscribing(wire)
    await send(url ?? '', BUYER)
    const [newest] = (await wire.stripe.events.list()).data
    expect(newest?.type).toBe('checkout.session.completed')
  })
  it('refuses a form that was sent from another site', async () => {
    await using wire = await openWire()
    const { url } = await subscribing(wire)
    const headers = { origin: 'https://elsewhere.example' }
    const answer = await fetch(url ?? '', { method: 'POST', headers, body: new URLSearchParams(BUYER) })
    expect(answer.status).toBe(403)
  })
  it('writes what was typed as text, never as markup', async () => {
    await using wire = await openWire()
    const { url } = await subscribing(wire)
    const answer = await send(url ?? '', { ...BUYER, number: '4000 0000 0000 0002', name: '"><b>x' })
    expect(await answer.text()).toContain('value="&quot;&gt;&lt;b&gt;x"')
  })
  it('lets nothing run and nothing load', async () => {
    await using wire = await openWire()
    const { url } = await subscribing(wire)
    const policy = (await fetch(url ?? '')).headers.get('content-security-policy')
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self' http:\/\/localhost:1;/,
    )
  })
  it('never shows or keeps the number of a card', async () => {
    await using wire = await openWire()
    const { url } = await subscribing(wire)
    await send(url ?? '', { ...BUYER, number: '5555 5555 5555 4444', cvc: '987' })
    const all = JSON.stringify(wire.server.store.all('payment_method'))
    expect(all).not.toMatch(/5555\s?5555\s?5555|987/)
  })
})

describe('the portal', () => {
  async function subscribed(wire: Wire) {
    const customer = await aPayer(wire.stripe)
    const price = await aPlan(wire.stripe)
    const subscription = await wire.stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
    })
    const session = await wire.stripe.billingPortal.sessions.create({
      customer: customer.id,
      return_url: BACK.cancel_url,
    })
    return { subscription: subscription.id, url: session.url, customer: customer.id }
  }
  it('cancels at the end of the period, and takes that back', async () => {
    await using wire = await openWire()
    const { subscription, url } = await subscribed(wire)
    await send(`${url}/cancel`, { subscription })
    const { cancel_at_period_end: cancelled } = await wire.stripe.subscriptions.retrieve(subscription)
    await send(`${url}/resume`, { subscription })
    const { cancel_at_period_end: resumed } = await wire.stripe.subscriptions.retrieve(subscription)
    expect([cancelled, resumed]).toEqual([true, false])
  })
  it('changes nothing of another customer', async () => {
    await using wire = await openWire()
    const { subscription } = await subscribed(wire)
    const { url } = await subscribed(wire)
    await send(`${url}/cancel`, { subscription })
    expect((await wire.stripe.subscriptions.retrieve(subscription)).cancel_at_period_end).toBe(false)
  })
  it('takes another card for all that comes', async () => {
    await using wire = await openWire()
    const { subscription, url } = await subscribed(wire)
    await send(`${url}/card`, { ...CARD, number: '5555 5555 5555 4444' })
    const expand = ['default_payment_method']
    const { default_payment_method: method } = await wire.stripe.subscriptions.retrieve(subscription, {
      expand,
    })
    expect(method).toMatchObject({ card: { last4: '4444' } })
  })
  it('leads to invoices that can be read and kept', async () => {
    await using wire = await openWire()
    const { url, customer } = await subscribed(wire)
    const { hosted_invoice_url: hosted, invoice_pdf: pdf } =
      (await wire.stripe.invoices.list({ customer })).data[0] ?? {}
    const listed = await (await fetch(url)).text()
    const invoice = await (await fetch(hosted ?? '')).text()
    const file = await (await fetch(pdf ?? '')).text()
    expect([
      listed.includes(new URL(hosted ?? '').pathname),
      invoice.includes('12.00 USD'),
      file.slice(0, 8),
      file.includes('Total: 12.00 USD'),
    ]).toEqual([true, true, '%PDF-1.4', true])
  })
})

describe('the control of the local Stripe server', () => {
  it('lets time pass: a month later the renewal is paid', async () => {
    await using wire = await openWire()
    const customer = await aPayer(wire.stripe)
    const price = await aPlan(wire.stripe)
    await wire.stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] })
    await send(`${wire.server.origin}/_skyreel/advance`, { days: '32' })
    const { data } = await wire.stripe.invoices.list({ customer: customer.id })
    expect(data.map(({ billing_reason, status }) => [billing_reason, status])).toEqual([
      ['subscription_cycle', 'paid'],
      ['subscription_create', 'paid'],
    ])
  })
  it('makes a card fail from now on', async () => {
    await using wire = await openWire()
    const customer = await aPayer(wire.stripe)
    const price = await aPlan(wire.stripe)
    const { id } = await wire.stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: price.id }],
    })
    await send(`${wire.server.origin}/_skyreel/decline`, { customer: customer.id })
    await send(`${wire.server.origin}/_skyreel/advance`, { days: '32' })
    expect((await wire.stripe.subscriptions.retrieve(id)).status).toBe('past_due')
  })
  it('disputes a charge', async () => {
    await using wire = await openWire()
    const { id: customer } = await aPayer(wire.stripe)
    const intent = { amount: 500, currency: 'usd', customer, payment_method: 'pm_card_visa', confirm: true }
    const { latest_charge: charge } = await wire.stripe.paymentIntents.create(intent)
    await send(`${wire.server.origin}/_skyreel/dispute`, { charge: charge as string })
    expect((await wire.stripe.disputes.list()).data.map((dispute) => dispute.charge)).toEqual([charge])
  })
})

describe('a browser at the page to pay', () => {
  it('pays and comes back to the shop', async () => {
    await using shop = await openReceiver()
    await using wire = await openWire()
    const { id, url } = await subscribing(wire, { success_url: `${shop.url}?s={CHECKOUT_SESSION_ID}` })
    const args = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking']
    const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args })
    try {
      const page = await browser.newPage()
      const blocked: string[] = []
      page.on('console', (line) => void (line.type() === 'error' && blocked.push(line.text())))
      await page.goto(url ?? '')
      await page.getByLabel('E-mail').fill('buyer@example.org')
      await page.getByLabel('Card number').fill('4000 0027 6000 3184')
      await page.getByLabel('Expiry (MM / YY)').fill('12 / 40')
      await page.getByLabel('CVC').fill('123')
      await page.getByLabel('Name on card').fill('A Buyer')
      await page.getByRole('button', { name: 'Subscribe' }).click()
      await page.getByRole('button', { name: 'Approve' }).click()
      await page.waitForURL(`${shop.url}?s=${id}`)
      expect(blocked.filter((line) => !line.includes('favicon'))).toEqual([])
    } finally {
      await browser.close()
    }
    expect((await wire.stripe.checkout.sessions.retrieve(id)).payment_status).toBe('paid')
  })
})

describe('the key of the local Stripe server', () => {
  it('is on none of its pages', async () => {
    await using wire = await openWire()
    const { url } = await subscribing(wire)
    const texts = await Promise.all(
      [url ?? '', `${wire.server.origin}/_skyreel`].map(async (at) => (await fetch(at)).text()),
    )
    expect(texts.join('')).not.toContain(KEY)
  })
})
