import { sql } from 'drizzle-orm'
import { rowsOf } from '../database/rows.ts'
import { notFound } from '../http/problem.ts'
import { PlaybackRefused } from '../playback/refusals.ts'
import { readPlaybackToken } from '../playback/token.ts'
import type { Transaction } from '../ports/database.ts'
import type { Uses } from '../ports/ports.ts'
import { type CustomerId, type PlaybackSessionId, uuidOf } from '../run/id.ts'
import type { VideoRow } from '../video/show.ts'
import { findVideo } from '../video/store.ts'
import { ingest } from './ingest.ts'
import { minutesOfMs } from './quantity.ts'
import { type ForTenants, tenantOfUser } from './tenant.ts'
import type { PlaybackBeacon } from './wire.ts'

/** What a first beacon may tell of, and by how much a session may be ahead of the clock: two beacons' time. */
export const AHEAD_MS = 60_000

/**
 * Counts playing time for the film's owner, of a playback session that we have opened: its token says which, and of which film.
 * A session that is over may still tell of its last seconds. However many seconds a player claims, a session never gets more
 * than has passed since its first beacon, and a minute.
 */
export async function meterPlayback(
  uses: ForTenants & Uses<'secrets' | 'config'>,
  token: string | undefined,
  beacon: PlaybackBeacon,
): Promise<void> {
  const { sessionId, videoId } = await readPlaybackToken(uses, token)
  if (videoId !== beacon.videoId) throw new PlaybackRefused('playback-token-invalid')
  const video = await findVideo(uses.db, videoId)
  if (!video) throw notFound('video')
  const tenant = await tenantOfUser(uses, video.ownerId)
  await uses.db.transaction((tx) => count(tx, { uses, tenant, video, beacon, sessionId }))
}

interface Beacon {
  readonly uses: ForTenants
  readonly tenant: CustomerId
  readonly video: VideoRow
  readonly beacon: PlaybackBeacon
  readonly sessionId: PlaybackSessionId
}

async function count(tx: Transaction, { uses, tenant, video, beacon, sessionId }: Beacon): Promise<void> {
  const { sessionId: run, sequence, seconds } = beacon
  // One beacon of a session at a time: two at once would both be given the same minute.
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`player ${sessionId}`}, 0))`)
  // A page that is loaded again goes on with its session, and counts from one again.
  const id = `${sessionId}:${run}:${sequence}`
  if (await isKnown(tx, tenant, id)) return
  const now = uses.clock.now()
  const left = await allowance(tx, sessionId, now)
  const ms = Math.max(0, Math.min(Math.round(seconds * 1000), left))
  await ingest(
    tx,
    [
      {
        ...{ tenant, id, source: 'playback', meter: 'minutes_streamed' as const, subject: sessionId },
        ...{ quantity: minutesOfMs(BigInt(ms)), at: now, dimensions: { video: video.id } },
      },
    ],
    now,
  )
}

async function isKnown(tx: Transaction, tenant: CustomerId, id: string): Promise<boolean> {
  const rows = await rowsOf(
    tx,
    sql`select 1 from usage_event_keys where tenant = ${uuidOf(tenant)}::uuid and source = 'playback' and event_id = ${id}`,
  )
  return rows.length > 0
}

/** Milliseconds that a session may still tell of. */
async function allowance(tx: Transaction, sessionId: string, now: Date): Promise<number> {
  const [row] = await rowsOf<{ first: string | null; counted: string }>(
    tx,
    sql`select (extract(epoch from min(received_at)) * 1000)::bigint::text as first,
        ceil(coalesce(sum(quantity), 0) * 60000)::text as counted
      from usage_events where source = 'playback' and subject = ${sessionId}`,
  )
  const first = row?.first == null ? now.getTime() : Number(row.first)
  return AHEAD_MS + now.getTime() - first - Number(row?.counted ?? 0)
}
