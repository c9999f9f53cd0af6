import { readFile } from 'node:fs/promises'
import type { Page, Route } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Playback } from '../../../core/video/wire.ts'
import { decodedFrames, makeFilm, openTestPages, type Person, type TestPages } from '../testing/pages.ts'

let pages: TestPages
let owner: Person
let film = ''
beforeAll(async () => {
  pages = await openTestPages()
  owner = await pages.person()
  const { client } = owner
  film = await client.upload('film.mp4', await readFile(await makeFilm(pages.folder, { seconds: 12 })))
  await client.until(film, ['ready'], 150)
  const vtt = 'WEBVTT\n\n00:00.000 --> 00:12.000\nHello there\n'
  const chapters = [
    { startSeconds: 0, title: 'Calm' },
    { startSeconds: 6, title: 'Storm' },
  ]
  await client.call('PATCH', `/v1/videos/${film}`, { title: 'Colours', visibility: 'public' })
  await client.call('PUT', `/v1/videos/${film}/captions/en?label=English`, vtt, 'text/vtt')
  await client.call('PUT', `/v1/videos/${film}/chapters`, { items: chapters })
}, 200_000)
afterAll(() => pages?.[Symbol.asyncDispose]())

// The machine may be busy; nothing here is about speed.
const SOON = { timeout: 30_000 }
const PLAYBACK = /\/v1\/videos\/[^/]+\/playback\?/
type Media = HTMLVideoElement & { nativeEl: HTMLVideoElement }
const media = <T>(page: Page, look: (media: Media) => T): Promise<T> =>
  page.locator('stream-video').evaluate(look as never) as Promise<T>

async function watching(options?: Parameters<TestPages['open']>[1]): Promise<Page> {
  const page = await pages.open(`/?v=${film}`, options)
  await expect.poll(() => decodedFrames(page).catch(() => 0), SOON).toBeGreaterThan(5)
  return page
}
const playbackOf = async () =>
  (await owner.client.call('GET', `/v1/videos/${film}/playback`)).body as Playback
/** Stops where it is, so that times can be compared. */
async function stopped(page: Page, at = 1): Promise<Page> {
  await page.locator('stream-video').evaluate((element: HTMLVideoElement, seconds) => {
    element.pause()
    element.currentTime = seconds
  }, at)
  await expect
    .poll(() => media(page, (m) => [m.paused, m.seeking, m.currentTime]), SOON)
    .toEqual([true, false, at])
  return page
}

it('lists what is published, with its poster and its length', async () => {
  const page = await pages.open('/')
  const card = page.getByRole('link', { name: 'Colours' })
  await expect
    .poll(() => card.locator('img').evaluate((image: HTMLImageElement) => image.naturalWidth))
    .toBeGreaterThan(0)
  expect(await card.textContent()).toContain('0:12')
})

it('plays a film from the list without loading the page anew', async () => {
  const page = await pages.open('/')
  await page.evaluate(() => Object.assign(window, { stillHere: true }))
  await page.getByRole('link', { name: 'Colours' }).click()
  await expect.poll(() => decodedFrames(page).catch(() => 0), SOON).toBeGreaterThan(5)
  expect(await page.evaluate(() => 'stillHere' in window)).toBe(true)
})

it('tells the platform how long a film was playing', async () => {
  const page = await pages.open('/')
  await page.getByRole('link', { name: 'Colours' }).click()
  await expect.poll(() => decodedFrames(page).catch(() => 0), SOON).toBeGreaterThan(25)
  const told = page.waitForResponse('**/v1/usage/playback')
  await page.goBack()
  const answer = await told
  const { videoId, sequence, seconds } = answer.request().postDataJSON()
  expect([answer.status(), videoId, sequence, seconds > 0.5]).toEqual([204, film, 1, true])
})

it('plays in the quality that is picked', async () => {
  const page = await stopped(await watching())
  await page.locator('media-controller').hover()
  await page.locator('media-settings-menu-button').click()
  await page.locator('media-settings-menu-item').first().click()
  await page.getByRole('menuitemradio', { name: '144p' }).click()
  await page.locator('stream-video').evaluate((element: HTMLVideoElement) => element.play())
  await expect.poll(() => media(page, (m) => m.videoHeight), SOON).toBe(144)
})

