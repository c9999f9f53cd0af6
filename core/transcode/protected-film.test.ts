import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findEngine } from '../../adapters/ffmpeg/engine.ts'
import { openMedia } from '../../adapters/ffmpeg/media.ts'
import { madeFilm } from '../../adapters/ffmpeg/testing/films.ts'
import { type AcceptedFilm, openAcceptedFilm } from '../../adapters/local/testing/accepted-film.ts'
import { systemClock } from '../../adapters/node/clock.ts'
import { units, videos } from '../database/schema.ts'
import { keyFactsOf } from '../drm/content-keys.ts'
import type { StoredTrack } from '../playback/film-tracks.ts'
import { filmKeys } from '../protection/film-keys.ts'
import { filmPrefix } from '../video/model.ts'
import { previewOf } from './preview.ts'
import { transcode } from './transcode.ts'
import { PROBE_UNIT } from './unit.ts'
import { addUnits } from './unit-store.ts'

const film = () =>
  madeFilm('small.mp4', [
    ...['-f', 'lavfi', '-i', 'testsrc2=s=160x120:r=25:d=2', '-f', 'lavfi', '-i', 'sine=d=2'],
    ...['-pix_fmt', 'yuv420p', '-c:v', 'libx264', '-preset', 'ultrafast'],
  ])
const FRAMES = 50

describe.each(['aes-128', 'cbcs'] as const)('a film that comes under %s', (protection) => {
  let at: AcceptedFilm
  beforeAll(async () => {
    const media = openMedia({ engine: await findEngine({}), scratchFolder: '/tmp/skyreel-protected' })
    at = await openAcceptedFilm(await film(), { media, ports: { clock: systemClock } })
    const { db } = at.ports
    await db.update(videos).set({ protection })
    await addUnits(db, at.ports, at.work, [
      { name: PROBE_UNIT, spec: { kind: 'probe' }, priority: 0, work: 0 },
    ])
    await transcode(at.work, at.ports, at.ctx)
  }, 60_000)
  afterAll(() => at[Symbol.asyncDispose]())

  /** What the units say of the tracks that they stored. */
  const tracks = async () =>
    (await at.ports.db.select().from(units)).flatMap(({ output }): readonly StoredTrack[] => {
      if (output?.kind === 'video') return output.tracks
      return output?.kind === 'audio' ? [output.track] : []
    })

  it('has a key for each label that its plan comes to', async () => {
    const facts = await keyFactsOf(at.ports.db, at.work.videoId)
    expect(facts.map((key) => [key.label, key.protection, key.edition]).toSorted()).toEqual([
      ['AUDIO', protection, 0],
      ['SD', protection, 0],
    ])
  })
  it('is told of with the key ids of its tracks', async () => {
    const facts = await keyFactsOf(at.ports.db, at.work.videoId)
    const idOf = (label: string) => facts.find((key) => key.label === label)?.keyId
    expect((await tracks()).map((track) => [track.name, track.protection?.keyId]).toSorted()).toEqual([
      ['120p', idOf('SD')],
      ['audio-0', idOf('AUDIO')],
    ])
  })
  it('is told of with the sizes that lie in the store', async () => {
    for (const { name, segments } of await tracks())
      for (const { number, sizeBytes } of segments) {
        const key = `${filmPrefix(at.work.videoId, 1, 0)}${name}/${number}.m4s`
        expect([key, (await at.ports.storage.head('media', key))?.sizeBytes]).toEqual([key, sizeBytes])
      }
  })
  it('has no key in its plan', async () => {
    const keys = await filmKeys(at.ports, { ...at.work, edition: 0, protection })
    const text = JSON.stringify(await at.ports.db.select().from(units))
    for (const { key } of keys.keys.values())
      for (const form of ['hex', 'base64', 'base64url'] as const)
        expect(text).not.toContain(Buffer.from(key).toString(form))
  })
  it('gives its lowest quality to the pictures in the clear', async () => {
    const keys = await filmKeys(at.ports, { ...at.work, edition: 0, protection })
    const watch = { signal: at.ctx.signal, progress: () => undefined }
    const preview = await previewOf(at.ports, { work: at.work, film: keys, segmentSeconds: 6, watch })
    const path = join(at.home, 'preview.mp4')
    await writeFile(path, Buffer.concat(await Array.fromAsync(preview?.() ?? [])))
    const count = ['-count_frames', '-show_entries', 'stream=nb_read_frames', '-of', 'csv=p=0']
    const { stdout } = await promisify(execFile)('ffprobe', ['-v', 'error', ...count, path])
    expect(Number.parseInt(stdout, 10)).toBe(FRAMES)
  })
})
