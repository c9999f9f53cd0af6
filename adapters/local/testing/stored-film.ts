import { createHash } from 'node:crypto'
import { eq } from 'drizzle-orm'
import type { StoredTrack } from '../../../core/playback/film-tracks.ts'
import type { Ports } from '../../../core/ports/ports.ts'
import type { VideoId } from '../../../core/run/id.ts'
import { filmPrefix } from '../../../core/video/model.ts'
import { videos } from '../../../core/video/schema.ts'
import { aPerson, aUnit, aVideo } from './rows.ts'

/** Segments of the picture: two stretches of a re-protection. The sound has two segments and is one stretch. */
export const SEGMENTS = 16
const SECONDS = 6

/** A clear film that is ready: tracks of bytes that nobody can decode, which whole-segment encryption does not mind. */
export async function aStoredFilm(ports: Ports): Promise<VideoId> {
  const ownerId = (await aPerson(ports.db)).id
  const { id } = await aVideo(ports.db, {
    ownerId,
    status: 'ready',
    progress: 1,
    durationSeconds: SEGMENTS * SECONDS,
  })
  await ports.db
    .update(videos)
    .set({ sourceKey: `films/${id}/x`, poster: 'poster.jpg' })
    .where(eq(videos.id, id))
  const rung = { name: '144p', width: 256, height: 144, averageBitsPerSecond: 1, maxBitsPerSecond: 1 }
  const grid = {
    frameRate: { num: 25, den: 1 },
    gopFrames: 50,
    segmentFrames: 150,
    totalFrames: SEGMENTS * 150,
  }
  const picture = await stored(ports, id, { name: '144p', timescale: 25, width: 256, height: 144 })
  await aUnit(ports.db, {
    ...{ videoId: id, name: 'video/low/0', state: 'done' },
    spec: { kind: 'video', group: 'low', grid, firstFrame: 0, frames: grid.totalFrames, rungs: [rung] },
    output: { kind: 'video', tracks: [picture], warnings: [] },
  })
  const track = { streamIndex: 1, codec: 'aac', channels: 2, sampleRate: 48_000, language: 'en' }
  const sound = await stored(ports, id, {
    name: 'audio-0',
    timescale: 48_000,
    channels: 2,
    sampleRate: 48_000,
  })
  await aUnit(ports.db, {
    ...{ videoId: id, name: 'audio/0', state: 'done' },
    spec: {
      kind: 'audio',
      name: 'audio-0',
      track,
      segmentSeconds: SECONDS,
      durationSeconds: SEGMENTS * SECONDS,
    },
    output: { kind: 'audio', track: sound },
  })
  await ports.storage.put('media', `${filmPrefix(id, 1, 0)}poster.jpg`, Buffer.from('picture'), {
    contentType: 'image/jpeg',
  })
  return id
}

/** Bytes of a segment, of a length of its own. */
export const bytesOf = (track: string, number: number): Uint8Array =>
  createHash('sha512')
    .update(`${track} ${number}`)
    .digest()
    .subarray(0, 30 + number)

async function stored(
  { storage }: Ports,
  id: VideoId,
  facts: Pick<StoredTrack, 'name' | 'timescale'> & Partial<StoredTrack>,
): Promise<StoredTrack> {
  const count = facts.width ? SEGMENTS : 2
  const at = filmPrefix(id, 1, 0) + facts.name
  const options = { contentType: 'video/mp4' }
  await storage.put('media', `${at}/init.mp4`, bytesOf(facts.name, 0), options)
  const durationTicks = SECONDS * facts.timescale
  const segments = Array.from({ length: count }, (_, i) => i + 1)
  for (const number of segments)
    await storage.put('media', `${at}/${number}.m4s`, bytesOf(facts.name, number), options)
  return {
    ...{ codecs: 'x', startTicks: 0, initSha256: 'one', samples: count * durationTicks, ...facts },
    segments: segments.map((number) => ({
      ...{ number, durationTicks, sizeBytes: bytesOf(facts.name, number).byteLength },
      keyframes: facts.width ? [{ offset: 0, sizeBytes: 9, durationTicks }] : [],
    })),
  }
}
