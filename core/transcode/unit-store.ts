import { and, asc, eq, inArray, lt, or, sql } from 'drizzle-orm'
import type { Db } from '../ports/database.ts'
import type { Uses } from '../ports/ports.ts'
import { idFromUuid, type UnitId, type VideoId } from '../run/id.ts'
import { videos } from '../video/schema.ts'
import type { PlannedUnit } from './plan.ts'
import { units } from './schema.ts'
import type { UnitOutput } from './unit.ts'

export type Unit = typeof units.$inferSelect
/** One film's transcode: a second one of the same video is another generation. */
export interface Work {
  readonly videoId: VideoId
  readonly generation: number
}
export interface Lease {
  readonly unitId: UnitId
  readonly token: string
}

const ofWork = (work: Work) => and(eq(units.videoId, work.videoId), eq(units.generation, work.generation))
const held = (lease: Lease) =>
  and(eq(units.id, lease.unitId), eq(units.leaseToken, lease.token), eq(units.state, 'leased'))

/** Adds planned units; those that stand already stay as they are. */
export async function addUnits(
  tx: Db,
  { clock, ids }: Uses<'clock' | 'ids'>,
  work: Work,
  planned: readonly PlannedUnit[],
): Promise<void> {
  const updatedAt = clock.now()
  const rows = planned.map((unit) => ({
    ...unit,
    ...pick(work),
    id: idFromUuid('unt', ids.uuid()),
    state: 'waiting' as const,
    updatedAt,
  }))
  for (let i = 0; i < rows.length; i += 500)
    await tx
      .insert(units)
      .values(rows.slice(i, i + 500))
      .onConflictDoNothing()
}
const pick = ({ videoId, generation }: Work) => ({ videoId, generation })

/** Takes the most urgent unit that waits or whose lease ran out; `undefined` when there is none. */
export async function claimUnit(
  uses: Uses<'db' | 'clock' | 'ids' | 'config'>,
  work: Work,
): Promise<Unit | undefined> {
  const now = uses.clock.now()
  const free = or(eq(units.state, 'waiting'), and(eq(units.state, 'leased'), lt(units.leaseUntil, now)))
  const next = uses.db
    .select({ id: units.id })
    .from(units)
    .where(and(ofWork(work), free))
    .orderBy(asc(units.priority), asc(units.id))
    .limit(1)
    .for('update', { skipLocked: true })
  const lease = {
    state: 'leased',
    leaseToken: uses.ids.secret(16),
    leaseUntil: leaseEnd(uses),
    progress: 0,
  } as const
  const claimed = await uses.db
    .update(units)
    .set({ ...lease, attempts: sql`${units.attempts} + 1`, updatedAt: now })
    .where(eq(units.id, sql`(${next})`))
    .returning()
  return claimed[0]
}

/** Holds the lease on and writes progress 0..1. False when the unit is no longer ours: the work must stop. */
export async function renewLease(
  uses: Uses<'db' | 'clock' | 'config'>,
  lease: Lease,
  progress: number,
): Promise<boolean> {
  const set = { leaseUntil: leaseEnd(uses), progress, updatedAt: uses.clock.now() }
  return (await uses.db.update(units).set(set).where(held(lease)).returning({ id: units.id })).length > 0
}

/** Marks the unit done with its output. False when the lease was lost: another worker's result counts. */
export async function finishUnit(
  tx: Db,
  { clock }: Uses<'clock'>,
  lease: Lease,
  output: UnitOutput,
): Promise<boolean> {
  const set = {
    state: 'done',
    progress: 1,
    output,
    leaseToken: null,
    leaseUntil: null,
    error: null,
    updatedAt: clock.now(),
  } as const
  return (await tx.update(units).set(set).where(held(lease)).returning({ id: units.id })).length > 0
}

/** Gives a unit back after an error; `spent` marks it failed for good. */
export async function giveBack(
  tx: Db,
  { clock }: Uses<'clock'>,
  lease: Lease,
  outcome: { error: string; spent: boolean },
): Promise<void> {
  const state = outcome.spent ? 'failed' : 'waiting'
  const set = {
    state,
    progress: 0,
    leaseToken: null,
    leaseUntil: null,
    error: outcome.error,
    updatedAt: clock.now(),
  } as const
  await tx.update(units).set(set).where(held(lease))
}

/** A worker that is told to stop frees its unit at once and does not count the attempt. */
export async function release({ db, clock }: Uses<'db' | 'clock'>, lease: Lease): Promise<void> {
  const set = {
    state: 'waiting',
    progress: 0,
    leaseToken: null,
    leaseUntil: null,
    updatedAt: clock.now(),
  } as const
  await db
    .update(units)
    .set({ ...set, attempts: sql`greatest(${units.attempts} - 1, 0)` })
    .where(held(lease))
}

/** Ends what is left of a work that failed or was cancelled; workers that hold a unit find their lease gone. */
export async function cancelUnits(tx: Db, { clock }: Uses<'clock'>, work: Work): Promise<void> {
  const set = { state: 'failed', leaseToken: null, leaseUntil: null, updatedAt: clock.now() } as const
  await tx
    .update(units)
    .set(set)
    .where(and(ofWork(work), inArray(units.state, ['waiting', 'leased'])))
}

/** Name and state of each unit: what decides on the film's status, without the outputs, which are large. */
export type UnitProgress = Pick<Unit, 'name' | 'state'>
export function unitStates(tx: Db, work: Work): Promise<UnitProgress[]> {
  return tx.select({ name: units.name, state: units.state }).from(units).where(ofWork(work))
}

export function unitsOf(tx: Db, work: Work): Promise<Unit[]> {
  return tx.select().from(units).where(ofWork(work)).orderBy(asc(units.priority), asc(units.id))
}

/** Work done over work planned of the whole film, written so that it never goes back. 1 is left to publishing: until then nothing is ready. */
export async function writeProgress({ db, clock }: Uses<'db' | 'clock'>, work: Work): Promise<void> {
  const total = sql`(select coalesce(sum(work * progress) / nullif(sum(work), 0), 0) from transcode_units
    where video_id = ${videos.id} and generation = ${videos.generation})`
  await db
    .update(videos)
    .set({ progress: sql`greatest(${videos.progress}, least(${total}, 0.999))`, updatedAt: clock.now() })
    .where(and(eq(videos.id, work.videoId), eq(videos.generation, work.generation)))
}

const leaseEnd = ({ clock, config }: Uses<'clock' | 'config'>) =>
  new Date(clock.now().getTime() + config.unitLeaseSeconds * 1000)
