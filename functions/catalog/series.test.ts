import { and, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MAX_EPISODES, MAX_SEASONS } from '../../core/catalog/model.ts'
import { episodes, seasons, titles, videos } from '../../core/database/schema.ts'
import type { TitleId, VideoId } from '../../core/run/id.ts'
import { type Client, openTestPlatform, type TestPlatform } from '../entry/testing/platform.ts'
import { getTitle, makeSeries, makeTitle, makeVideo, numbersOf } from './testing/titles.ts'

let at: TestPlatform
let me: Client
let other: Client
beforeAll(async () => {
  at = await openTestPlatform()
  ;[me, other] = [await at.signUp(), await at.signUp()]
})
afterAll(() => at[Symbol.asyncDispose]())

const seasonsSeen = async (who: Client, id: string) => numbersOf((await getTitle(who, id)).seasons)

describe('a series', () => {
  it('shows seasons and episodes by number', async () => {
    const { id } = await makeTitle(me, { kind: 'series' })
    for (const path of ['2', '0', '1', '1/episodes/10', '1/episodes/9', '0/episodes/0'])
      await me.call('PUT', `/v1/titles/${id}/seasons/${path}`, path.includes('episodes') ? { name: 'x' } : {})
    expect(await seasonsSeen(me, id)).toEqual([
      [0, [0]],
      [1, [9, 10]],
      [2, []],
    ])
  })
  it('names a season anew without losing its episodes', async () => {
    const id = await makeSeries(me, [undefined, undefined])
    const answer = await me.call('PUT', `/v1/titles/${id}/seasons/1`, { name: 'Renamed' })
    expect(answer.body).toMatchObject({
      number: 1,
      name: 'Renamed',
      episodes: [{ number: 1 }, { number: 2 }],
    })
  })
  it('replaces an episode whole', async () => {
    const id = await makeSeries(me, [await makeVideo(at, me)])
    const path = `/v1/titles/${id}/seasons/1/episodes/1`
    await me.call('PUT', path, { name: 'New', synopsis: 'Short.' })
    expect((await getTitle(me, id)).seasons?.[0]?.episodes).toEqual([
      { number: 1, name: 'New', synopsis: 'Short.' },
    ])
  })
  it('loses a season with its episodes', async () => {
    const id = await makeSeries(me, [undefined])
    await me.call('DELETE', `/v1/titles/${id}/seasons/1`)
    await me.call('PUT', `/v1/titles/${id}/seasons/1`, {})
    expect(await seasonsSeen(me, id)).toEqual([[1, []]])
  })
  it('loses one episode alone', async () => {
    const id = await makeSeries(me, [undefined, undefined])
    await me.call('DELETE', `/v1/titles/${id}/seasons/1/episodes/1`)
    expect(await seasonsSeen(me, id)).toEqual([[1, [2]]])
  })
  it('keeps its seasons apart from those of another', async () => {
    const [one, two] = [await makeSeries(me, [undefined]), await makeSeries(me, [undefined])]
    await me.call('DELETE', `/v1/titles/${one}/seasons/1`)
    expect(await seasonsSeen(me, two)).toEqual([[1, [1]]])
  })
  it('is deleted whole', async () => {
    const id = await makeSeries(me, [undefined])
    expect((await me.call('DELETE', `/v1/titles/${id}`)).status).toBe(204)
  })
  it.each(['/seasons/5', '/seasons/1/episodes/5', '/seasons/5/episodes/1'])(
    'has no %s to remove',
    async (path) => {
      const id = await makeSeries(me, [undefined])
      expect(await me.refusal('DELETE', `/v1/titles/${id}${path}`)).toBe('404 not-found')
    },
  )
  it('takes no episode without its season', async () => {
    const id = await makeSeries(me, [])
    const path = `/v1/titles/${id}/seasons/2/episodes/1`
    expect(await me.refusal('PUT', path, { name: 'x' })).toBe('404 not-found')
  })
  it.each(['/seasons/1', '/seasons/1/episodes/1'])('is what a film is not: no %s', async (path) => {
    const { id } = await makeTitle(me)
    expect(await me.refusal('PUT', `/v1/titles/${id}${path}`, { name: 'x' })).toBe('409 not-a-series')
  })
  it.each([
    ['PUT', '/seasons/one', 'params.season'],
    ['PUT', '/seasons/-1', 'params.season'],
    ['PUT', '/seasons/1000', 'params.season'],
    ['PUT', '/seasons/1/episodes/10000', 'params.episode'],
    ['DELETE', '/seasons/1.5', 'params.season'],
    ['DELETE', '/seasons/1/episodes/x', 'params.episode'],
  ])('has no numbers such as %s %s', async (method, path, field) => {
    const id = await makeSeries(me, [])
    const body = method === 'PUT' ? { name: 'x' } : undefined
    expect(await me.refusal(method, `/v1/titles/${id}${path}`, body)).toBe(`422 invalid-input ${field}`)
  })
  it('refuses an episode without a name', async () => {
    const id = await makeSeries(me, [])
    expect(await me.refusal('PUT', `/v1/titles/${id}/seasons/1/episodes/1`, {})).toBe(
      '422 invalid-input body.name',
    )
  })
})

