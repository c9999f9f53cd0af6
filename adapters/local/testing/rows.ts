import { units, uploads, users, videos } from '../../../core/database/schema.ts'
import type { Db } from '../../../core/ports/database.ts'
import { idFromUuid } from '../../../core/run/id.ts'
import { sourceKey } from '../../../core/video/model.ts'
import { openIds } from '../../node/ids.ts'

const ids = openIds()
/** When everything was made, unless a test says otherwise. */
const MADE_AT = new Date('2026-01-01T00:00:00.000Z')

type Person = typeof users.$inferSelect
type Video = typeof videos.$inferSelect
type Upload = typeof uploads.$inferSelect
type Unit = typeof units.$inferSelect
/** Who or what a row belongs to. */
type Owned<T extends { ownerId: unknown }> = Partial<T> & Pick<T, 'ownerId'>
type OfVideo<T extends { videoId: unknown }> = Partial<T> & Pick<T, 'videoId'>

/** Somebody with an address that nobody has, and with a password that nothing matches. */
export function aPerson(db: Db, facts: Partial<Person> = {}): Promise<Person> {
  const id = idFromUuid('usr', ids.uuid())
  const row = { id, email: `${id}@example.org`, name: 'Ada', passwordHash: '-', createdAt: MADE_AT, ...facts }
  return only(db.insert(users).values(row).returning())
}

/** A private video at work, in its first generation. */
export function aVideo(db: Db, facts: Owned<Video>): Promise<Video> {
  const row = {
    id: idFromUuid('vid', ids.uuid()),
    title: 'A film',
    visibility: 'private',
    status: 'processing',
    generation: 1,
    createdAt: MADE_AT,
    updatedAt: MADE_AT,
    ...facts,
  } as const
  return only(db.insert(videos).values(row).returning())
}

/** An open upload of one part, which made its video. */
export function anUpload(db: Db, facts: Owned<Upload> & OfVideo<Upload>): Promise<Upload> {
  const id = idFromUuid('upl', ids.uuid())
  const row = {
    id,
    name: 'film.mp4',
    contentType: 'video/mp4',
    sizeBytes: 1000,
    partBytes: 8 * 1024 ** 2,
    objectKey: sourceKey(facts.videoId, id),
    storeUpload: id,
    state: 'open',
    madeVideo: true,
    createdAt: MADE_AT,
    expiresAt: new Date(MADE_AT.getTime() + 7 * 86_400_000),
    ...facts,
  } as const
  return only(db.insert(uploads).values(row).returning())
}

/** A unit of work that waits, in the first generation of its video. */
export function aUnit(db: Db, facts: OfVideo<Unit>): Promise<Unit> {
  const row = {
    id: idFromUuid('unt', ids.uuid()),
    generation: 1,
    name: 'probe',
    spec: { kind: 'probe' },
    priority: 0,
    work: 100,
    state: 'waiting',
    updatedAt: MADE_AT,
    ...facts,
  } as const
  return only(db.insert(units).values(row).returning())
}

async function only<T>(inserted: PromiseLike<readonly T[]>): Promise<T> {
  const [row] = await inserted
  if (row === undefined) throw new Error('the row was not inserted')
  return row
}
