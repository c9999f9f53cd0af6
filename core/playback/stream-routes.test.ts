import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { aPerson } from '../../adapters/local/testing/rows.ts'
import {
  NO_VIDEO,
  openStreamDesk,
  REVISION,
  type StreamDesk,
} from '../../adapters/local/testing/stream-desk.ts'
import { redact } from '../../adapters/node/redact.ts'
import { askRaw } from '../../adapters/node/testing/raw-request.ts'
import { videos } from '../video/schema.ts'
import type { VideoRow } from '../video/show.ts'
import { playbackDecisions, playbackRules, playbackSessions } from './schema.ts'

let desk: StreamDesk
let clear: VideoRow
let encrypted: VideoRow
beforeAll(async () => {
  desk = await openStreamDesk()
  clear = await desk.aFilm()
  encrypted = await desk.aFilm({ protection: 'aes-128', edition: 1 })
}, 120_000)
// Rates are by the minute.
beforeEach(() => desk.clock.advance(60_000))
afterAll(() => desk?.[Symbol.asyncDispose]())

/** Where GET /v1/stream/:id leads. */
async function ledTo(path: string): Promise<URL> {
  const answer = await desk.get(path)
  expect([answer.status, await answer.text()]).toEqual([302, ''])
  return new URL(answer.headers.get('location') ?? '')
}

const codeOf = async (answer: Response) =>
  `${answer.status} ${((await answer.json()) as { code: string }).code}`
const rewritten = (film: VideoRow) => ledTo(`/v1/stream/${film.id}?format=hls&rewrite=1`)
const tokenOf = (url: URL) => url.searchParams.get('token') ?? ''
const linesOf = (text: string) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))

/** Another playlist of the same session. */
const sibling = (master: URL, film: VideoRow, name: string) =>
  `/v1/stream/hls/${film.id}~${name}?token=${tokenOf(master)}`

describe('GET /v1/stream/:id', () => {
  it.each([
    ['', `master.${REVISION}.m3u8`],
    ['?format=hls', `master.${REVISION}.m3u8`],
    ['?format=dash', `manifest.${REVISION}.mpd`],
  ])('leads to the signed manifest, which opens: %s', async (query, name) => {
    const url = await ledTo(`/v1/stream/${clear.id}${query}`)
    expect([url.pathname.split('/').at(-1), (await fetch(url)).status]).toEqual([name, 200])
  })
  it('leads to DASH first where the film is protected by a scheme of CMAF', async () => {
    const film = await desk.aFilm({ protection: 'clear', edition: 2 })
    await desk.ports.db.update(videos).set({ protection: 'cenc' }).where(eq(videos.id, film.id))
    const url = await ledTo(`/v1/stream/${film.id}`)
    expect(url.pathname).toContain(`/g1e2/manifest.${REVISION}.mpd`)
  })
  it('opens by the grant of a protected film no other encryption of it', async () => {
    const film = await desk.aFilm({ edition: 0 })
    await desk.aFilm({ id: NO_VIDEO })
    await desk.ports.db.update(videos).set({ protection: 'cbcs', edition: 1 }).where(eq(videos.id, film.id))
    const url = await ledTo(`/v1/stream/${film.id}?format=hls`)
    const before = url.href.replace('g1e1/', 'g1/')
    expect([before === url.href, (await fetch(before)).status]).toEqual([false, 403])
  })
  it('leads an aes-128 film to the rewritten playlist without being asked', async () => {
    const url = await ledTo(`/v1/stream/${encrypted.id}`)
    expect(url.pathname).toBe(`/v1/stream/hls/${encrypted.id}~master.m3u8`)
  })
  it('has no DASH for an aes-128 film, nor rewrites any', async () => {
    const asked = [`${encrypted.id}?format=dash`, `${clear.id}?format=dash&rewrite=1`]
    const answers = await Promise.all(asked.map(async (path) => codeOf(await desk.get(`/v1/stream/${path}`))))
    expect(answers).toEqual(['409 no-such-format', '409 no-such-format'])
  })
  it('goes on with the session of a token', async () => {
    const token = tokenOf(await rewritten(clear))
    const before = await desk.ports.db.$count(playbackSessions)
    const again = await ledTo(`/v1/stream/${clear.id}?rewrite=1&token=${token}`)
    expect([await desk.ports.db.$count(playbackSessions), tokenOf(again)]).toEqual([before, token])
  })
  it('takes a bad token for no reason to open a session by the signing in', async () => {
    const answer = await desk.get(`/v1/stream/${clear.id}?token=nonsense`, desk.ownerId)
    expect(await codeOf(answer)).toBe('401 playback-token-invalid')
  })
  it('refuses a token of another film', async () => {
    const token = tokenOf(await rewritten(clear))
    const answer = await desk.get(`/v1/stream/${encrypted.id}?token=${token}`)
    expect(await codeOf(answer)).toBe('401 playback-token-invalid')
  })
  it('plays a private film for its owner and hides it from others', async () => {
    const { id } = await desk.aFilm({ visibility: 'private' })
    const other = await aPerson(desk.ports.db)
    const answers = [desk.ownerId, other.id, undefined].map((who) => desk.get(`/v1/stream/${id}`, who))
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([302, 404, 404])
  })
  it.each(['nonsense', 'vid_1', NO_VIDEO.replace('vid', 'usr')])('is 404 for %s', async (id) => {
    expect(await codeOf(await desk.get(`/v1/stream/${id}`))).toBe('404 not-found')
  })
  it.each(['device=short', 'format=mp4', 'rewrite=2', 'player=%00'])('is 422 for %s', async (query) => {
    expect(await codeOf(await desk.get(`/v1/stream/${clear.id}?${query}`))).toBe('422 invalid-input')
  })
  it('is kept by no cache, and tells no page that it leads to where it came from', async () => {
    const { headers } = await desk.get(`/v1/stream/${clear.id}`)
    expect([headers.get('cache-control'), headers.get('referrer-policy')]).toEqual([
      'private, no-store',
      'no-referrer',
    ])
  })
})

