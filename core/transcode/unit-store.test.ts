import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { openTestColumn } from '../../adapters/local/testing/column.ts'
import { aPerson, aVideo } from '../../adapters/local/testing/rows.ts'
import { videos } from '../database/schema.ts'
import {
  addUnits,
  cancelUnits,
  claimUnit,
  finishUnit,
  giveBack,
  release,
  renewLease,
  type Unit,
  unitsOf,
  writeProgress,
} from './unit-store.ts'

async function openWork(names: readonly string[]) {
  const column = await openTestColumn()
  const { ports: uses, clock } = column
  const video = await aVideo(uses.db, { ownerId: (await aPerson(uses.db)).id })
  const work = { videoId: video.id, generation: video.generation }
  const planned = names.map((name, priority) => ({
    name,
    priority,
    work: 100,
    spec: { kind: 'probe' } as const,
  }))
  await addUnits(uses.db, uses, work, planned)
  const later = (seconds: number) => clock.advance(seconds * 1000)
  return { uses, work, planned, later, [Symbol.asyncDispose]: () => column[Symbol.asyncDispose]() }
}

const leaseOf = (unit: Unit | undefined) => ({ unitId: (unit as Unit).id, token: unit?.leaseToken ?? '' })
const progressOf = async ({ uses, work }: Awaited<ReturnType<typeof openWork>>) =>
  (await uses.db.select({ p: videos.progress }).from(videos).where(eq(videos.id, work.videoId)))[0]?.p

describe('units of work', () => {
  it('are claimed in order of priority', async () => {
    await using at = await openWork(['a', 'b'])
    const names = [await claimUnit(at.uses, at.work), await claimUnit(at.uses, at.work)].map(
      (unit) => unit?.name,
    )
    expect(names).toEqual(['a', 'b'])
  })
  it('are never given to two workers that claim at the same time', async () => {
    await using at = await openWork(Array.from({ length: 20 }, (_, i) => `u${i}`))
    const claims = await Promise.all(Array.from({ length: 25 }, () => claimUnit(at.uses, at.work)))
    const names = claims.flatMap((unit) => unit?.name ?? [])
    expect(new Set(names).size).toBe(names.length)
  })
  it('come back when the lease runs out', async () => {
    await using at = await openWork(['a'])
    await claimUnit(at.uses, at.work)
    at.later(21)
    expect((await claimUnit(at.uses, at.work))?.attempts).toBe(2)
  })
  it('stay with a worker that renews its lease', async () => {
    await using at = await openWork(['a'])
    const unit = await claimUnit(at.uses, at.work)
    at.later(15)
    await renewLease(at.uses, leaseOf(unit), 0.5)
    at.later(15)
    expect(await claimUnit(at.uses, at.work)).toBeUndefined()
  })
  it('cannot be finished by a worker whose lease was taken over', async () => {
    await using at = await openWork(['a'])
    const lost = await claimUnit(at.uses, at.work)
    at.later(21)
    await claimUnit(at.uses, at.work)
    expect(await finishUnit(at.uses.db, at.uses, leaseOf(lost), { kind: 'probe' })).toBe(false)
  })
  it('do not count an attempt that the worker itself gave back', async () => {
    await using at = await openWork(['a'])
    await release(at.uses, leaseOf(await claimUnit(at.uses, at.work)))
    expect((await claimUnit(at.uses, at.work))?.attempts).toBe(1)
  })
  it('are not planned twice', async () => {
    await using at = await openWork(['a', 'b'])
    await addUnits(at.uses.db, at.uses, at.work, at.planned)
    expect(await unitsOf(at.uses.db, at.work)).toHaveLength(2)
  })
  it('tell a worker of a cancelled film that its lease is gone', async () => {
    await using at = await openWork(['a'])
    const unit = await claimUnit(at.uses, at.work)
    await cancelUnits(at.uses.db, at.uses, at.work)
    expect(await renewLease(at.uses, leaseOf(unit), 0.1)).toBe(false)
  })
})

describe('progress', () => {
  it('is work done over work planned', async () => {
    await using at = await openWork(['a', 'b', 'c', 'd'])
    await finishUnit(at.uses.db, at.uses, leaseOf(await claimUnit(at.uses, at.work)), { kind: 'probe' })
    await renewLease(at.uses, leaseOf(await claimUnit(at.uses, at.work)), 0.5)
    await writeProgress(at.uses, at.work)
    expect(await progressOf(at)).toBe(0.375)
  })
  it('never goes back when a unit is done again', async () => {
    await using at = await openWork(['a', 'b'])
    const lease = leaseOf(await claimUnit(at.uses, at.work))
    await renewLease(at.uses, lease, 0.8)
    await writeProgress(at.uses, at.work)
    await giveBack(at.uses.db, at.uses, lease, { error: 'broken', spent: false })
    await writeProgress(at.uses, at.work)
    expect(await progressOf(at)).toBeCloseTo(0.4, 5)
  })
})