it('offers every quality of the film', async () => {
  const page = await watching()
  const heights = () =>
    media(page, (m) =>
      [...(m as unknown as { videoRenditions: Iterable<{ height: number }> }).videoRenditions].map(
        (r) => r.height,
      ),
    )
  expect((await heights()).sort((a, b) => a - b)).toEqual([144, 240, 360])
})

it('plays the sound track that is picked', async () => {
  const page = await watching()
  await page.locator('media-controller').hover()
  await page.locator('media-settings-menu-button').click()
  await page.locator('media-settings-menu-item', { hasText: 'Sound track' }).click()
  await page.locator('media-audio-track-menu').getByRole('menuitemradio').nth(1).click()
  const playing = () => media(page, (m) => (m as unknown as { api: { audioTrack: number } }).api.audioTrack)
  await expect.poll(playing, SOON).toBe(1)
})

it('shows captions at the press of c', async () => {
  const page = await watching()
  await page.keyboard.press('c')
  const shown = () =>
    media(page, (m) => {
      const track = [...m.textTracks].find((t) => t.kind === 'subtitles' && t.mode === 'showing')
      return [...(track?.activeCues ?? [])].map((cue) => (cue as VTTCue).text)
    })
  await expect.poll(shown, SOON).toEqual(['Hello there'])
})

it('stops and goes on at the press of space, wherever the focus is not on something else', async () => {
  const page = await watching()
  await page.keyboard.press(' ')
  await expect.poll(() => media(page, (m) => m.paused), SOON).toBe(true)
  await page.keyboard.press(' ')
  await expect.poll(() => media(page, (m) => m.paused), SOON).toBe(false)
})

it('goes five seconds on and back by the arrows', async () => {
  const page = await stopped(await watching())
  await page.keyboard.press('ArrowRight')
  await expect.poll(() => media(page, (m) => m.currentTime), SOON).toBe(6)
  await page.keyboard.press('ArrowLeft')
  await expect.poll(() => media(page, (m) => m.currentTime), SOON).toBe(1)
})

it('is silent at the press of m and fills the screen at the press of f', async () => {
  const page = await watching()
  await page.keyboard.press('m')
  await expect.poll(() => media(page, (m) => m.muted), SOON).toBe(true)
  await page.keyboard.press('f')
  await expect
    .poll(() => page.evaluate(() => document.fullscreenElement?.localName), SOON)
    .toBe('media-controller')
})

it('previews the place that the pointer is at on the seek bar', async () => {
  const page = await stopped(await watching())
  const bar = await page.locator('media-time-range').boundingBox()
  if (!bar) throw new Error('there is no seek bar')
  await page.mouse.move(bar.x + bar.width * 0.75, bar.y + bar.height / 2)
  const preview = page.locator('media-time-range media-preview-thumbnail, media-preview-thumbnail').first()
  const picture = () =>
    preview.evaluate((element) => element.shadowRoot?.querySelector('img')?.naturalWidth ?? 0)
  await expect.poll(picture, SOON).toBeGreaterThan(0)
})

it('offers captions and sound tracks only where there is a choice', async () => {
  const page = await pages.open('/')
  const single = { ...(await playbackOf()), captions: [] }
  await page.route(PLAYBACK, (route) => route.fulfill({ json: single }))
  await page.route('**/master*.m3u8', async (route) => {
    const response = await route.fetch()
    const lines = (await response.text()).split('\n')
    const second = lines.filter((line) => line.includes('TYPE=AUDIO')).at(1)
    await route.fulfill({ response, body: lines.filter((line) => line !== second).join('\n') })
  })
  await page.getByRole('link', { name: 'Colours' }).click()
  await expect.poll(() => decodedFrames(page).catch(() => 0), SOON).toBeGreaterThan(5)
  await page.locator('media-controller').hover()
  await page.locator('media-settings-menu-button').click()
  await page.locator('media-settings-menu-item', { hasText: 'Quality' }).waitFor()
  const shown = await page.locator('media-settings-menu > media-settings-menu-item:visible').count()
  expect([shown, await page.locator('media-captions-button').isVisible()]).toEqual([2, false])
})

it('jumps to a chapter', async () => {
  const page = await stopped(await watching())
  await page.getByRole('button', { name: /Storm/ }).click()
  await expect.poll(() => media(page, (m) => m.currentTime), SOON).toBe(6)
})

