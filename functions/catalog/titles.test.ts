import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Client, openTestPlatform, type TestPlatform } from '../entry/testing/platform.ts'
import { getTitle, listTitles, makeTitle, makeVideo } from './testing/titles.ts'

let at: TestPlatform
let me: Client
let other: Client
beforeAll(async () => {
  at = await openTestPlatform()
  ;[me, other] = [await at.signUp(), await at.signUp()]
})
afterAll(() => at[Symbol.asyncDispose]())

const NOBODYS = '/v1/titles/ttl_00000000000000000000000000000000'
const NO_VIDEO = 'vid_00000000000000000000000000000000'
const published = (more: Record<string, unknown> = {}, who = me) =>
  makeTitle(who, { visibility: 'public', ...more })

describe('a title', () => {
  it('keeps what was said of it', async () => {
    const facts = {
      ...{ kind: 'film', name: 'Der Himmel', originalName: 'Himlen', synopsis: 'Blue.' },
      ...{ releaseYear: 1987, ageRating: 'FSK 12', languages: ['de', 'pt-BR'], genres: ['drama', 'war'] },
    }
    const { id } = await makeTitle(me, facts)
    expect(await getTitle(me, id)).toMatchObject(facts)
  })
  it('is told where it lies when it is made', async () => {
    const answer = await me.call('POST', '/v1/titles', { kind: 'series', name: 'x' })
    expect([answer.status, answer.headers.get('location')]).toEqual([
      201,
      `/v1/titles/${(answer.body as { id: string }).id}`,
    ])
  })
  it('is private until its owner says otherwise', async () => {
    expect((await makeTitle(me)).visibility).toBe('private')
  })
  it('is hidden from others as if it did not exist', async () => {
    const { id } = await makeTitle(me)
    expect(await other.refusal('GET', `/v1/titles/${id}`)).toBe('404 not-found')
  })
  it('is hidden from nobody in particular, too', async () => {
    const { id } = await makeTitle(me)
    expect(await at.nobody.refusal('GET', `/v1/titles/${id}`)).toBe('404 not-found')
  })
  it('can be seen by anybody once it is published', async () => {
    const { id } = await makeTitle(me)
    await me.call('PATCH', `/v1/titles/${id}`, { visibility: 'public' })
    expect((await at.nobody.call('GET', `/v1/titles/${id}`)).status).toBe(200)
  })
  it('is hidden again when it is taken back', async () => {
    const { id } = await published()
    await me.call('PATCH', `/v1/titles/${id}`, { visibility: 'private' })
    expect(await at.nobody.refusal('GET', `/v1/titles/${id}`)).toBe('404 not-found')
  })
  it('changes only in what was named', async () => {
    const { id } = await makeTitle(me, { synopsis: 'kept', releaseYear: 2001 })
    await me.call('PATCH', `/v1/titles/${id}`, { name: 'new' })
    expect(await getTitle(me, id)).toMatchObject({ name: 'new', synopsis: 'kept', releaseYear: 2001 })
  })
  it('loses by null what may be absent', async () => {
    const { id } = await makeTitle(me, { releaseYear: 2001, ageRating: '12', originalName: 'x' })
    await me.call('PATCH', `/v1/titles/${id}`, { releaseYear: null, ageRating: null, originalName: null })
    const { releaseYear, ageRating, originalName } = await getTitle(me, id)
    expect([releaseYear, ageRating, originalName]).toEqual([undefined, undefined, undefined])
  })
  it('writes a language as it usually is', async () => {
    expect((await makeTitle(me, { languages: ['EN-us'] })).languages).toEqual(['en-US'])
  })
  it('is gone at once when it is deleted', async () => {
    const { id } = await makeTitle(me)
    await me.call('DELETE', `/v1/titles/${id}`)
    expect(await me.refusal('GET', `/v1/titles/${id}`)).toBe('404 not-found')
  })
  it('answers 304 to a client that has it already', async () => {
    const { id } = await makeTitle(me)
    const etag = (await me.call('GET', `/v1/titles/${id}`)).headers.get('etag') ?? ''
    const headers = { authorization: `Bearer ${me.token}`, 'if-none-match': etag }
    expect((await fetch(`${at.platform.origin}/v1/titles/${id}`, { headers })).status).toBe(304)
  })
})

