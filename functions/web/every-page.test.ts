import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { complaintsOf, subscribed } from './testing/checkout.ts'
import { makeFilm, openTestPages, type Person, signIn, type TestPages } from './testing/pages.ts'

let pages: TestPages
let person: Person
let film = ''
beforeAll(async () => {
  pages = await openTestPages({ sells: true })
  person = await pages.person()
  const { client } = await pages.person()
  film = await client.upload('film.mp4', await readFile(await makeFilm(pages.folder, { seconds: 1 })))
  await client.until(film, ['ready'], 150)
  await client.call('PATCH', `/v1/videos/${film}`, { title: 'The premiere', visibility: 'subscribers' })
  await subscribed(person, 'basic-month')
}, 240_000)
afterAll(() => pages?.[Symbol.asyncDispose]())

const PATHS = ['/', '/plans/', '/account/', '/studio/', '/studio/billing/']

describe.each(PATHS)('%s', (path) => {
  it('makes no browser complain, of somebody as of nobody', async () => {
    const page = await pages.open('/studio/')
    const complaints = complaintsOf(page)
    await page.goto(path, { waitUntil: 'networkidle' })
    await page.goto('/studio/')
    await signIn(page, person)
    await page.goto(path, { waitUntil: 'networkidle' })
    expect(complaints).toEqual([])
  })

  it('fits a small screen', async () => {
    const page = await pages.openAs(person, path, { viewport: { width: 390, height: 844 } })
    await page.waitForLoadState('networkidle')
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
  })

  it('has a name for each control', async () => {
    const page = await pages.openAs(person, path)
    await page.waitForLoadState('networkidle')
    const nameless = await page.locator('button, a, input:not([type=hidden]), select').evaluateAll((all) =>
      all
        .filter((one) => {
          const labels = 'labels' in one ? [...((one.labels as NodeListOf<HTMLElement>) ?? [])] : []
          const names = [one.getAttribute('aria-label'), one.textContent, ...labels.map((l) => l.textContent)]
          return !names.some((name) => name?.trim())
        })
        .map((one) => one.outerHTML),
    )
    expect(nameless).toEqual([])
  })
})

it('does not complain of a film that is locked, but for the refusal itself', async () => {
  const page = await pages.open('/')
  const complaints = complaintsOf(page)
  await page.goto(`/?v=${film}`, { waitUntil: 'networkidle' })
  expect(complaints).toEqual([expect.stringContaining('402')])
})

it('fits a locked film on a small screen', async () => {
  const page = await pages.open(`/?v=${film}`, { viewport: { width: 390, height: 844 } })
  await page.getByText('This film is for subscribers.').waitFor()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
})
