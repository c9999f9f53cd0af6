import { and, eq, isNull } from 'drizzle-orm'
import type { Transaction } from '../ports/database.ts'
import type { Ports } from '../ports/ports.ts'
import type { Context } from '../run/context.ts'
import { commit, type Emit } from '../run/emit.ts'
import { removeEarlyPictures } from '../thumbnails/shelf.ts'
import type { VideoStatus } from '../video/model.ts'
import { videos } from '../video/schema.ts'
import { writePlaylists } from './playlists.ts'
import { PROBE_UNIT } from './unit.ts'
import { type Unit, type UnitProgress, unitStates, unitsOf, type Work } from './unit-store.ts'

export type VideoRow = typeof videos.$inferSelect

/**
 * Brings a film to the status that its finished units earn: `playable` once the low qualities and the sound are there
 * over the whole timeline, `ready` once everything is. Playlists are written before the status tells of them, under a
 * row lock, so that two workers do not publish twice.
 */
export async function publishIfDue(ports: Ports, ctx: Context, work: Work): Promise<void> {
  if (!due(await statusOf(ports, work), await unitStates(ports.db, work))) return
  const units = await commit(ports, ctx, async (tx, emit) => {
    const video = await lock(tx, work)
    const next = due(video?.status, await unitStates(tx, work))
    if (!video || !next) return []
    const units = await unitsOf(tx, work)
    await publish(tx, { video, units, next, ports, emit })
    return units
  })
  // The film's own pictures stand in their place by then.
  if (units.some(({ output }) => output?.kind === 'stills')) await removeEarlyPictures(ports, work)
}

/** Writes the playlists of a film anew, for instance after a caption came. Does nothing before it is playable. */
export async function republish(tx: Transaction, ports: Ports, work: Work): Promise<void> {
  const video = await lock(tx, work)
  if (!video || (video.status !== 'playable' && video.status !== 'ready')) return
  const revision = await writePlaylists(tx, ports, { video, units: await unitsOf(tx, work) })
  await tx.update(videos).set({ revision, updatedAt: ports.clock.now() }).where(eq(videos.id, video.id))
}

interface Publication {
  readonly video: VideoRow
  readonly units: readonly Unit[]
  readonly next: 'playable' | 'ready'
  readonly ports: Ports
  readonly emit: Emit
}

async function publish(tx: Transaction, { video, units, next, ports, emit }: Publication): Promise<void> {
  const revision = await writePlaylists(tx, ports, { video, units })
  const progress = next === 'ready' ? { progress: 1 } : {}
  const warnings = allWarnings(video, units)
  await tx
    .update(videos)
    .set({ status: next, revision, warnings, ...progress, updatedAt: ports.clock.now() })
    .where(eq(videos.id, video.id))
  const data = { videoId: video.id, generation: video.generation }
  await emit({ type: next === 'ready' ? 'video.ready' : 'video.playable', subject: video.id, data })
}

/** What the finished units earn beyond the present status; `undefined` when nothing is due. */
export function due(
  status: VideoStatus | undefined,
  units: readonly UnitProgress[],
): 'playable' | 'ready' | undefined {
  if (status !== 'processing' && status !== 'playable') return undefined
  // Before the probe is done there is no plan, and nothing to be done with.
  if (!units.some(({ name }) => name !== PROBE_UNIT)) return undefined
  if (units.every((unit) => unit.state === 'done')) return 'ready'
  return status === 'processing' && units.filter(neededToPlay).every((unit) => unit.state === 'done')
    ? 'playable'
    : undefined
}

const neededToPlay = ({ name }: UnitProgress) =>
  name === PROBE_UNIT || name.startsWith('audio/') || name.startsWith('video/low/')

async function statusOf({ db }: Pick<Ports, 'db'>, work: Work): Promise<VideoStatus | undefined> {
  const [row] = await db.select({ status: videos.status }).from(videos).where(current(work))
  return row?.status
}

async function lock(tx: Transaction, work: Work): Promise<VideoRow | undefined> {
  const [row] = await tx.select().from(videos).where(current(work)).for('update')
  return row
}

const current = ({ videoId, generation }: Work) =>
  and(eq(videos.id, videoId), eq(videos.generation, generation), isNull(videos.deletedAt))

/** A film that is damaged in more places than that is damaged everywhere. */
const MOST_WARNINGS = 20

/** The probe's warnings and each unit's. The same words once; damage in several chunks keeps each of its places. */
function allWarnings(video: VideoRow, units: readonly Unit[]) {
  const found = units.flatMap(({ output }) => (output?.kind === 'video' ? output.warnings : []))
  const placed = new Set(found.map(({ code }) => code))
  // What a unit says of a place is worth more than what the probe said of the whole film.
  const all = [...video.warnings.filter(({ code }) => !placed.has(code)), ...found]
  return [...new Map(all.map((warning) => [warning.message, warning])).values()].slice(0, MOST_WARNINGS)
}
