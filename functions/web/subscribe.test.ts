import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Entitlements } from '../../core/billing/wire.ts'
import { DECLINED_CARD, GOOD_CARD, payWith } from './testing/checkout.ts'
import { decodedFrames, makeFilm, openTestPages, type Person, type TestPages } from './testing/pages.ts'

let pages: TestPages
let film = ''
beforeAll(async () => {
  pages = await openTestPages({ sells: true })
  const { client } = await pages.person()
  film = await client.upload('film.mp4', await readFile(await makeFilm(pages.folder, { seconds: 6 })))
  await client.until(film, ['ready'], 150)
  await client.call('PATCH', `/v1/videos/${film}`, { title: 'The premiere', visibility: 'subscribers' })
}, 240_000)
afterAll(() => pages?.[Symbol.asyncDispose]())

// The machine may be busy; nothing here is about speed.
const SOON = { timeout: 30_000 }
const subscribeTo = (page: Page, plan: string) =>
  page.getByRole('button', { name: `Subscribe to ${plan}` }).click()
const featuresOf = async ({ client }: Person) =>
  ((await client.call('GET', '/v1/billing/entitlements')).body as Entitlements).features

it('takes a newcomer from a locked film over an account and a payment to watching it', async () => {
  const page = await pages.open('/')
  const card = page.getByRole('link', { name: 'The premiere' })
  await card.getByText('Subscribers').waitFor()
  await card.click()
  await page.getByText('This film is for subscribers.').waitFor()
  await page.getByRole('link', { name: 'See plans' }).click()
  await subscribeTo(page, 'Basic')
  await page.getByLabel('E-mail').fill('viewer@example.org')
  await page.getByLabel('Password').fill('correct horse battery')
  await page.getByRole('button', { name: 'Create account' }).click()
  await payWith(page, GOOD_CARD)
  await page.getByRole('heading', { name: 'You can watch now' }).waitFor()
  await page.getByRole('link', { name: 'Back to the film' }).click()
  await expect.poll(() => decodedFrames(page).catch(() => 0), SOON).toBeGreaterThan(10)
}, 120_000)

it('says that a card was declined, and opens nothing', async () => {
  const person = await pages.person()
  const page = await pages.openAs(person, '/plans/')
  await subscribeTo(page, 'Premium')
  await payWith(page, DECLINED_CARD)
  expect(await page.getByRole('alert').textContent()).toMatch(/declined/)
  await page.getByRole('link', { name: 'Cancel' }).click()
  await page.getByText('You left the checkout. Nothing has been charged.').waitFor()
  expect(await featuresOf(person)).toEqual([])
}, 60_000)

it('believes the platform and not the address that somebody has paid', async () => {
  const person = await pages.person()
  const page = await pages.openAs(person, '/plans/')
  const asked = page.waitForResponse('**/v1/subscribe')
  await subscribeTo(page, 'Basic')
  // The answer's body is gone with the page that is left.
  const operationId = (await asked).headers().location?.split('/').at(-1) ?? ''
  await page.waitForURL('**/pay/**')
  const answered = page.waitForResponse(`**/v1/billing/checkout/${operationId}`)
  await page.goto(`${pages.origin}/plans/?operation=${operationId}`)
  await answered
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Waiting for the payment')
}, 60_000)

it('asks for one checkout however often a lost answer is asked for', async () => {
  const page = await pages.openAs(await pages.person(), '/plans/')
  const keys: (string | undefined)[] = []
  await page.route('**/v1/subscribe', (route) => {
    keys.push(route.request().headers()['idempotency-key'])
    return keys.length === 1 ? route.abort() : route.continue()
  })
  await subscribeTo(page, 'Basic')
  await page.getByText('The server cannot be reached.').waitFor()
  await subscribeTo(page, 'Basic')
  await page.waitForURL('**/pay/**')
  expect([keys.length, new Set(keys).size]).toEqual([2, 1])
}, 60_000)

it('shows the prices of a year in another currency', async () => {
  const page = await pages.open('/plans/')
  await page.getByLabel('Currency').selectOption('jpy')
  await page.getByLabel('Yearly').check()
  expect(await page.getByRole('listitem', { name: 'Premium' }).textContent()).toContain('¥19,900 a year')
})

it('leads to the checkout in the currency and by the interval that were chosen', async () => {
  const page = await pages.openAs(await pages.person(), '/plans/')
  await page.getByLabel('Currency').selectOption('gbp')
  await page.getByLabel('Yearly').check()
  await subscribeTo(page, 'Basic')
  await page.waitForURL('**/pay/**')
  expect(await page.getByRole('table').textContent()).toContain('49.90 GBP per year')
}, 60_000)

it('does not lead to another site by its own address', async () => {
  const page = await pages.openAs(await pages.person(), '/account/?back=//example.org/')
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Account')
})