describe('GET /v1/stream/hls/:file', () => {
  it('leads each playlist of the master back here, by the same token', async () => {
    const master = await rewritten(clear)
    const text = await (await fetch(master)).text()
    const uris = [...linesOf(text), ...[...text.matchAll(/URI="([^"]+)"/g)].map(([, uri]) => uri ?? '')]
    const foreign = uris.filter(
      (uri) =>
        !uri.startsWith(`${desk.origin}/v1/stream/hls/${clear.id}~`) ||
        tokenOf(new URL(uri)) !== tokenOf(master),
    )
    // Three rungs with their key frames, two languages, captions.
    expect([uris.length, foreign]).toEqual([9, []])
  })
  it('signs each segment and the init by itself: it opens, and not the one beside it', async () => {
    const master = await rewritten(clear)
    const text = await (await desk.get(sibling(master, clear, '240p~index.m3u8'))).text()
    const [segment = ''] = linesOf(text)
    const init = /EXT-X-MAP:URI="([^"]+)"/.exec(text)?.[1] ?? ''
    const answers = [segment, init, segment.replace('/1.m4s', '/2.m4s')].map((url) => fetch(url))
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 403])
  })
  it('hands out key frames and captions, whose files open', async () => {
    const master = await rewritten(clear)
    for (const name of ['240p~iframes.m3u8', 'captions-en.m3u8', 'audio-0-en~index.m3u8']) {
      const answer = await desk.get(sibling(master, clear, name))
      const [file = ''] = linesOf(await answer.text())
      expect([name, answer.status, (await fetch(file)).status]).toEqual([name, 200, 200])
    }
  })
  it('gives the captions’ URL no film to open', async () => {
    const master = await rewritten(clear)
    const [file = ''] = linesOf(await (await desk.get(sibling(master, clear, 'captions-en.m3u8'))).text())
    const segment = file.replace('captions/en.vtt', '240p/1.m4s')
    expect([segment === file, (await fetch(segment)).status]).toEqual([false, 403])
  })
  it('puts the token into the key’s URI, and the key opens', async () => {
    const master = await rewritten(encrypted)
    const text = await (await desk.get(sibling(master, encrypted, '240p~index.m3u8'))).text()
    const key = /METHOD=AES-128,URI="([^"]+)"/.exec(text)?.[1] ?? ''
    const answer = await fetch(key)
    expect([answer.status, (await answer.arrayBuffer()).byteLength]).toEqual([200, 16])
  })
  it('asks the decision for each playlist', async () => {
    const master = await rewritten(clear)
    const count = () => desk.ports.db.$count(playbackDecisions, eq(playbackDecisions.door, 'playlist'))
    const before = await count()
    for (const name of ['master.m3u8', '240p~index.m3u8']) await desk.get(sibling(master, clear, name))
    expect((await count()) - before).toBe(2)
  })
  it('stops with the session', async () => {
    const master = await rewritten(clear)
    const { db, clock } = desk.ports
    await db.update(playbackSessions).set({ endedAt: clock.now(), endedBy: 'revoked' })
    expect(await codeOf(await fetch(master))).toBe('403 playback-ended')
  })
  it.each(['', '?token=', '?token=nonsense'])('opens nothing without a good token: %s', async (query) => {
    const answer = await desk.get(`/v1/stream/hls/${clear.id}~master.m3u8${query}`)
    expect(await codeOf(answer)).toBe('401 playback-token-invalid')
  })
  it.each([
    ...['master.3.m3u8', '240p~index.3.m3u8', '480p~index.m3u8', '240p~index', '240p~1.m4s', 'manifest.mpd'],
    ...[
      '..~..~other~master.m3u8',
      '%2e%2e~master.m3u8',
      '~master.m3u8',
      '240p~~index.m3u8',
      'e1~master.m3u8',
    ],
    ...['g1~240p~index.m3u8', `${'a'.repeat(300)}.m3u8`, '%F0%9F%8E%AC.m3u8', '.m3u8'],
  ])('is 404 for a name that the film does not have: %s', async (name) => {
    const master = await rewritten(clear)
    const answer = await desk.get(sibling(master, clear, name))
    expect([name, answer.status]).toEqual([name, 404])
  })
  it('refuses the playlist of another film by the token of this one', async () => {
    const master = await rewritten(clear)
    const answer = await desk.get(`/v1/stream/hls/${encrypted.id}~master.m3u8?token=${tokenOf(master)}`)
    expect(await codeOf(answer)).toBe('401 playback-token-invalid')
  })
  it('leaves out what the viewer’s device may not have, and hands it out by no name', async () => {
    const { db, clock } = desk.ports
    const film = await desk.aFilm()
    await db.insert(playbackRules).values({ videoId: film.id, hardwareForHd: true, updatedAt: clock.now() })
    const key = `videos/${film.id}/g1/master.${REVISION}.m3u8`
    await enlarge(key, '426x240', '1920x1080')
    const master = await rewritten(film)
    const text = await (await fetch(master)).text()
    const child = await desk.get(sibling(master, film, '240p~index.m3u8'))
    const names = [...text.matchAll(/~(\d+p)~index/g)].map(([, name]) => name)
    expect([names, child.status]).toEqual([['360p', '144p'], 404])
  })
  it('can be read by pages of other sites, refusals too, and is kept by no cache', async () => {
    const answers = [
      await fetch(await rewritten(clear)),
      await desk.get(`/v1/stream/hls/${clear.id}~master.m3u8`),
    ]
    const shown = answers.map(({ status, headers }) => [
      ...[
        status,
        headers.get('access-control-allow-origin'),
        headers.get('cache-control')?.includes('no-store'),
      ],
    ])
    expect(shown).toEqual([
      [200, '*', true],
      [401, '*', true],
    ])
  })
  it('has a token in its URL that no log shows', async () => {
    const url = (await rewritten(clear)).href.replace(/token=.*/, 'token=a-secret-of-a-session')
    expect(
      [redact(url), redact({ error: new Error(`GET ${url} failed`) })].map((r) => JSON.stringify(r)),
    ).toEqual([expect.not.stringContaining('a-secret'), expect.not.stringContaining('a-secret')])
  })
})