describe('a series that is full', () => {
  const range = (length: number) => Array.from({ length }, (_, i) => i)
  async function full() {
    const { db } = at.platform.ports
    const titleId = (await makeTitle(me, { kind: 'series' })).id as TitleId
    await db.insert(seasons).values(range(MAX_SEASONS).map((number) => ({ titleId, number })))
    await db
      .insert(episodes)
      .values(range(MAX_EPISODES).map((number) => ({ titleId, season: 1, number, name: 'x', synopsis: '' })))
    return titleId
  }
  it('takes no further season', async () => {
    expect(await me.refusal('PUT', `/v1/titles/${await full()}/seasons/${MAX_SEASONS}`, {})).toBe(
      '409 too-many-seasons',
    )
  })
  it('takes no further episode', async () => {
    const path = `/v1/titles/${await full()}/seasons/2/episodes/1`
    expect(await me.refusal('PUT', path, { name: 'x' })).toBe('409 too-many-episodes')
  })
  it('keeps none of what it refused', async () => {
    const id = await full()
    await me.call('PUT', `/v1/titles/${id}/seasons/2/episodes/1`, { name: 'x' })
    expect((await getTitle(me, id)).seasons?.[2]?.episodes).toEqual([])
  })
  it('still changes the episodes that it has', async () => {
    const path = `/v1/titles/${await full()}/seasons/1/episodes/7`
    expect((await me.call('PUT', path, { name: 'y' })).body).toMatchObject({ number: 7, name: 'y' })
  })
  it('waits for another change of it before it counts', async () => {
    const id = await full()
    const { db } = at.platform.ports
    await db.delete(episodes).where(and(eq(episodes.titleId, id), eq(episodes.number, 0)))
    const { second } = await db.transaction(async (tx) => {
      await tx.update(titles).set({ name: 'At work' }).where(eq(titles.id, id))
      await tx.insert(episodes).values({ titleId: id, season: 2, number: 1, name: 'x', synopsis: '' })
      const second = me.refusal('PUT', `/v1/titles/${id}/seasons/3/episodes/1`, { name: 'x' })
      await Promise.race([second, somebodyWaits()])
      return { second }
    })
    expect(await second).toBe('409 too-many-episodes')
  })
})

/** Until a connection of this database waits for a lock. */
async function somebodyWaits(): Promise<void> {
  const waiting = sql<number>`select 1 from pg_locks where not granted
    and pid in (select pid from pg_stat_activity where datname = current_database())`
  await expect.poll(() => at.platform.ports.db.$count(sql`(${waiting}) w`), { timeout: 30_000 }).not.toBe(0)
}

describe('the video of an episode', () => {
  it('is answered with the episode', async () => {
    const [id, videoId] = [await makeSeries(me, []), await makeVideo(at, me)]
    const answer = await me.call('PUT', `/v1/titles/${id}/seasons/1/episodes/1`, { name: 'Pilot', videoId })
    expect(answer.body).toEqual({
      ...{ number: 1, name: 'Pilot', synopsis: '', videoId, durationSeconds: 60 },
      posterUrl: expect.stringContaining('poster.jpg'),
    })
  })
  it('decides whether others see the episode at all', async () => {
    const id = await makeSeries(me, [
      await makeVideo(at, me),
      await makeVideo(at, me, { visibility: 'private' }),
      await makeVideo(at, me, { status: 'processing' }),
      await makeVideo(at, me, { status: 'playable' }),
      undefined,
    ])
    expect(await seasonsSeen(at.nobody, id)).toEqual([[1, [1, 4]]])
    expect(await seasonsSeen(other, id)).toEqual([[1, [1, 4]]])
    expect(await seasonsSeen(me, id)).toEqual([[1, [1, 2, 3, 4, 5]]])
  })
  it('is unlinked when it is deleted, and the episode stays with its owner', async () => {
    const videoId = await makeVideo(at, me)
    const id = await makeSeries(me, [videoId])
    await me.call('DELETE', `/v1/videos/${videoId}`)
    expect((await getTitle(me, id)).seasons?.[0]?.episodes).toEqual([
      { number: 1, name: 'Episode 1', synopsis: '' },
    ])
  })
  it('takes the episode from others when it is deleted', async () => {
    const videoId = await makeVideo(at, me)
    const id = await makeSeries(me, [videoId])
    await me.call('DELETE', `/v1/videos/${videoId}`)
    expect(await seasonsSeen(at.nobody, id)).toEqual([[1, []]])
  })
  it('leaves the episode also when its row goes at last', async () => {
    const videoId = await makeVideo(at, me)
    const id = await makeSeries(me, [videoId])
    await at.platform.ports.db.delete(videos).where(eq(videos.id, videoId as VideoId))
    expect(await seasonsSeen(me, id)).toEqual([[1, [1]]])
  })
  it.each([
    ['private', '404 not-found'],
    ['public', '403 forbidden'],
  ] as const)('may not be a %s one of somebody else', async (visibility, refusal) => {
    const [id, videoId] = [await makeSeries(me, []), await makeVideo(at, other, { visibility })]
    const path = `/v1/titles/${id}/seasons/1/episodes/1`
    expect(await me.refusal('PUT', path, { name: 'x', videoId })).toBe(refusal)
  })
  it('never makes the platform complain', () => {
    expect(at.complaints).toEqual([])
  })
})