describe('nobody but its owner', () => {
  const changes: readonly (readonly [string, string, string, unknown])[] = [
    ['changes', 'PATCH', '', { name: 'stolen' }],
    ['deletes', 'DELETE', '', undefined],
    ['credits', 'PUT', '/credits', { items: [] }],
    ['schedules', 'PUT', '/windows', { items: [] }],
    ['adds a season to', 'PUT', '/seasons/2', {}],
    ['takes a season from', 'DELETE', '/seasons/1', undefined],
    ['adds an episode to', 'PUT', '/seasons/1/episodes/2', { name: 'x' }],
    ['takes an episode from', 'DELETE', '/seasons/1/episodes/1', undefined],
  ]
  it.each(changes)('%s a private title: %s %s is 404', async (_, method, path, body) => {
    const { id } = await makeTitle(me, { kind: 'series' })
    expect(await other.refusal(method, `/v1/titles/${id}${path}`, body)).toBe('404 not-found')
  })
  it.each(changes)('%s a public title: %s %s is 403', async (_, method, path, body) => {
    const { id } = await published({ kind: 'series' })
    expect(await other.refusal(method, `/v1/titles/${id}${path}`, body)).toBe('403 forbidden')
  })
  it.each(changes)('%s it without a token: %s %s is 401', async (_, method, path, body) => {
    const { id } = await published({ kind: 'series' })
    expect(await at.nobody.refusal(method, `/v1/titles/${id}${path}`, body)).toBe('401 unauthorized')
  })
  it('makes a title without a token', async () => {
    expect(await at.nobody.refusal('POST', '/v1/titles', { kind: 'film', name: 'x' })).toBe(
      '401 unauthorized',
    )
  })
})

describe('the video of a film', () => {
  it('brings its poster and its length', async () => {
    const videoId = await makeVideo(at, me)
    expect(await makeTitle(me, { videoId })).toMatchObject({
      videoId,
      durationSeconds: 60,
      posterUrl: expect.stringContaining('poster.jpg'),
    })
  })
  it('is shown to others while it is public and plays', async () => {
    const videoId = await makeVideo(at, me)
    const { id } = await published({ videoId })
    expect((await getTitle(at.nobody, id)).videoId).toBe(videoId)
  })
  it.each([
    ['private', { visibility: 'private', status: 'ready' }],
    ['not playable yet', { visibility: 'public', status: 'processing' }],
    ['failed', { visibility: 'public', status: 'failed' }],
  ] as const)('is not shown to others while it is %s', async (_, state) => {
    const { id } = await published({ videoId: await makeVideo(at, me, state) })
    const { videoId, posterUrl, durationSeconds } = await getTitle(at.nobody, id)
    expect([videoId, posterUrl, durationSeconds]).toEqual([undefined, undefined, undefined])
  })
  it('is not shown in lists either while it is private', async () => {
    const { id } = await published({ videoId: await makeVideo(at, me, { visibility: 'private' }) })
    const card = (await listTitles(at.nobody)).items.find((item) => item.id === id)
    expect([card?.id, card?.videoId, card?.posterUrl]).toEqual([id, undefined, undefined])
  })
  it('is shown to the owner while it is private', async () => {
    const videoId = await makeVideo(at, me, { visibility: 'private' })
    expect((await makeTitle(me, { videoId })).videoId).toBe(videoId)
  })
  it('can be linked later', async () => {
    const [{ id }, videoId] = [await makeTitle(me), await makeVideo(at, me)]
    await me.call('PATCH', `/v1/titles/${id}`, { videoId })
    expect((await getTitle(me, id)).videoId).toBe(videoId)
  })
  it('can be unlinked', async () => {
    const { id } = await makeTitle(me, { videoId: await makeVideo(at, me) })
    await me.call('PATCH', `/v1/titles/${id}`, { videoId: null })
    expect((await getTitle(me, id)).videoId).toBeUndefined()
  })
  it('is unlinked when it is deleted, and the title stays', async () => {
    const videoId = await makeVideo(at, me)
    const { id } = await makeTitle(me, { videoId })
    await me.call('DELETE', `/v1/videos/${videoId}`)
    expect(await getTitle(me, id)).toMatchObject({ id, name: 'A title' })
    expect((await getTitle(me, id)).videoId).toBeUndefined()
  })
  it('stays when the title is deleted', async () => {
    const videoId = await makeVideo(at, me)
    const { id } = await makeTitle(me, { videoId })
    await me.call('DELETE', `/v1/titles/${id}`)
    expect((await me.video(videoId)).id).toBe(videoId)
  })
  it.each([
    ['a private one of somebody else', 'private', '404 not-found'],
    ['a public one of somebody else', 'public', '403 forbidden'],
  ] as const)('may not be %s', async (_, visibility, refusal) => {
    const videoId = await makeVideo(at, other, { visibility })
    expect(await me.refusal('POST', '/v1/titles', { kind: 'film', name: 'x', videoId })).toBe(refusal)
  })
  it.each(['private', 'public'] as const)('may not become a %s one of somebody else', async (visibility) => {
    const { id } = await makeTitle(me)
    const videoId = await makeVideo(at, other, { visibility })
    await me.call('PATCH', `/v1/titles/${id}`, { videoId })
    expect((await getTitle(me, id)).videoId).toBeUndefined()
  })
  it.each([NO_VIDEO, 'vid_1', ''])('may not be one that there is not: %j', async (videoId) => {
    expect(await me.refusal('POST', '/v1/titles', { kind: 'film', name: 'x', videoId })).toBe('404 not-found')
  })
  it.each(['POST', 'PATCH'])('may not be one of a series by %s', async (method) => {
    const videoId = await makeVideo(at, me)
    const { id } = await makeTitle(me, { kind: 'series' })
    const path = method === 'POST' ? '/v1/titles' : `/v1/titles/${id}`
    const body = method === 'POST' ? { kind: 'series', name: 'x', videoId } : { videoId }
    expect(await me.refusal(method, path, body)).toBe('422 invalid-input body.videoId')
  })
})

