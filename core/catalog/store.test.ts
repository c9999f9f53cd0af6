import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../adapters/local/testing/database.ts'
import { availabilityWindows, titles, users } from '../database/schema.ts'
import { idFromUuid, type TitleId, type UserId } from '../run/id.ts'
import { findTitle, publicTitles } from './store.ts'
import type { Viewing } from './viewing.ts'

const NOON = new Date('2026-06-01T12:00:00.000Z')
const HOUR_MS = 3_600_000
let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
  const person = { id: ownerId, email: 'a@example.org', name: 'A', passwordHash: 'x', createdAt: NOON }
  await database.db.insert(users).values(person)
})
afterAll(() => database[Symbol.asyncDispose]())

const ownerId: UserId = idFromUuid('usr', '00000000-0000-7000-8000-000000000001')
let made = 0

/** A public title with one window around noon. */
async function windowed(window: { countries?: string[]; startsAt?: Date; endsAt?: Date }): Promise<TitleId> {
  const id = idFromUuid('ttl', `00000000-0000-7000-8000-${String(++made).padStart(12, '0')}`)
  const facts = { kind: 'film', name: 'x', synopsis: '', languages: [], genres: [] } as const
  const [owned, times] = [
    { id, ownerId },
    { createdAt: NOON, updatedAt: NOON },
  ]
  await database.db
    .insert(titles)
    .values({ ...facts, ...owned, ...times, languages: [], genres: [], visibility: 'public' })
  const startsAt = new Date(NOON.getTime() - HOUR_MS)
  await database.db.insert(availabilityWindows).values({ titleId: id, position: 0, startsAt, ...window })
  return id
}

/** By its id, and by the list. */
async function seen(id: TitleId, viewing: Viewing): Promise<[boolean | undefined, boolean]> {
  const page = { before: undefined, kind: undefined, genre: undefined, limit: 100 }
  const listed = await publicTitles(database.db, viewing, page)
  return [(await findTitle(database.db, id, viewing))?.available, listed.some((row) => row.id === id)]
}

describe('a window', () => {
  it('begins at its start', async () => {
    const id = await windowed({ startsAt: NOON })
    expect(await seen(id, { at: NOON })).toEqual([true, true])
    expect(await seen(id, { at: new Date(NOON.getTime() - 1) })).toEqual([false, false])
  })
  it('is over at its end', async () => {
    const id = await windowed({ endsAt: NOON })
    expect(await seen(id, { at: NOON })).toEqual([false, false])
    expect(await seen(id, { at: new Date(NOON.getTime() - 1) })).toEqual([true, true])
  })
  it('of countries is open in them', async () => {
    const id = await windowed({ countries: ['AT', 'DE'] })
    expect(await seen(id, { at: NOON, country: 'DE' })).toEqual([true, true])
  })
  it('of countries is closed in others', async () => {
    const id = await windowed({ countries: ['AT', 'DE'] })
    expect(await seen(id, { at: NOON, country: 'FR' })).toEqual([false, false])
  })
  it('of countries is open where the country is unknown', async () => {
    const id = await windowed({ countries: ['AT', 'DE'] })
    expect(await seen(id, { at: NOON })).toEqual([true, true])
  })
  it('of no countries is open in all', async () => {
    const id = await windowed({})
    expect(await seen(id, { at: NOON, country: 'FR' })).toEqual([true, true])
  })
})
