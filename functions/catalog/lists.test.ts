import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TitleCard } from '../../core/catalog/wire.ts'
import { type Client, openTestPlatform, type TestPlatform } from '../entry/testing/platform.ts'
import { listTitles, makeTitle } from './testing/titles.ts'

let at: TestPlatform
let me: Client
let other: Client
beforeAll(async () => {
  at = await openTestPlatform()
  ;[me, other] = [await at.signUp(), await at.signUp()]
})
afterAll(() => at[Symbol.asyncDispose]())

/** Ids over all pages. */
async function idsOf(who: Client, query: string): Promise<string[]> {
  const seen: TitleCard[] = []
  for (let cursor = ''; ; ) {
    const page = await listTitles(who, `?${query}${cursor}`)
    seen.push(...page.items)
    if (page.nextCursor === undefined) return seen.map((title) => title.id)
    cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`
  }
}
const idOf = async (who: Client, more: Record<string, unknown> = {}) => (await makeTitle(who, more)).id

describe('one’s own titles', () => {
  it('are listed once over all pages, newest first', async () => {
    const lister = await at.signUp()
    const made: string[] = []
    for (let i = 0; i < 7; i++) made.push(await idOf(lister, { name: `t${i}` }))
    expect(await idsOf(lister, 'limit=3')).toEqual(made.toReversed())
  })
  it('end with a full page', async () => {
    const lister = await at.signUp()
    for (let i = 0; i < 2; i++) await idOf(lister)
    expect((await listTitles(lister, '?limit=2')).nextCursor).toBeUndefined()
  })
  it('are not those of others, even when these are public', async () => {
    const lister = await at.signUp()
    await idOf(other, { visibility: 'public' })
    expect(await idsOf(lister, 'scope=mine')).toEqual([])
  })
  it('need a token', async () => {
    expect(await at.nobody.refusal('GET', '/v1/titles?scope=mine')).toBe('401 unauthorized')
  })
})

describe('public titles', () => {
  it('are what nobody in particular gets', async () => {
    const [open, hidden] = [await idOf(me, { visibility: 'public' }), await idOf(me)]
    const ids = await idsOf(at.nobody, 'limit=50')
    expect([ids.includes(open), ids.includes(hidden)]).toEqual([true, false])
  })
  it('can be asked for with a token, too', async () => {
    const [open, hidden] = [await idOf(other, { visibility: 'public' }), await idOf(me)]
    const ids = await idsOf(me, 'limit=50&scope=public')
    expect([ids.includes(open), ids.includes(hidden)]).toEqual([true, false])
  })
  it('are those whose window is open', async () => {
    const [open, over] = [await idOf(me, { visibility: 'public' }), await idOf(me, { visibility: 'public' })]
    const put = (id: string, startsAt: string, endsAt?: string) =>
      me.call('PUT', `/v1/titles/${id}/windows`, { items: [{ startsAt, endsAt }] })
    await put(open, '2020-01-01T00:00:00Z')
    await put(over, '2020-01-01T00:00:00Z', '2021-01-01T00:00:00Z')
    const ids = await idsOf(at.nobody, 'limit=50')
    expect([ids.includes(open), ids.includes(over)]).toEqual([true, false])
  })
  it('come once over all pages, though hidden ones lie between them', async () => {
    const made: string[] = []
    for (let i = 0; i < 8; i++) {
      const id = await idOf(other, { visibility: i % 2 ? 'public' : 'private', genres: ['western'] })
      if (i % 2) made.push(id)
    }
    expect(await idsOf(at.nobody, 'limit=2&genre=western')).toEqual(made.toReversed())
  })
})

describe('a filter', () => {
  it('by genre lists titles that have it among theirs', async () => {
    const lister = await at.signUp()
    const both = await idOf(lister, { genres: ['drama', 'war'] })
    await idOf(lister, { genres: ['drama'] })
    await idOf(lister)
    expect(await idsOf(lister, 'genre=war')).toEqual([both])
  })
  it('by kind lists that kind alone', async () => {
    const lister = await at.signUp()
    const series = await idOf(lister, { kind: 'series' })
    await idOf(lister)
    expect(await idsOf(lister, 'kind=series')).toEqual([series])
  })
  it('by both lists what is both', async () => {
    const lister = await at.signUp()
    const both = await idOf(lister, { kind: 'series', genres: ['crime'] })
    await idOf(lister, { kind: 'series' })
    await idOf(lister, { genres: ['crime'] })
    expect(await idsOf(lister, 'kind=series&genre=crime')).toEqual([both])
  })
  it.each(['genre=polka', 'kind=opera', 'limit=0', 'limit=101', 'cursor=nonsense', 'status=ready'])(
    'is refused as %s',
    async (query) => {
      const field = query.startsWith('status') ? 'query' : `query.${query.split('=')[0]}`
      expect(await me.refusal('GET', `/v1/titles?${query}`)).toBe(`422 invalid-input ${field}`)
    },
  )
  it('does not take the cursor of another list', async () => {
    const lister = await at.signUp()
    for (let i = 0; i < 2; i++) await idOf(lister, { visibility: 'public' })
    const { nextCursor = '' } = await listTitles(lister, '?limit=1')
    const path = `/v1/titles?scope=public&cursor=${encodeURIComponent(nextCursor)}`
    expect(await lister.refusal('GET', path)).toBe('422 invalid-input query.cursor')
  })
})

describe('genres', () => {
  it('are told by slug and name', async () => {
    const { items } = (await at.nobody.call('GET', '/v1/genres')).body as { items: unknown[] }
    expect(items).toContainEqual({ slug: 'science-fiction', name: 'Science fiction' })
  })
  it('are all taken by a title', async () => {
    const { items } = (await at.nobody.call('GET', '/v1/genres')).body as { items: { slug: string }[] }
    const kept = []
    for (let i = 0; i < items.length; i += 10) {
      const genres = items.slice(i, i + 10).map((genre) => genre.slug)
      kept.push(...(await makeTitle(me, { genres })).genres)
    }
    expect(kept).toEqual(items.map((genre) => genre.slug))
  })
})
