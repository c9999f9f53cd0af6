import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { SubscriptionList } from '../../../core/billing/wire.ts'
import { complaintsOf, subscribed } from '../testing/checkout.ts'
import { decodedFrames, makeFilm, openTestPages, type Person, type TestPages } from '../testing/pages.ts'

const PROTECTIONS = ['cenc', 'cbcs', 'aes-128'] as const
type Protection = (typeof PROTECTIONS)[number]

let pages: TestPages
let owner: Person
/** With four screens. */
let viewer: Person
const films = {} as Record<Protection, string>
beforeAll(async () => {
  pages = await openTestPages({ sells: true, config: { playbackHeartbeatSeconds: 4 } })
  owner = await pages.person()
  viewer = await pages.person()
  const small = await readFile(await makeFilm(pages.folder, { seconds: 4 }))
  const large = await readFile(await makeFilm(pages.folder, { seconds: 4, name: 'hd.mp4', size: '1280x720' }))
  const { client } = owner
  for (const protection of PROTECTIONS) {
    films[protection] = await client.upload(protection, protection === 'cbcs' ? large : small, { protection })
    await client.call('PATCH', `/v1/videos/${films[protection]}`, { visibility: 'subscribers' })
  }
  await Promise.all([
    subscribed(viewer, 'premium-month'),
    ...Object.values(films).map((id) => client.until(id, ['ready'], 200)),
  ])
}, 280_000)
afterAll(() => pages?.[Symbol.asyncDispose]())

// The machine may be busy; nothing here is about speed.
const SOON = { timeout: 30_000 }
const media = <T>(page: Page, look: (media: HTMLVideoElement) => T): Promise<T> =>
  page.locator('media-controller > [slot=media]').evaluate(look as never) as Promise<T>

async function subscriber(): Promise<Person> {
  const person = await pages.person()
  await subscribed(person, 'basic-month')
  return person
}
const opened: Page[] = []
async function visit(person: Person, path: string): Promise<Page> {
  const page = await pages.openAs(person, path)
  opened.push(page)
  return page
}
// A page that is left frees its place; one that is closed keeps it until its heartbeats are missed.
afterEach(async () => {
  await Promise.all(
    opened.splice(0).map(async (page) => {
      await page.goto('/plans/')
      await page.context().close()
    }),
  )
})
/** A page where the film plays, again and again. */
async function playing(person: Person, film: string): Promise<Page> {
  const page = await visit(person, `/?v=${film}`)
  await goesOn(page)
  return page
}
async function goesOn(page: Page): Promise<void> {
  await media(page, (element) => {
    element.loop = true
  })
  await expect.poll(() => decodedFrames(page).catch(() => 0), SOON).toBeGreaterThan(25)
}
const heights = (page: Page) =>
  media(page, (element) =>
    [...(element as unknown as { videoRenditions: Iterable<{ height: number }> }).videoRenditions].map(
      ({ height }) => height,
    ),
  )
const says = (page: Page, words: string) => page.getByRole('status').getByText(words).waitFor()
const noPlayer = async (page: Page) => expect(await page.locator('media-controller').count()).toBe(0)

it.each(PROTECTIONS)('plays a film in %s to a subscriber', async (protection) => {
  const page = await playing(viewer, films[protection])
  expect(await media(page, (element) => [element.currentTime > 0.5, element.error])).toEqual([true, null])
})

it('makes no browser complain of a protected film', async () => {
  const page = await visit(viewer, '/')
  const complaints = complaintsOf(page)
  await page.goto(`/?v=${films.cenc}`)
  await goesOn(page)
  expect(complaints).toEqual([])
})

