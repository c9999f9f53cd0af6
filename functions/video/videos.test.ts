import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { videos } from '../../core/database/schema.ts'
import type { VideoId } from '../../core/run/id.ts'
import type { Video, VideoPage } from '../../core/video/wire.ts'
import { Client, openTestPlatform, type TestPlatform } from '../entry/testing/platform.ts'

let at: TestPlatform
let me: Client
let other: Client
beforeAll(async () => {
  at = await openTestPlatform()
  ;[me, other] = [await at.signUp(), await at.signUp()]
})
afterAll(() => at[Symbol.asyncDispose]())

const make = async (title: string, more: Record<string, unknown> = {}, who = me) =>
  (await who.call('POST', '/v1/videos', { title, ...more })).body as Video
const list = async (who: Client, query = '') =>
  (await who.call('GET', `/v1/videos${query}`)).body as VideoPage
/** As if its film had been transcoded. */
const settle = (id: string, status: Video['status']) =>
  at.platform.ports.db
    .update(videos)
    .set({ status })
    .where(eq(videos.id, id as VideoId))
const VTT = 'WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n'
const NOBODYS = '/v1/videos/vid_00000000000000000000000000000000'

describe('videos', () => {
  it('are private until their owner says otherwise', async () => {
    expect((await make('mine')).visibility).toBe('private')
  })
  it('are hidden from others as if they did not exist', async () => {
    const { id } = await make('mine')
    expect(await other.refusal('GET', `/v1/videos/${id}`)).toBe('404 not-found')
  })
  it('are hidden from nobody in particular, too', async () => {
    const { id } = await make('mine')
    expect(await at.nobody.refusal('GET', `/v1/videos/${id}`)).toBe('404 not-found')
  })
  it('can be seen by anybody once they are public and playable', async () => {
    const { id } = await make('open', { visibility: 'public' })
    await settle(id, 'playable')
    expect((await at.nobody.call('GET', `/v1/videos/${id}`)).status).toBe(200)
  })
  it('cannot be changed by others even when they are public', async () => {
    const { id } = await make('open', { visibility: 'public' })
    await settle(id, 'ready')
    expect(await other.refusal('PATCH', `/v1/videos/${id}`, { title: 'stolen' })).toBe('403 forbidden')
  })
  it('cannot be deleted by others even when they are public', async () => {
    const { id } = await make('open', { visibility: 'public' })
    await settle(id, 'ready')
    expect(await other.refusal('DELETE', `/v1/videos/${id}`)).toBe('403 forbidden')
  })
  it('change only in what was named', async () => {
    const { id } = await make('old', { description: 'kept' })
    await me.call('PATCH', `/v1/videos/${id}`, { title: 'new' })
    expect(await me.video(id)).toMatchObject({ title: 'new', description: 'kept' })
  })
  it('are gone at once when they are deleted', async () => {
    const { id } = await make('gone')
    await me.call('DELETE', `/v1/videos/${id}`)
    expect(await me.refusal('GET', `/v1/videos/${id}`)).toBe('404 not-found')
  })
  it('cannot be played before they are playable', async () => {
    const { id } = await make('early')
    expect(await me.refusal('GET', `/v1/videos/${id}/playback`)).toBe('409 not-playable-yet')
  })
  it('answer 304 to a client that has them already', async () => {
    const { id } = await make('same')
    const etag = (await me.call('GET', `/v1/videos/${id}`)).headers.get('etag') ?? ''
    const headers = { authorization: `Bearer ${me.token}`, 'if-none-match': etag }
    expect((await fetch(`${at.platform.origin}/v1/videos/${id}`, { headers })).status).toBe(304)
  })
  it('keep their chapters in order', async () => {
    const { id } = await make('chapters')
    const items = [
      { startSeconds: 0, title: 'One' },
      { startSeconds: 5.5, title: 'Two' },
    ]
    await me.call('PUT', `/v1/videos/${id}/chapters`, { items })
    expect((await me.call('GET', `/v1/videos/${id}/chapters`)).body).toEqual({ items })
  })
  it('take chapters from several clients at once', async () => {
    const { id } = await make('chapters')
    const put = (title: string) =>
      me.call('PUT', `/v1/videos/${id}/chapters`, { items: [{ startSeconds: 0, title }] })
    const answers = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map(put))
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]))
  })
  it('take captions of several languages at once', async () => {
    const { id } = await make('captions')
    const put = (language: string) => me.call('PUT', `/v1/videos/${id}/captions/${language}`, VTT, 'text/vtt')
    const answers = await Promise.all(['en', 'fr', 'de', 'en', 'en'].map(put))
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]))
  })
  it('end their unfinished uploads when they are deleted', async () => {
    const upload = await me.start('a.mp4', 3)
    await me.call('DELETE', `/v1/videos/${upload.videoId}`)
    expect(await me.refusal('POST', `/v1/uploads/${upload.id}/parts`, { numbers: [1] })).toBe(
      '409 upload-aborted',
    )
  })
  it('have titles of one line', async () => {
    expect((await make('a\nb\t c')).title).toBe('a b c')
  })
  it('keep one object for each language, however many captions came at once', async () => {
    const { id } = await make('captions')
    const put = () => me.call('PUT', `/v1/videos/${id}/captions/en`, VTT, 'text/vtt')
    await Promise.all([put(), put(), put(), put()])
    const { storage } = at.platform.ports
    expect(await storage.list('media', { prefix: `videos/${id}/captions/`, limit: 10 })).toHaveLength(1)
  })
  it('refuse chapters that go backwards', async () => {
    const { id } = await make('chapters')
    const items = [
      { startSeconds: 5, title: 'One' },
      { startSeconds: 1, title: 'Two' },
    ]
    expect(await me.refusal('PUT', `/v1/videos/${id}/chapters`, { items })).toBe(
      '422 invalid-input body.items.1.startSeconds',
    )
  })
})

