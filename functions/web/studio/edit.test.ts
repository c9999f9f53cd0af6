import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { makeFilm, openTestPages, type Person, type TestPages } from '../testing/pages.ts'

let pages: TestPages
let person: Person
let film = ''
let page: Page
beforeAll(async () => {
  pages = await openTestPages()
  person = await pages.person()
  film = await person.client.upload('film.mp4', await readFile(await makeFilm(pages.folder, { seconds: 1 })))
  await person.client.until(film, ['ready'], 150)
}, 200_000)
beforeEach(async () => {
  page = await pages.openAs(person, '/studio/')
  await page.getByRole('button', { name: 'Edit' }).click()
})
afterAll(() => pages?.[Symbol.asyncDispose]())

const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
const asked = async (what: string) => (await person.client.call('GET', `/v1/videos/${film}/${what}`)).body

it('keeps a film for subscribers', async () => {
  await page.getByLabel('Who may watch it').selectOption('Subscribers')
  await press('Save')
  await page.getByText('Saved.').waitFor()
  expect((await person.client.video(film)).visibility).toBe('subscribers')
})

it('adds captions out of an SRT file, and removes them', async () => {
  const captions = join(pages.folder, 'captions.srt')
  await writeFile(captions, '1\n00:00:00,000 --> 00:00:01,000\nHello\n')
  await page.getByLabel('WebVTT or SRT file').setInputFiles(captions)
  await press('Add captions')
  await page.getByRole('button', { name: 'Remove captions English' }).waitFor()
  expect(await asked('captions')).toMatchObject({ items: [{ language: 'en', label: 'English', cues: 1 }] })
  await press('Remove captions English')
  await page.getByRole('button', { name: 'Remove captions English' }).waitFor({ state: 'detached' })
  expect(await asked('captions')).toEqual({ items: [] })
})

it('says what is wrong with a captions file', async () => {
  const captions = join(pages.folder, 'broken.vtt')
  await writeFile(captions, 'these are no captions')
  await page.getByLabel('WebVTT or SRT file').setInputFiles(captions)
  await press('Add captions')
  expect(await page.getByRole('alert').textContent()).not.toBe('')
})

it('keeps the chapters that were typed', async () => {
  await page.getByLabel('Chapters').fill('0:00 Calm')
  await press('Save chapters')
  await page.getByText('Chapters saved.').waitFor()
  expect(await asked('chapters')).toEqual({ items: [{ startSeconds: 0, title: 'Calm' }] })
})

it('names the line of the chapters that is wrong', async () => {
  await page.getByLabel('Chapters').fill('soon The storm')
  await press('Save chapters')
  expect(await page.getByRole('alert').textContent()).toMatch(/soon The storm/)
})

const open = (part: string) => page.locator('summary', { hasText: part }).click()

it('keeps the rules that were typed, in the platform’s own form', async () => {
  await open('Where and when it may be played')
  await page.getByLabel('Only in').fill('de at')
  await page.getByLabel('From age').fill('16')
  await page.getByLabel('Not through VPNs and proxies').check()
  await press('Save rules')
  await page.getByText('Saved.').waitFor()
  expect(await asked('playback-rules')).toMatchObject({
    ...{ countries: ['DE', 'AT'], minAge: 16, refuseAnonymous: true, hardwareForHd: false },
  })
})

it('says that a country is none', async () => {
  await open('Where and when it may be played')
  await page.getByLabel('Only in').fill('XX')
  await press('Save rules')
  expect(await page.getByRole('alert').textContent()).toMatch(/assigned country code/)
})

it('takes a film down for everybody with the words why, and puts it back', async () => {
  await open('Take down')
  await page.getByLabel('Why').fill('A claim of another owner.')
  await press('Take it down')
  await page.getByText('Taken down: nobody can watch it. A claim of another owner.').waitFor()
  expect(await person.client.refusal('GET', `/v1/videos/${film}/playback`)).toBe('451 taken-down')
  await press('Put it back')
  await page.getByText('It is back.').waitFor()
  expect(await asked('playback-rules')).toMatchObject({ takenDown: false })
})

it('encrypts a film that is there already, and shows it while that is done', async () => {
  await open('Protection')
  await page.getByLabel('How its files are encrypted').selectOption('DRM for all devices (cbcs)')
  await press('Change protection')
  await page.getByText('It is being changed to “DRM for all devices (cbcs)”.').waitFor()
  await expect
    .poll(async () => (await person.client.video(film)).protection, { timeout: 60_000 })
    .toBe('cbcs')
  await page.getByRole('button', { name: 'Make new keys' }).waitFor()
}, 90_000)
