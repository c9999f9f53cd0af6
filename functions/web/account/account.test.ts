import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { billingCustomers } from '../../../core/billing/schema.ts'
import type { SubscriptionList } from '../../../core/billing/wire.ts'
import { atPaymentService, subscribed } from '../testing/checkout.ts'
import { openTestPages, type Person, type TestPages } from '../testing/pages.ts'

let pages: TestPages
let person: Person
let page: Page
let service = ''
beforeAll(async () => {
  pages = await openTestPages({ sells: true })
}, 120_000)
beforeEach(async () => {
  person = await pages.person()
  service = await subscribed(person, 'basic-month')
  page = await pages.openAs(person, '/account/')
}, 60_000)
afterAll(() => pages?.[Symbol.asyncDispose]())

// The machine may be busy; nothing here is about speed.
const SOON = { timeout: 30_000 }
const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
const section = (name: string) => page.getByRole('region', { name })
const subscriptionOf = async ({ client }: Person) =>
  ((await client.call('GET', '/v1/subscriptions')).body as SubscriptionList).items[0]

it('shows the plan, what it costs and when it renews', async () => {
  const plan = page.getByRole('article', { name: 'Your plan' })
  await plan.waitFor()
  expect(await plan.textContent()).toMatch(/^BasicActive€5\.99 a monthIt renews on \w/)
})

it('cancels at the end of the period, and takes it back', async () => {
  await press('Cancel plan')
  await press('Cancel at the end of the period')
  await page.getByText(/It ends on .* Until then you have everything it opens\./).waitFor()
  expect((await subscriptionOf(person))?.cancelAtPeriodEnd).toBe(true)
  await press('Keep my plan')
  await page.getByText(/It renews on/).waitFor()
  expect((await subscriptionOf(person))?.cancelAtPeriodEnd).toBe(false)
})

it('says what a change costs now and next time, and charges just that', async () => {
  await press('Change plan')
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('New plan').selectOption({ label: 'Premium, €11.99 a month' })
  const due = await dialog.getByText('Due now').locator('..').locator('dd').textContent()
  expect(
    await dialog
      .getByText(/^Next, on/)
      .locator('..')
      .locator('dd')
      .textContent(),
  ).toBe('€11.99')
  await dialog.getByRole('button', { name: 'Change plan' }).click()
  await page.getByRole('heading', { name: 'Premium' }).waitFor()
  await expect
    .poll(
      () =>
        section('Payments')
          .getByText(due ?? '')
          .count(),
      SOON,
    )
    .toBe(1)
})

it('changes a plan at the next renewal', async () => {
  await press('Change plan')
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('At the next renewal').check()
  await dialog.getByRole('button', { name: 'Change plan' }).click()
  await page.getByText(/It changes to Basic on/).waitFor()
  expect((await subscriptionOf(person))?.pending?.planName).toBe('Basic')
})

it('lists an invoice with its PDF', async () => {
  const invoice = section('Invoices').getByRole('listitem').first()
  await expect.poll(() => invoice.textContent(), SOON).toMatch(/Paid€5\.99/)
  const address = await invoice.getByRole('link', { name: /^PDF/ }).getAttribute('href')
  expect(await (await fetch(address ?? '')).text()).toMatch(/^%PDF/)
})

it('lists what was paid', async () => {
  const payment = section('Payments').getByRole('listitem').first()
  await expect.poll(() => payment.textContent(), SOON).toMatch(/Paid€5\.99/)
})

it('removes a card', async () => {
  const cards = section('Payment methods')
  await cards.getByRole('button', { name: 'Remove Visa ending in 4242' }).click()
  await cards.getByText('There is none yet.').waitFor()
  expect((await person.client.call('GET', '/v1/billing/payment-methods')).body).toEqual({ items: [] })
})

it('leads to the payment service and back', async () => {
  await press('Manage billing')
  await page.waitForURL('**/portal/**')
  await page.getByRole('link', { name: 'Back' }).click()
  await page.getByRole('heading', { name: 'Account' }).waitFor()
  expect(new URL(page.url()).pathname).toBe('/account/')
})

it('says what is unpaid and leads to where it can be paid', async () => {
  const rows = await pages.ports.db.select().from(billingCustomers)
  const { id } = (await person.client.call('GET', '/v1/me')).body as { id: string }
  const customer = rows.find(({ userId }) => userId === id)?.providerId ?? ''
  await atPaymentService(service, 'decline', { customer })
  await atPaymentService(service, 'advance', { days: '32' })
  await expect.poll(async () => (await subscriptionOf(person))?.status, SOON).toBe('past_due')
  await page.reload()
  await page.getByText('Your last payment did not go through.').waitFor()
  await page.getByRole('link', { name: 'Pay now' }).click()
  await page.waitForURL('**/invoice/**')
})

it('keeps the age up to which films may be played', async () => {
  await page.getByLabel('Films that may be played').selectOption('Ages up to 12')
  await page.getByText('Saved.').waitFor()
  expect((await person.client.call('GET', '/v1/me/viewing-limits')).body).toEqual({ age: 12 })
})

it('says that nothing is playing where nothing is', async () => {
  await section('Where you are watching').getByText('Nothing is playing at the moment.').waitFor()
  expect(await section('Devices').getByRole('listitem').count()).toBe(0)
})