describe('the list', () => {
  it('shows one’s own to somebody and the public ones to nobody', async () => {
    const lister = await at.signUp()
    const { id } = await make('listed', {}, lister)
    expect((await list(lister)).items.map((video) => video.id)).toEqual([id])
    expect((await list(at.nobody)).items.map((video) => video.id)).not.toContain(id)
  })
  it('shows each video once over all pages, newest first', async () => {
    const lister = await at.signUp()
    const made: string[] = []
    for (let i = 0; i < 7; i++) made.push((await make(`v${i}`, {}, lister)).id)
    const seen: string[] = []
    for (let cursor = ''; ; ) {
      const page = await list(lister, `?limit=3${cursor}`)
      seen.push(...page.items.map((video) => video.id))
      if (page.nextCursor === undefined) break
      cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`
    }
    expect(seen).toEqual(made.toReversed())
  })
  it('refuses a cursor that it did not make', async () => {
    expect(await me.refusal('GET', '/v1/videos?cursor=nonsense')).toBe('422 invalid-input query.cursor')
  })
  it('refuses a limit beyond 100', async () => {
    expect(await me.refusal('GET', '/v1/videos?limit=101')).toBe('422 invalid-input query.limit')
  })
  it('refuses one’s own to nobody', async () => {
    expect(await at.nobody.refusal('GET', '/v1/videos?scope=mine')).toBe('401 unauthorized')
  })
})

describe('bad input', () => {
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
  const bad: readonly (readonly [string, string, unknown, string?])[] = [
    ['10 MB of JSON', '413 body-too-large', `{"title":"${'x'.repeat(10_000_000)}"}`],
    ['deep JSON', '400 json-too-deep', nested(100_000)],
    ['broken JSON', '400 invalid-json', '{"title":'],
    ['bad UTF-8', '400 invalid-utf8', new Uint8Array([0x22, 0xff, 0xfe, 0x22])],
    ['another type', '415 unsupported-media-type', 'title=x', 'application/x-www-form-urlencoded'],
    ['a title of the wrong type', '422 invalid-input body.title', { title: 5 }],
    ['an empty title', '422 invalid-input body.title', { title: '   ' }],
    ['a title that is too long', '422 invalid-input body.title', { title: 'x'.repeat(201) }],
    ['a NUL in a title', '422 invalid-input body.title', { title: 'a\u0000b' }],
    ['a title that cannot be seen', '422 invalid-input body.title', { title: '\u200b' }],
    ['half a surrogate in a title', '422 invalid-input body.title', '{"title":"\\ud800"}'],
    [
      'a visibility that does not exist',
      '422 invalid-input body.visibility',
      { title: 'x', visibility: 'secret' },
    ],
    ['null instead of an object', '422 invalid-input body', 'null'],
  ]
  for (const [what, expected, body, type] of bad)
    it(`${what} is refused with ${expected}`, async () => {
      expect(await me.refusal('POST', '/v1/videos', body, type)).toBe(expected)
    })
  it('an unknown id is not found', async () => {
    expect(await me.refusal('GET', NOBODYS)).toBe('404 not-found')
  })
  it('a malformed id is not found', async () => {
    expect(await me.refusal('GET', "/v1/videos/vid_1'%3B--")).toBe('404 not-found')
  })
  it('an unknown path is not found', async () => {
    expect(await me.refusal('GET', '/v1/nothing')).toBe('404 no-such-route')
  })
  it('a wrong method names the right ones', async () => {
    expect((await me.call('PUT', '/v1/videos')).headers.get('allow')).toContain('POST')
  })
  it('a forged token is refused', async () => {
    const forged = new Client(at.platform.origin, `${me.token?.slice(0, -4)}AAAA`)
    expect(await forged.refusal('GET', '/v1/videos')).toBe('401 token-invalid')
  })
  it('an unsigned token is refused', async () => {
    const [, payload] = me.token?.split('.') ?? []
    const head = Buffer.from('{"alg":"none"}').toString('base64url')
    expect(await new Client(at.platform.origin, `${head}.${payload}.`).refusal('GET', '/v1/videos')).toBe(
      '401 token-invalid',
    )
  })
  it('never makes the platform complain', () => {
    expect(at.complaints).toEqual([])
  })
})
