import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { openMedia } from '../../adapters/ffmpeg/media.ts'
import { openTestColumn } from '../../adapters/local/testing/column.ts'
import { aPerson, aVideo } from '../../adapters/local/testing/rows.ts'
import { systemClock } from '../../adapters/node/clock.ts'
import { units, videos } from '../database/schema.ts'
import { idFromUuid } from '../run/id.ts'
import { deleteVideo } from '../video/delete-video.ts'
import { sourceKey } from '../video/model.ts'
import { transcode } from './transcode.ts'
import { PROBE_UNIT } from './unit.ts'
import { addUnits } from './unit-store.ts'

const NO_TOOL = { command: '/no/such/tool', args: [] }
const BROKEN = { kind: 'native', version: '0', ffmpeg: NO_TOOL, ffprobe: NO_TOOL } as const

/** A film at work on a machine whose ffmpeg is gone. */
async function openFilm() {
  const media = openMedia({ engine: BROKEN, scratchFolder: '/tmp/skyreel-no-scratch' })
  const column = await openTestColumn({ media, ports: { clock: systemClock } })
  const { ports } = column
  const ownerId = (await aPerson(ports.db)).id
  const video = await aVideo(ports.db, { ownerId, status: 'processing', generation: 1 })
  const work = { videoId: video.id, generation: 1 }
  const key = sourceKey(video.id, idFromUuid('upl', ports.ids.uuid()))
  await ports.storage.put('uploads', key, new Uint8Array(100), { contentType: 'video/mp4' })
  await ports.db.update(videos).set({ sourceKey: key }).where(eq(videos.id, video.id))
  await addUnits(ports.db, ports, work, [{ name: PROBE_UNIT, spec: { kind: 'probe' }, priority: 0, work: 0 }])
  const status = async () => (await ports.db.select().from(videos).where(eq(videos.id, video.id)))[0]
  return { ...column, work, status, [Symbol.asyncDispose]: () => column[Symbol.asyncDispose]() }
}

describe('a unit that fails', () => {
  it('is tried three times, and then its film fails with a reason', async () => {
    await using at = await openFilm()
    await transcode(at.work, at.ports, at.ctx)
    const [unit] = await at.ports.db.select().from(units)
    expect([unit?.attempts, unit?.state]).toEqual([3, 'failed'])
    expect((await at.status())?.failure).toEqual({ reason: 'work-failed', detail: PROBE_UNIT })
  })
  it('keeps what the tool said for the operator', async () => {
    await using at = await openFilm()
    await transcode(at.work, at.ports, at.ctx)
    expect((await at.ports.db.select().from(units))[0]?.error).toContain('/no/such/tool')
  })
  it('tells of the failure once', async () => {
    await using at = await openFilm()
    await transcode(at.work, at.ports, at.ctx)
    expect(at.events.filter((event) => event.type === 'video.failed')).toHaveLength(1)
  })
  it('fails its film also where that was not written before', async () => {
    await using at = await openFilm()
    await at.ports.db.update(units).set({ state: 'failed' })
    await transcode(at.work, at.ports, at.ctx)
    expect((await at.status())?.status).toBe('failed')
  })
  it('by killing its worker again and again does not go on for ever', async () => {
    await using at = await openFilm()
    await at.ports.db.update(units).set({ attempts: 12 })
    await transcode(at.work, at.ports, at.ctx)
    expect((await at.status())?.status).toBe('failed')
  })
})

describe('a job that starts after its film was deleted', () => {
  it('finds nothing to do', async () => {
    await using at = await openFilm()
    await deleteVideo(at.ports, at.ctx, at.work.videoId)
    await transcode(at.work, at.ports, at.ctx)
    expect((await at.ports.db.select().from(units))[0]?.attempts).toBe(0)
  })
})
