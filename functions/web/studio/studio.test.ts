import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page, Route } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Upload } from '../../../core/video/wire.ts'
import { makeFilm, openTestPages, type Person, padFilm, type TestPages } from '../testing/pages.ts'

let pages: TestPages
let film = ''
let person: Person
beforeAll(async () => {
  pages = await openTestPages()
  film = await makeFilm(pages.folder, { seconds: 1 })
})
beforeEach(async () => {
  person = await pages.person()
})
afterAll(() => pages?.[Symbol.asyncDispose]())

// The machine may be busy; nothing here is about speed.
const SOON = { timeout: 30_000 }
const PARTS = '**/storage/uploads/**'
const choose = (page: Page, ...files: string[]) => page.getByLabel('Films to upload').setInputFiles(files)
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
/** The film's card among the library's, where a sent one appears. */
const inLibrary = (page: Page) =>
  page.getByRole('region', { name: 'Your films' }).getByRole('article', { name: 'film' })
const numberOf = (route: Route) => Number(new URL(route.request().url()).pathname.split('/').at(-1))
const uploadsOf = async ({ client }: Person) =>
  ((await client.call('GET', '/v1/uploads')).body as { items: Upload[] }).items
const videosOf = async ({ client }: Person) =>
  (
    (await client.call('GET', '/v1/videos?scope=mine')).body as {
      items: { title: string; visibility: string }[]
    }
  ).items

/** Holds requests for parts until they are let go; tells which parts were asked for. */
async function holdParts(page: Page, only: (number: number) => boolean = () => true) {
  const gate = Promise.withResolvers<void>()
  const asked: number[] = []
  let state: 'held' | 'gone on' | 'lost' = 'held'
  const end = (as: typeof state) => {
    state = as
    gate.resolve()
  }
  await page.route(PARTS, async (route) => {
    asked.push(numberOf(route))
    const held = state === 'held' && only(numberOf(route))
    if (held) await gate.promise
    if (held && state === 'lost') return route.abort().catch(() => undefined)
    // A request that the page has given up by now cannot go on.
    await route.continue().catch(() => undefined)
  })
  return { asked, letGo: () => end('gone on'), lose: () => end('lost') }
}

it('says that a password is wrong', async () => {
  const page = await pages.open('/studio/')
  await page.getByLabel('E-mail').fill(person.email)
  await page.getByLabel('Password').fill('not the password')
  await press(page, 'Sign in')
  expect(await page.getByRole('alert').textContent()).toMatch(/password/)
})

it('keeps a person signed in over a reload', async () => {
  const page = await pages.openAs(person, '/studio/')
  await page.reload()
  await page.getByText('Drop films here').waitFor()
  expect(await page.getByRole('button', { name: 'Sign out' }).count()).toBe(1)
})

it('leaves no token where other scripts could read it', async () => {
  const page = await pages.openAs(person, '/studio/')
  const kept = await page.evaluate(() =>
    JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]),
  )
  expect(kept).not.toMatch(/[\w-]{20,}\.[\w-]{20,}|[\w-]{32,}/)
})

it('shows a picture, the size and the codecs of a film before it is sent', async () => {
  const page = await pages.openAs(person, '/studio/')
  await holdParts(page)
  await choose(page, film)
  const card = page.getByRole('article', { name: 'film.mp4' })
  await card.getByText('640 × 360 · 25 fps · H.264 · AAC').waitFor()
  const shown = card.locator('img')
  await shown.waitFor()
  expect(
    await shown.evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight]),
  ).toEqual([480, 270])
})

it('holds a file back that is no film, and says why', async () => {
  const text = join(pages.folder, 'text.mp4')
  await writeFile(text, 'no film at all '.repeat(100))
  const page = await pages.openAs(person, '/studio/')
  await choose(page, text)
  await page.getByText('This is not a video or audio file.').waitFor()
  expect(await uploadsOf(person)).toEqual([])
})

it('sends it all the same when told to, and shows why the platform refuses it', async () => {
  const text = join(pages.folder, 'text.mp4')
  await writeFile(text, 'no film at all '.repeat(100))
  const page = await pages.openAs(person, '/studio/')
  await choose(page, text)
  await press(page, 'Upload anyway')
  const card = page.getByRole('region', { name: 'Your films' }).getByRole('article')
  await card.getByText('Failed', { exact: true }).waitFor()
  expect(await card.locator('.note.bad').textContent()).toMatch(/not a video or audio file/)
})

it('sends no empty file', async () => {
  const empty = join(pages.folder, 'empty.mp4')
  await writeFile(empty, '')
  const page = await pages.openAs(person, '/studio/')
  await choose(page, empty)
  await page.getByText('The file is empty.').waitFor()
  expect(await page.getByRole('button', { name: 'Upload anyway' }).count()).toBe(0)
})

it('sends a film that could not be looked into', async () => {
  const page = await pages.openAs(person, '/studio/')
  await page.route('**/*.wasm', (route) => route.abort())
  await choose(page, film)
  await inLibrary(page).waitFor()
  expect((await videosOf(person)).map((video) => video.title)).toEqual(['film'])
})

