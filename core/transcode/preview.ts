import { joinChunks, type StoredTrack } from '../playback/film-tracks.ts'
import type { Watch } from '../ports/media.ts'
import type { Ports, Uses } from '../ports/ports.ts'
import type { FilmKeys } from '../protection/film-keys.ts'
import { isScheme, keyLabelOf } from '../protection/model.ts'
import { spansOf } from '../protection/plan.ts'
import { packagerTask, readInit, readSegment, type Source } from '../protection/stored-segments.ts'
import { filmPrefix } from '../video/model.ts'
import type { TrackSpan } from './unit.ts'
import { type Unit, unitsOf, type Work } from './unit-store.ts'

type Needs = Uses<'storage' | 'media'>
export type Preview = () => AsyncIterable<Uint8Array>

/** What the stills unit knows of its film. */
export interface PreviewOf {
  readonly work: Work
  readonly film: FilmKeys
  readonly segmentSeconds: number
  readonly watch: Watch
}

/** The film's lowest quality as one clear MP4 (init and all segments), once it is stored over the whole timeline. */
export async function previewOf(ports: Ports, about: PreviewOf): Promise<Preview | undefined> {
  const { work, film } = about
  const low = (await unitsOf(ports.db, work)).filter(({ name }) => name.startsWith('video/low/'))
  if (low.length === 0 || low.some((unit) => unit.state !== 'done')) return undefined
  const track = { ...joinChunks(low.flatMap((unit) => lowest(unit) ?? [])), startTicks: 0 }
  const { width = 0, height = 0 } = track
  const label = keyLabelOf({ width, height })
  const spans = spansOf({ stream: 'video', label, track }, about.segmentSeconds)
  const source = { prefix: filmPrefix(work.videoId, work.generation, 0), film }
  return isScheme(film.protection)
    ? () => decrypted(ports, source, { spans, watch: about.watch })
    : () => joined(ports, source, spans)
}

function lowest({ output }: Unit): StoredTrack | undefined {
  if (output?.kind !== 'video') return undefined
  return output.tracks.toSorted((a, b) => (a.height ?? 0) - (b.height ?? 0))[0]
}

async function* joined(uses: Needs, source: Source, spans: readonly TrackSpan[]): AsyncGenerator<Uint8Array> {
  for (const span of spans) {
    if (span === spans[0]) yield await readInit(uses, source, span)
    for (const { number } of span.track.segments) yield* readSegment(uses, source, span, number)
  }
}

interface Reading {
  readonly spans: readonly TrackSpan[]
  readonly watch: Watch
}

/** Through the packager, a stretch at a time: a minute and a half of the lowest quality is about a megabyte of memory. */
async function* decrypted(
  uses: Needs,
  source: Source,
  { spans, watch }: Reading,
): AsyncGenerator<Uint8Array> {
  const silent = { signal: watch.signal, progress: () => undefined }
  for (const span of spans) {
    const files: Uint8Array[] = []
    const task = await packagerTask(uses, source, span)
    await uses.media.protect(
      task,
      async (file) => {
        if (span === spans[0] || !file.name.endsWith('/init.mp4'))
          files.push(...(await Array.fromAsync(file.read())))
      },
      silent,
    )
    yield* files
  }
}