it('fits a small screen, with all that is needed to play', async () => {
  const page = await watching({ viewport: { width: 390, height: 844 }, hasTouch: true })
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
  expect(await page.locator('media-controller').boundingBox()).toMatchObject({ x: 0, width: 390 })
  for (const control of [
    'media-play-button',
    'media-captions-button',
    'media-settings-menu-button',
    'media-fullscreen-button',
  ]) {
    const box = await page.locator(control).boundingBox()
    expect.soft((box?.x ?? 391) + (box?.width ?? 0), control).toBeLessThanOrEqual(390)
  }
})

it('offers better qualities when they are ready, and goes on from the same place', async () => {
  const page = await pages.open('/')
  const as = (status: string) => async (route: Route) => {
    const response = await route.fetch()
    await route.fulfill({ response, json: { ...(await response.json()), status } })
  }
  const early = as('playable')
  let isReady = false
  await page.route(`**/v1/videos/${film}`, (route) => (isReady ? route.continue() : early(route)))
  await page.route(PLAYBACK, (route) => (isReady ? route.continue() : early(route)))
  const ready = Promise.withResolvers<void>()
  await page.route(`**/v1/videos/${film}/events`, async (route) => {
    await ready.promise
    await route.continue()
  })
  await page.getByRole('link', { name: 'Colours' }).click()
  await expect.poll(() => decodedFrames(page).catch(() => 0), SOON).toBeGreaterThan(5)
  await stopped(page, 4)
  isReady = true
  ready.resolve()
  await page.getByRole('button', { name: 'Use them' }).click()
  await page.getByText('Better qualities are ready').waitFor({ state: 'detached' })
  await expect
    .poll(() => media(page, (m) => [Math.round(m.currentTime), m.readyState > 1]), SOON)
    .toEqual([4, true])
})

it('fetches new addresses when those it plays from have expired, and goes on from the same place', async () => {
  const page = await pages.open('/')
  let renewed = 0
  page.on('response', (response) => {
    if (PLAYBACK.test(response.url())) renewed++
  })
  // The first segment comes, the further ones only by addresses that were fetched later.
  await page.route(/\/[2-9]\.m4s/, (route) =>
    renewed > 1 ? route.continue() : route.fulfill({ status: 403 }),
  )
  await page.getByRole('link', { name: 'Colours' }).click()
  await page.locator('stream-video').evaluate((element: HTMLVideoElement) => {
    let last = 0
    element.addEventListener('timeupdate', () => {
      if (element.seeking || element.readyState < 3) return
      if (element.currentTime < last) element.dataset.wentBack = 'yes'
      last = element.currentTime
    })
  })
  await expect.poll(() => media(page, (m) => m.ended), SOON).toBe(true)
  expect([renewed, await media(page, (m) => m.dataset.wentBack)]).toEqual([2, undefined])
})

it('says that a film cannot be played at the moment, and plays it when asked again later', async () => {
  const page = await pages.open('/')
  let back = false
  await page.route('**/*.m3u8', (route) => (back ? route.continue() : route.fulfill({ status: 403 })))
  await page.getByRole('link', { name: 'Colours' }).click()
  const again = page.getByRole('button', { name: 'Try again' })
  await again.waitFor()
  back = true
  await again.click()
  await expect.poll(() => decodedFrames(page), SOON).toBeGreaterThan(5)
})

it('asks again where nobody could tell for a moment whether one may watch', async () => {
  const page = await pages.open('/')
  const json = { status: 503, code: 'decision-unavailable', title: 'Try again' }
  let refused = 0
  const refuse = (route: Route) => {
    refused++
    return route.fulfill({ status: 503, json })
  }
  await page.route(PLAYBACK, refuse, { times: 2 })
  await page.getByRole('link', { name: 'Colours' }).click()
  await expect.poll(() => decodedFrames(page).catch(() => 0), SOON).toBeGreaterThan(5)
  expect(refused).toBe(2)
})

it('says in words that a film is not shown in the viewer’s country, and nothing of a player', async () => {
  const page = await pages.open('/')
  const json = { status: 451, code: 'not-in-your-country', title: 'Not in your country' }
  await page.route(PLAYBACK, (route) => route.fulfill({ status: 451, json }))
  await page.getByRole('link', { name: 'Colours' }).click()
  await page.getByRole('status').getByText('Not shown in your country').waitFor()
  await page.getByRole('link', { name: 'All films' }).waitFor()
  expect(await page.locator('media-controller').count()).toBe(0)
})