describe('credits', () => {
  const items = [
    { name: 'Ann', role: 'actor', character: 'The Queen' },
    { name: 'Zoe', role: 'director' },
    { name: 'Bob', role: 'actor' },
  ]
  it('are shown to anybody in their order', async () => {
    const { id } = await published()
    await me.call('PUT', `/v1/titles/${id}/credits`, { items })
    expect((await getTitle(at.nobody, id)).credits).toEqual(items)
  })
  it('are replaced as a whole', async () => {
    const { id } = await makeTitle(me)
    await me.call('PUT', `/v1/titles/${id}/credits`, { items })
    await me.call('PUT', `/v1/titles/${id}/credits`, { items: items.slice(1, 2) })
    expect((await getTitle(me, id)).credits).toEqual(items.slice(1, 2))
  })
  it.each([
    ['a role that there is not', { name: 'Ann', role: 'hero' }, 'role'],
    ['no name', { role: 'actor' }, 'name'],
    ['a character for a director', { name: 'Ann', role: 'director', character: 'x' }, 'character'],
  ])('are refused with %s', async (_, credit, field) => {
    const { id } = await makeTitle(me)
    expect(await me.refusal('PUT', `/v1/titles/${id}/credits`, { items: [items[0], credit] })).toBe(
      `422 invalid-input body.items.1.${field}`,
    )
  })
})

describe('bad input', () => {
  const bad: readonly (readonly [string, string, Record<string, unknown>])[] = [
    ['no kind', 'body.kind', { kind: undefined }],
    ['a kind that there is not', 'body.kind', { kind: 'opera' }],
    ['an empty name', 'body.name', { name: '  ' }],
    ['a name that is too long', 'body.name', { name: 'x'.repeat(201) }],
    ['a year before film', 'body.releaseYear', { releaseYear: 1887 }],
    ['a year that is no whole number', 'body.releaseYear', { releaseYear: 1999.5 }],
    ['a genre that there is not', 'body.genres.1', { genres: ['drama', 'polka'] }],
    ['a genre named twice', 'body.genres', { genres: ['drama', 'drama'] }],
    ['a language that is none', 'body.languages.0', { languages: ['english'] }],
    ['a language named twice', 'body.languages', { languages: ['en-US', 'EN-us'] }],
    ['a visibility that there is not', 'body.visibility', { visibility: 'secret' }],
    ['an unknown field', 'body', { director: 'Ann' }],
  ]
  it.each(bad)('%s is refused at %s', async (_, field, more) => {
    expect(await me.refusal('POST', '/v1/titles', { kind: 'film', name: 'x', ...more })).toBe(
      `422 invalid-input ${field}`,
    )
  })
  it('a change of kind is refused', async () => {
    const { id } = await makeTitle(me)
    expect(await me.refusal('PATCH', `/v1/titles/${id}`, { kind: 'series' })).toBe('422 invalid-input body')
  })
  it('an unknown id is not found', async () => {
    expect(await me.refusal('GET', NOBODYS)).toBe('404 not-found')
  })
  it('an id of another kind is not found', async () => {
    expect(await me.refusal('GET', `/v1/titles/${NO_VIDEO}`)).toBe('404 not-found')
  })
  it('never makes the platform complain', () => {
    expect(at.complaints).toEqual([])
  })
})