it('pauses a film and goes on with it', async () => {
  const page = await pages.openAs(person, '/studio/')
  const held = await holdParts(page)
  await choose(page, film)
  await expect.poll(() => held.asked, SOON).toEqual([1])
  await press(page, 'Pause')
  await page.getByText('Paused at').waitFor()
  // Let go, it could still reach the store although the page has given it up, and would not be asked for again.
  held.lose()
  await press(page, 'Resume')
  await inLibrary(page).waitFor()
  expect(held.asked).toEqual([1, 1])
})

it('sends a part again that the network lost', async () => {
  const page = await pages.openAs(person, '/studio/')
  await page.route(PARTS, (route) => route.abort('connectionreset'), { times: 1 })
  await choose(page, film)
  await page.getByText('Trying again').waitFor()
  await inLibrary(page).waitFor()
  expect(await uploadsOf(person)).toEqual([])
})

it('signs a part anew whose signature has expired', async () => {
  const page = await pages.openAs(person, '/studio/')
  const refuse = (route: Route) =>
    route.fulfill({ status: 403, headers: { 'access-control-allow-origin': '*' } })
  await page.route(PARTS, refuse, { times: 1 })
  const signed = page.waitForRequest((request) => /\/v1\/uploads\/[^/]+\/parts$/.test(request.url()))
  await choose(page, film)
  expect((await signed).postDataJSON()).toEqual({ numbers: [1] })
  await inLibrary(page).waitFor()
})

it('goes on after a reload with what is missing, once the file is chosen again', async () => {
  const long = await makeFilm(pages.folder, { seconds: 1, name: 'film-of-two-parts.mp4' })
  await padFilm(long, 9 * 2 ** 20)
  const page = await pages.openAs(person, '/studio/')
  await holdParts(page, (number) => number === 2)
  await choose(page, long)
  await expect
    .poll(async () => (await uploadsOf(person))[0]?.storedParts.map((part) => part.number), SOON)
    .toEqual([1])
  page.once('dialog', (dialog) => void dialog.accept())
  await page.reload()
  await page.unroute(PARTS)
  const after = await holdParts(page, () => false)
  await page.getByLabel('File of film-of-two-parts.mp4').setInputFiles(long)
  await inLibrary(page).waitFor()
  expect(after.asked).toEqual([2])
})

it('refuses another file in the place of the one that was interrupted', async () => {
  await person.client.start('film.mp4', 12_345)
  const page = await pages.openAs(person, '/studio/')
  await page.getByLabel('File of film.mp4').setInputFiles(film)
  expect(await page.getByRole('alert').textContent()).toMatch(/another file/)
})

it('leaves nothing of a film that is cancelled', async () => {
  const page = await pages.openAs(person, '/studio/')
  const held = await holdParts(page)
  await choose(page, film)
  await expect.poll(() => held.asked, SOON).toEqual([1])
  await press(page, 'Cancel')
  await page.getByText('was discarded').waitFor()
  expect([await uploadsOf(person), await videosOf(person)]).toEqual([[], []])
})

it('sends several films at once', async () => {
  const other = await makeFilm(pages.folder, { seconds: 1, name: 'other.mp4' })
  const page = await pages.openAs(person, '/studio/')
  await choose(page, film, other)
  await page.getByRole('region', { name: 'Your films' }).getByRole('article').nth(1).waitFor()
  expect((await videosOf(person)).map((video) => video.title).sort()).toEqual(['film', 'other'])
})

it('gives a film another title, as it was typed', async () => {
  await person.client.call('POST', '/v1/videos', { title: 'Old' })
  const page = await pages.openAs(person, '/studio/')
  await press(page, 'Edit')
  await page.getByLabel('Title').fill('<b>Robert"); drop table</b>')
  await press(page, 'Save')
  await page.getByText('Saved.').waitFor()
  expect(await page.getByRole('article').getByRole('heading').first().textContent()).toBe(
    '<b>Robert"); drop table</b>',
  )
})

it('has a film encrypted as it was chosen before', async () => {
  const page = await pages.openAs(person, '/studio/')
  await page.getByLabel('Protection of films that you add').selectOption('AES-128')
  await choose(page, film)
  await inLibrary(page).waitFor()
  expect(await videosOf(person)).toMatchObject([{ protection: 'aes-128' }])
})

it('publishes a film, and takes it back', async () => {
  await person.client.call('POST', '/v1/videos', { title: 'Mine' })
  const page = await pages.openAs(person, '/studio/')
  await press(page, 'Publish')
  await page.getByText('Everybody can watch it now.').waitFor()
  expect((await videosOf(person))[0]?.visibility).toBe('public')
  await press(page, 'Make private')
  await page.getByText('Only you can watch it now.').waitFor()
  expect((await videosOf(person))[0]?.visibility).toBe('private')
})

it('deletes a film only when it is said twice', async () => {
  await person.client.call('POST', '/v1/videos', { title: 'Mine' })
  const page = await pages.openAs(person, '/studio/')
  await press(page, 'Delete')
  await press(page, 'Keep it')
  expect(await videosOf(person)).toHaveLength(1)
  await press(page, 'Delete')
  await press(page, 'Delete for good')
  await page.getByText('was deleted').waitFor()
  expect(await videosOf(person)).toEqual([])
})

it('fits a small screen', async () => {
  await person.client.call('POST', '/v1/videos', { title: 'A_title_without_any_space_'.repeat(7) })
  const page = await pages.openAs(person, '/studio/', { viewport: { width: 390, height: 844 } })
  await page.getByRole('article').waitFor()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
})
