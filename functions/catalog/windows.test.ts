import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Client, openTestPlatform, type TestPlatform } from '../entry/testing/platform.ts'
import { getTitle, makeTitle } from './testing/titles.ts'

let at: TestPlatform
let me: Client
beforeAll(async () => {
  at = await openTestPlatform()
  me = await at.signUp()
})
afterAll(() => at[Symbol.asyncDispose]())

const LONG_AGO = '2001-01-01T00:00:00.000Z'
const AGO = '2002-01-01T00:00:00.000Z'
const LATER = '2090-01-01T00:00:00.000Z'
const FAR = '2091-01-01T00:00:00.000Z'

async function windowed(items: readonly unknown[], visibility = 'public'): Promise<string> {
  const { id } = await makeTitle(me, { visibility })
  await me.call('PUT', `/v1/titles/${id}/windows`, { items })
  return id
}
const seenBy = async (who: Client, id: string) => (await who.call('GET', `/v1/titles/${id}`)).status

describe('a published title', () => {
  const cases: readonly (readonly [string, number, readonly unknown[]])[] = [
    ['without windows', 200, []],
    ['inside a window', 200, [{ startsAt: LONG_AGO, endsAt: LATER }]],
    ['inside one without an end', 200, [{ startsAt: LONG_AGO }]],
    ['before its window', 404, [{ startsAt: LATER, endsAt: FAR }]],
    ['behind its window', 404, [{ startsAt: LONG_AGO, endsAt: AGO }]],
    [
      'between two',
      404,
      [
        { startsAt: LONG_AGO, endsAt: AGO },
        { startsAt: LATER, endsAt: FAR },
      ],
    ],
    ['inside the second', 200, [{ startsAt: LONG_AGO, endsAt: AGO }, { startsAt: AGO }]],
    ['inside one of a country, where the viewer’s is unknown', 200, [{ startsAt: AGO, countries: ['DE'] }]],
    ['behind one of a country', 404, [{ startsAt: LONG_AGO, endsAt: AGO, countries: ['DE'] }]],
  ]
  it.each(cases)('%s is answered to others with %i', async (_, status, items) => {
    expect(await seenBy(at.nobody, await windowed(items))).toBe(status)
  })
  it('is seen by its owner outside every window', async () => {
    expect(await seenBy(me, await windowed([{ startsAt: LATER }]))).toBe(200)
  })
  it('cannot be changed by others outside every window as if it did not exist', async () => {
    const [other, id] = [await at.signUp(), await windowed([{ startsAt: LATER }])]
    expect(await other.refusal('PATCH', `/v1/titles/${id}`, { name: 'x' })).toBe('404 not-found')
  })
  it('is seen again when its windows are taken away', async () => {
    const id = await windowed([{ startsAt: LATER }])
    await me.call('PUT', `/v1/titles/${id}/windows`, { items: [] })
    expect(await seenBy(at.nobody, id)).toBe(200)
  })
})

describe('windows', () => {
  it('do not publish a private title', async () => {
    expect(await seenBy(at.nobody, await windowed([{ startsAt: AGO }], 'private'))).toBe(404)
  })
  it('are told to the owner as they were given', async () => {
    const items = [{ startsAt: LATER, endsAt: FAR, countries: ['DE', 'AT'] }, { startsAt: AGO }]
    expect((await getTitle(me, await windowed(items))).windows).toEqual(items)
  })
  it('are not told to others', async () => {
    expect((await getTitle(at.nobody, await windowed([{ startsAt: AGO }]))).windows).toBeUndefined()
  })
  it.each([
    ['an end at its start', 'endsAt', { startsAt: AGO, endsAt: AGO }],
    ['an end before its start', 'endsAt', { startsAt: AGO, endsAt: LONG_AGO }],
    ['no start', 'startsAt', { endsAt: LATER }],
    ['a date alone', 'startsAt', { startsAt: '2026-01-01' }],
    ['a day that there is not', 'startsAt', { startsAt: '2026-02-30T00:00:00Z' }],
    ['a time of no zone', 'startsAt', { startsAt: '2026-01-01T00:00:00' }],
    ['the year 0', 'startsAt', { startsAt: '0000-01-01T00:00:00Z' }],
    ['a country that there is not', 'countries.1', { startsAt: AGO, countries: ['DE', 'XX'] }],
    ['a country in small letters', 'countries.0', { startsAt: AGO, countries: ['de'] }],
    ['a country named twice', 'countries', { startsAt: AGO, countries: ['DE', 'DE'] }],
    ['a list of no countries', 'countries', { startsAt: AGO, countries: [] }],
  ])('are refused with %s', async (_, field, window) => {
    const { id } = await makeTitle(me)
    const items = [{ startsAt: LONG_AGO }, window]
    expect(await me.refusal('PUT', `/v1/titles/${id}/windows`, { items })).toBe(
      `422 invalid-input body.items.1.${field}`,
    )
  })
  it('name the rule that was broken', async () => {
    const { id } = await makeTitle(me)
    const items = [{ startsAt: AGO, endsAt: LONG_AGO }]
    expect((await me.call('PUT', `/v1/titles/${id}/windows`, { items })).body).toMatchObject({
      errors: [{ rule: 'rule', message: 'must come after startsAt' }],
    })
  })
  it('never make the platform complain', () => {
    expect(at.complaints).toEqual([])
  })
})
