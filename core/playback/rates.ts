import { lt, sql } from 'drizzle-orm'
import type { Uses } from '../ports/ports.ts'
import type { Door } from './model.ts'
import { PlaybackRefused } from './refusals.ts'
import { playbackRates } from './schema.ts'

const WINDOW_MS = 60_000

/** Questions in a minute: those that open a session by viewer and film, the others by session. */
const PER_MINUTE: { readonly [D in Door]: { readonly group: string; readonly most: number } } = {
  playback: { group: 'open', most: 30 },
  stream: { group: 'open', most: 30 },
  playlist: { group: 'playlist', most: 600 },
  heartbeat: { group: 'heartbeat', most: 120 },
  key: { group: 'license', most: 120 },
  clearkey: { group: 'license', most: 120 },
  widevine: { group: 'license', most: 120 },
  playready: { group: 'license', most: 120 },
  fairplay: { group: 'license', most: 120 },
  callback: { group: 'license', most: 120 },
}

/** Counts the question in its window of a minute. Answers `too-many-requests` with `retry-after` once there were too many. */
export async function countAsk(
  uses: Uses<'db' | 'clock'>,
  door: Door,
  who: string,
): Promise<PlaybackRefused | undefined> {
  const { group, most } = PER_MINUTE[door]
  const now = uses.clock.now().getTime()
  const window = Math.floor(now / WINDOW_MS)
  const [row] = await uses.db
    .insert(playbackRates)
    .values({ name: `${group} ${who}`, window, count: 1 })
    .onConflictDoUpdate({
      target: [playbackRates.name, playbackRates.window],
      set: { count: sql`${playbackRates.count} + 1` },
    })
    .returning({ count: playbackRates.count })
  if (row && row.count <= most) return undefined
  const seconds = Math.ceil(((window + 1) * WINDOW_MS - now) / 1000)
  return new PlaybackRefused('too-many-requests', { headers: { 'retry-after': String(seconds) } })
}

/** Drops the windows that are over. */
export async function dropOldRates({ db, clock }: Uses<'db' | 'clock'>): Promise<void> {
  await db
    .delete(playbackRates)
    .where(lt(playbackRates.window, Math.floor(clock.now().getTime() / WINDOW_MS) - 1))
}
