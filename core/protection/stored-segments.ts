import type { ProtectTask } from '../ports/media.ts'
import type { Uses } from '../ports/ports.ts'
import type { TrackSpan } from '../transcode/unit.ts'
import { type FilmKeys, keyOf } from './film-keys.ts'
import { isScheme } from './model.ts'
import { openSegment } from './whole-segments.ts'

/** Where an edition lies, and what opens it. */
export interface Source {
  /** Of its tracks and playlists. */
  readonly prefix: string
  readonly film: FilmKeys
}

/** Some stored segments as the packager takes them: what is sealed as a whole is opened on its way there. */
export async function packagerTask(
  uses: Uses<'storage'>,
  source: Source,
  span: TrackSpan,
): Promise<ProtectTask> {
  const { track, stream, label, firstFragment, segmentSeconds, fragmentSeconds } = span
  return {
    ...{ name: track.name, stream, startTicks: track.startTicks, firstFragment, segmentSeconds },
    ...(fragmentSeconds === undefined ? {} : { fragmentSeconds }),
    init: await readInit(uses, source, span),
    segments: track.segments.map(({ number }) => ({
      number,
      read: () => readSegment(uses, source, span, number),
    })),
    ...(isScheme(source.film.protection) ? { from: keyOf(source.film, label) } : {}),
  }
}

/** A stored segment; one that was sealed as a whole is opened. */
export async function* readSegment(
  uses: Uses<'storage'>,
  { prefix, film }: Source,
  { track, label }: Pick<TrackSpan, 'track' | 'label'>,
  number: number,
): AsyncGenerator<Uint8Array> {
  const body = await stored(uses, `${prefix}${track.name}/${number}.m4s`)
  yield* film.protection === 'aes-128' ? openSegment(keyOf(film, label).key, number, body) : body
}

export async function readInit(
  uses: Uses<'storage'>,
  { prefix }: Source,
  { track }: Pick<TrackSpan, 'track'>,
): Promise<Uint8Array> {
  return Buffer.concat(await Array.fromAsync(await stored(uses, `${prefix}${track.name}/init.mp4`)))
}

async function stored({ storage }: Uses<'storage'>, key: string): Promise<AsyncIterable<Uint8Array>> {
  const found = await storage.get('media', key)
  if (!found) throw new Error(`a finished segment is gone: ${key}`)
  return found.body
}
