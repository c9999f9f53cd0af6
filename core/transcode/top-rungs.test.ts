import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findEngine } from '../../adapters/ffmpeg/engine.ts'
import { openMedia } from '../../adapters/ffmpeg/media.ts'
import { madeFilm } from '../../adapters/ffmpeg/testing/films.ts'
import { openTestColumn } from '../../adapters/local/testing/column.ts'
import { anUpload, aPerson, aUnit, aVideo } from '../../adapters/local/testing/rows.ts'
import { videos } from '../database/schema.ts'
import { setFlag } from '../run/flag-store.ts'
import { runUnit } from './run-unit.ts'
import { claimUnit, unitsOf } from './unit-store.ts'

/** Few frames, but of a size that earns 1440p. */
const wideFilm = () =>
  madeFilm('wide.mp4', [
    ...['-f', 'lavfi', '-i', 'color=c=teal:s=2560x1440:r=2:d=2'],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'],
  ])

async function openFilm() {
  const column = await openTestColumn()
  const media = openMedia({ engine: await findEngine({}), scratchFolder: join(column.home, 'scratch') })
  const ports = { ...column.ports, media }
  const { id: ownerId } = await aPerson(ports.db)
  const video = await aVideo(ports.db, { ownerId })
  const { objectKey } = await anUpload(ports.db, { ownerId, videoId: video.id, state: 'completed' })
  await ports.db.update(videos).set({ sourceKey: objectKey })
  await ports.storage.put('uploads', objectKey, await readFile(await wideFilm()), {
    contentType: 'video/mp4',
  })
  await aUnit(ports.db, { videoId: video.id })
  return { ...column, ports, work: { videoId: video.id, generation: video.generation } }
}

describe('the probe of a 1440p film', () => {
  it.each([
    [true, ['video/low/0', 'video/high/0', 'video/top/0']],
    [false, ['video/low/0', 'video/high/0']],
  ])('with the flag top-rungs %s plans %j', async (on, names) => {
    await using at = await openFilm()
    await setFlag(at.ports, 'top-rungs', on)
    const unit = await claimUnit(at.ports, at.work)
    if (unit) await runUnit(unit, at.ports, at.ctx)
    const planned = (await unitsOf(at.ports.db, at.work)).map(({ name }) => name)
    expect(planned.filter((name) => name.startsWith('video/'))).toEqual(names)
  })
})
