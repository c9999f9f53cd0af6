import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { testContext } from '../../../../adapters/local/testing/column.ts'
import type { SubscriptionList } from '../../../../core/billing/wire.ts'
import type { Organisation } from '../../../../core/identity/organisations-wire.ts'
import { rollUp } from '../../../../core/usage/rollup.ts'
import { GOOD_CARD, payWith, subscribed } from '../../testing/checkout.ts'
import { openTestPages, type Person, type TestPages } from '../../testing/pages.ts'

let pages: TestPages
let person: Person
beforeAll(async () => {
  pages = await openTestPages({ sells: true })
}, 120_000)
beforeEach(async () => {
  person = await pages.person()
})
afterAll(() => pages?.[Symbol.asyncDispose]())

// The machine may be busy; nothing here is about speed.
const SOON = { timeout: 30_000 }
const HOUR_MS = 3_600_000
const organisation = async ({ client }: Person) =>
  (await client.call('POST', '/v1/organisations', { name: 'Film & Co' })).body as Organisation
const open = (id: string) => pages.openAs(person, `/studio/billing/?organisation=${id}`)
const caption = (page: Page) => page.getByRole('figure').locator('figcaption')

/** 1.25 minutes an hour ago, 2.5 three hours ago. */
async function stream({ client }: Person, organisationId: string): Promise<void> {
  const events = ['1.25', '2.5'].map((quantity, at) => ({
    ...{ source: 'app', id: `event ${at}`.replace(' ', '-'), meter: 'minutes_streamed', quantity },
    at: new Date(Date.now() - (1 + 2 * at) * HOUR_MS).toISOString(),
  }))
  await client.call('POST', `/v1/usage?organisationId=${organisationId}`, { events })
  await rollUp(pages.ports, testContext())
}

it('takes a new organisation from its name over the checkout to a plan', async () => {
  const page = await pages.openAs(person, '/studio/billing/')
  await page.getByRole('button', { name: 'New organisation' }).click()
  await page.getByLabel('Name').fill('Film & Co')
  await page.getByRole('button', { name: 'Make it' }).click()
  await page.getByRole('button', { name: 'Subscribe to Studio', exact: true }).click()
  await payWith(page, GOOD_CARD)
  await page.getByRole('heading', { name: 'The plan is running' }).waitFor()
  await page.getByRole('link', { name: 'To the billing' }).click()
  await page.getByText('Free trial', { exact: true }).waitFor()
  const id = new URL(page.url()).searchParams.get('organisation')
  const { body } = await person.client.call('GET', `/v1/subscriptions?organisationId=${id}`)
  expect((body as SubscriptionList).items.map(({ status, plan }) => [status, plan?.key])).toEqual([
    ['trialing', 'studio'],
  ])
}, 90_000)

it('shows the sum of what was used, and each hour of it', async () => {
  const { id } = await organisation(person)
  await stream(person, id)
  const page = await open(id)
  await page.getByLabel('Streaming').check()
  await page.getByLabel('48 hours').check()
  await expect.poll(() => caption(page).textContent(), SOON).toMatch(/: 3\.75 minutes streamed\./)
  await page.getByText('Show as a table').click()
  const cells = page.getByRole('cell')
  expect(await cells.allTextContents()).toEqual(['2.5', '1.25'])
})

it('draws a bar for each hour, as high as its share', async () => {
  const { id } = await organisation(person)
  await stream(person, id)
  const page = await open(id)
  await page.getByLabel('Streaming').check()
  await page.getByLabel('48 hours').check()
  await expect.poll(() => page.locator('.chart-bar').count(), SOON).toBe(48)
  const heights = await page
    .locator('.chart-bar')
    .evaluateAll((bars) =>
      bars.map((bar) => Number(bar.getAttribute('height'))).filter((height) => height > 0),
    )
  // The highest line is the next round number above 2.5: 5.
  expect(heights).toEqual([100, 50])
})

it('lists the invoices of an organisation', async () => {
  const { id } = await organisation(person)
  await subscribed(person, 'studio-plus-month', { organisationId: id })
  const page = await open(id)
  const invoice = page.getByRole('region', { name: 'Invoices' }).getByRole('listitem').first()
  await expect.poll(() => invoice.textContent().catch(() => ''), SOON).toMatch(/Paid€99\.00/)
})

it('shows what each meter costs by the plan', async () => {
  const { id } = await organisation(person)
  await subscribed(person, 'studio-plus-month', { organisationId: id })
  const page = await open(id)
  await expect
    .poll(() => page.locator('.meter', { hasText: 'Transcoding' }).textContent(), SOON)
    .toMatch(/€0\.015 each/)
})

it('tells a mere member who sees to the billing', async () => {
  const owner = await pages.person()
  const { id } = await organisation(owner)
  await owner.client.call('POST', `/v1/organisations/${id}/members`, { email: person.email, role: 'member' })
  const page = await open(id)
  await page.getByText('is seen by its owners').waitFor()
  expect(await page.getByRole('region').count()).toBe(0)
})
