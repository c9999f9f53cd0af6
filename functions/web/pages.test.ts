import { afterAll, beforeAll, expect, it } from 'vitest'
import { decodedFrames, drop, makeFilm, openTestPages, type TestPages } from './testing/pages.ts'

let pages: TestPages
beforeAll(async () => {
  pages = await openTestPages()
})
afterAll(() => pages?.[Symbol.asyncDispose]())

it('takes a newcomer from signing up over dropping a film to watching it', async () => {
  const film = await makeFilm(pages.folder)
  const page = await pages.open('/studio/')
  await page.getByRole('button', { name: 'Create an account' }).click()
  await page.getByLabel('E-mail').fill('newcomer@example.org')
  await page.getByLabel('Password').fill('correct horse battery')
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.getByText('Drop films here').waitFor()
  await drop(page, film)
  const card = page.getByRole('article', { name: 'film' })
  await card.getByText('Ready', { exact: true }).waitFor({ timeout: 120_000 })
  await card.getByRole('link', { name: 'Watch' }).click()
  await expect.poll(() => decodedFrames(page), { timeout: 30_000 }).toBeGreaterThan(10)
}, 180_000)