describe('with playbackBindsAddress', () => {
  const bind = (playbackBindsAddress: boolean) => Object.assign(desk.ports.config, { playbackBindsAddress })
  beforeAll(() => bind(true))
  afterAll(() => bind(false))
  const statusFrom = async (url: string, from: string) => (await askRaw(url, { from })).status

  it('a redirect leads to a manifest that opens for no other address', async () => {
    const { href } = await ledTo(`/v1/stream/${clear.id}`)
    expect([await statusFrom(href, '127.0.0.1'), await statusFrom(href, '127.0.0.2')]).toEqual([200, 403])
  })
  it('a rewritten playlist, and a segment that it names, open for no other address', async () => {
    const master = await rewritten(clear)
    const index = sibling(master, clear, '240p~index.m3u8')
    const [segment = ''] = linesOf(await (await desk.get(index)).text())
    const opened = [desk.origin + index, segment].map(async (url) => [
      await statusFrom(url, '127.0.0.1'),
      await statusFrom(url, '127.0.0.2'),
    ])
    expect(await Promise.all(opened)).toEqual([
      [200, 401],
      [200, 403],
    ])
  })
})

/** Writes a stored playlist anew with another picture size in it. */
async function enlarge(key: string, from: string, to: string): Promise<void> {
  const { storage } = desk.ports
  const found = await storage.get('media', key)
  const text = await new Response(ReadableStream.from(found?.body ?? [])).text()
  await storage.put('media', key, Buffer.from(text.replaceAll(from, to)), { contentType: 'text/plain' })
}
