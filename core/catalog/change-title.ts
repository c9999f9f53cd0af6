import { eq } from 'drizzle-orm'
import { forbidden, invalid, notFound } from '../http/problem.ts'
import { can } from '../identity/can.ts'
import type { Transaction } from '../ports/database.ts'
import type { Uses } from '../ports/ports.ts'
import type { Actor } from '../run/actor.ts'
import { idFromUuid, type TitleId } from '../run/id.ts'
import { ownVideo } from './linked-video.ts'
import type { TitleKind } from './model.ts'
import { titles } from './schema.ts'
import type { TitleRow } from './store.ts'
import type { TitleCreate, TitleUpdate } from './wire.ts'

type Needs = Uses<'db' | 'clock'>

/** Makes a title, private unless it says otherwise. Throws as `ownVideo` does, and 422 for a series with a video. */
export async function createTitle(
  uses: Uses<'db' | 'clock' | 'ids'>,
  actor: Actor,
  { videoId, ...body }: TitleCreate,
): Promise<TitleRow> {
  const now = uses.clock.now()
  const row: TitleRow = {
    ...{ originalName: null, synopsis: '', releaseYear: null, ageRating: null },
    ...{ languages: [], genres: [], visibility: 'private' },
    ...given(body),
    ...{ kind: body.kind, name: body.name },
    id: idFromUuid('ttl', uses.ids.uuid()),
    ownerId: actor.userId,
    videoId: await videoFitting(uses, actor, { kind: body.kind, videoId }),
    ...{ createdAt: now, updatedAt: now },
  }
  await uses.db.insert(titles).values(row)
  return row
}

/** Changes what was named. Throws 404 for a title that was deleted meanwhile, 403 for publishing without the right. */
export async function updateTitle(
  uses: Needs,
  actor: Actor,
  row: TitleRow,
  { videoId, ...body }: TitleUpdate,
): Promise<TitleRow> {
  if (body.visibility !== undefined && !can(actor, 'title:publish', row))
    throw forbidden('Only the owner may publish the title.')
  const link =
    videoId === undefined
      ? {}
      : { videoId: await videoFitting(uses, actor, { kind: row.kind, videoId: videoId ?? undefined }) }
  const set = { ...given(body), ...link, updatedAt: uses.clock.now() }
  const [changed] = await uses.db.update(titles).set(set).where(eq(titles.id, row.id)).returning()
  if (!changed) throw notFound('title')
  return changed
}

/**
 * Runs a change of a title's parts with the title's row locked, so that two of them cannot pass a limit together.
 * 404 where the title was deleted meanwhile.
 */
export function changeParts<T>(
  { db, clock }: Needs,
  titleId: TitleId,
  change: (tx: Transaction) => Promise<T>,
): Promise<T> {
  return db.transaction(async (tx) => {
    const set = { updatedAt: clock.now() }
    const touched = await tx
      .update(titles)
      .set(set)
      .where(eq(titles.id, titleId))
      .returning({ id: titles.id })
    if (touched.length === 0) throw notFound('title')
    return change(tx)
  })
}

async function videoFitting(
  uses: Uses<'db'>,
  actor: Actor,
  { kind, videoId }: { kind: TitleKind; videoId: string | undefined },
) {
  if (videoId === undefined) return null
  if (kind === 'series') throw invalid([FILM_ONLY])
  return ownVideo(uses, actor, videoId)
}
const FILM_ONLY = {
  field: 'body.videoId',
  rule: 'film_only',
  message: 'is for films: the videos of a series belong to its episodes',
}

/** Without what was not named: zod leaves no `undefined` in its answers, but its types allow it. */
function given<T extends object>(body: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
}
