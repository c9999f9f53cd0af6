import type { TrackOutput } from '../ports/media.ts'
import type { Ports, Uses } from '../ports/ports.ts'
import { generationPrefix } from '../video/model.ts'
import { type Unit, unitsOf, type Work } from './unit-store.ts'

/** The film's lowest quality as one MP4 (init and all segments), once it is stored over the whole timeline. */
export async function previewOf(
  ports: Ports,
  work: Work,
): Promise<(() => AsyncIterable<Uint8Array>) | undefined> {
  const low = (await unitsOf(ports.db, work)).filter(({ name }) => name.startsWith('video/low/'))
  if (low.length === 0 || low.some((unit) => unit.state !== 'done')) return undefined
  const chunks = low.flatMap((unit) => lowest(unit) ?? []).toSorted((a, b) => a.startTicks - b.startTicks)
  const prefix = generationPrefix(work.videoId, work.generation)
  const keys = chunks.flatMap(({ name, segments }) =>
    segments.map(({ number }) => `${prefix}${name}/${number}.m4s`),
  )
  return () => joined(ports, [`${prefix}${chunks[0]?.name}/init.mp4`, ...keys])
}

function lowest({ output }: Unit): TrackOutput | undefined {
  if (output?.kind !== 'video') return undefined
  return output.tracks.toSorted((a, b) => (a.height ?? 0) - (b.height ?? 0))[0]
}

async function* joined({ storage }: Uses<'storage'>, keys: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const key of keys) {
    const found = await storage.get('media', key)
    if (!found) throw new Error(`a finished segment is gone: ${key}`)
    yield* found.body
  }
}