it('asks for keys of AES-128 under the token, and for segments without it', async () => {
  const page = await visit(viewer, '/')
  const asked: string[] = []
  page.on('request', (request) => {
    const has = request.headers()['x-skyreel-playback'] ? 'with' : 'without'
    if (/\/v1\/license\/key\//.test(request.url())) asked.push(`key ${has}`)
    if (/\.m4s/.test(request.url())) asked.push(`segment ${has}`)
  })
  await page.goto(`/?v=${films['aes-128']}`)
  await goesOn(page)
  expect([...new Set(asked)].sort()).toEqual(['key with', 'segment without'])
})

it('plays the quality that is picked', async () => {
  const page = await playing(viewer, films.cbcs)
  await page.locator('media-controller').hover()
  await page.locator('media-settings-menu-button').click()
  await page.locator('media-settings-menu-item').first().click()
  await page.getByRole('menuitemradio', { name: '144p', exact: true }).click()
  await expect.poll(() => media(page, (element) => element.videoHeight), SOON).toBe(144)
})

it('shows an anonymous viewer the way to a plan, and no player', async () => {
  const page = await pages.open(`/?v=${films.cenc}`)
  await says(page, 'This film is for subscribers.')
  await page.getByRole('link', { name: 'See plans' }).waitFor()
  await noPlayer(page)
})

it('stops a subscriber whose plan ends while the film plays', async () => {
  const person = await subscriber()
  const page = await playing(person, films.cbcs)
  const { items } = (await person.client.call('GET', '/v1/subscriptions')).body as SubscriptionList
  await person.client.call('POST', `/v1/subscriptions/${items[0]?.id}/cancel`, { when: 'now' })
  await says(page, 'This film is for subscribers.')
  await noPlayer(page)
}, 60_000)

it('refuses a second device over the cap, until the first is stopped from there', async () => {
  const person = await subscriber()
  const first = await playing(person, films.cenc)
  const second = await visit(person, `/?v=${films.cbcs}`)
  await says(second, 'Too many screens at once')
  await noPlayer(second)
  await second.getByRole('button', { name: 'Stop Chrome on Linux' }).click()
  await goesOn(second)
  await says(first, 'Playback was ended')
}, 90_000)

it('stops a running player that is stopped in the account', async () => {
  const person = await subscriber()
  const page = await playing(person, films.cbcs)
  const account = await visit(person, '/account/')
  await account
    .getByRole('region', { name: 'Where you are watching' })
    .getByRole('button', { name: /^Stop/ })
    .click()
  await account.getByText('Nothing is playing at the moment.').waitFor()
  await says(page, 'Playback was ended')
  await noPlayer(page)
}, 60_000)

it('stops what plays on a device that is removed in the account', async () => {
  const person = await subscriber()
  const page = await playing(person, films.cenc)
  const account = await visit(person, '/account/')
  await account.getByRole('button', { name: 'Remove Chrome on Linux' }).click()
  await account.getByText('Chrome on Linux was removed.').waitFor()
  await says(page, 'Playback was ended')
}, 60_000)

it('plays on from where it was stopped', async () => {
  const page = await visit(viewer, `/?v=${films.cbcs}`)
  await expect.poll(() => decodedFrames(page).catch(() => 0), SOON).toBeGreaterThan(5)
  await media(page, (element) => {
    element.pause()
    element.currentTime = 3
  })
  const left = media(page, (element) => element.currentTime)
  await owner.client.call('DELETE', `/v1/videos/${films.cbcs}/playback-sessions`)
  await says(page, 'Playback was ended')
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect.poll(() => decodedFrames(page).catch(() => 0), SOON).toBeGreaterThan(0)
  expect(await media(page, (element) => element.currentTime)).toBeGreaterThanOrEqual(await left)
}, 60_000)

it('frees the place of a page that is left', async () => {
  const person = await subscriber()
  const page = await playing(person, films.cenc)
  await page.getByRole('link', { name: 'Plans', exact: true }).click()
  await page.getByRole('heading', { level: 1 }).waitFor()
  const other = await playing(person, films.cbcs)
  expect(await media(other, (element) => element.error)).toBeNull()
}, 60_000)

it('plays SD where HD is for devices alone that keep keys in hardware', async () => {
  const before = await playing(viewer, films.cbcs)
  const offered = Math.max(...(await heights(before)))
  await owner.client.call('PUT', `/v1/videos/${films.cbcs}/playback-rules`, { hardwareForHd: true })
  const page = await playing(viewer, films.cbcs)
  expect([offered, Math.max(...(await heights(page)))]).toEqual([720, 480])
}, 60_000)
