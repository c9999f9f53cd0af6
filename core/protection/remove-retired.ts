import { and, asc, eq, lte } from 'drizzle-orm'
import { retiredEditions } from '../playback/schema.ts'
import type { Uses } from '../ports/ports.ts'
import type { Context } from '../run/context.ts'
import { eachAlone } from '../run/each-alone.ts'
import { filmPrefix } from '../video/model.ts'

type Needs = Uses<'db' | 'storage' | 'clock'>
type Retired = typeof retiredEditions.$inferSelect

/** Removes the objects of encryptions that were replaced or given up and whose time is over. */
export async function removeRetired(uses: Needs, ctx: Context): Promise<void> {
  const rows = await uses.db
    .select()
    .from(retiredEditions)
    .where(lte(retiredEditions.removeAt, uses.clock.now()))
    .orderBy(asc(retiredEditions.removeAt))
    .limit(20)
  await eachAlone(rows, ctx, (row) => remove(uses, ctx, row))
}

async function remove(uses: Needs, ctx: Context, row: Retired): Promise<void> {
  const { videoId, generation, edition } = row
  await removeFilm(uses, filmPrefix(videoId, generation, edition), ctx.signal)
  // Cut off in the middle, the row stays, and the next sweep goes on.
  if (ctx.signal.aborted) return
  const mine = and(
    eq(retiredEditions.videoId, videoId),
    eq(retiredEditions.generation, generation),
    eq(retiredEditions.edition, edition),
  )
  await uses.db.delete(retiredEditions).where(mine)
}

const AT_ONCE = 20

/** Everything of one edition. The first one's prefix is the generation's: pictures in it stay. */
async function removeFilm({ storage }: Needs, prefix: string, signal: AbortSignal): Promise<void> {
  for (let after: string | undefined; !signal.aborted; ) {
    const page = await storage.list('media', {
      prefix,
      limit: 1000,
      ...(after === undefined ? {} : { after }),
    })
    const keys = page.map(({ key }) => key).filter((key) => isFilm(key.slice(prefix.length)))
    for (let i = 0; i < keys.length && !signal.aborted; i += AT_ONCE)
      await Promise.all(keys.slice(i, i + AT_ONCE).map((key) => storage.remove('media', key)))
    after = page.at(-1)?.key
    if (after === undefined) return
  }
}

/** Tracks, playlists, manifests and copies of captions, by their names below the edition's prefix. */
export const isFilm = (name: string): boolean =>
  /^[^/]+\/(?:init\.mp4|\d+\.m4s)$/.test(name) || /\.(?:m3u8|mpd)$/.test(name) || name.startsWith('captions/')
