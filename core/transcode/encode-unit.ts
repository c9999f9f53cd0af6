import type { AudioTask, SourceReport, StillsTask, VideoTask, Watch } from '../ports/media.ts'
import type { Ports } from '../ports/ports.ts'
import { encryptionOf, type FilmKeys, filmKeys, keyOf } from '../protection/film-keys.ts'
import { type KeyLabel, keyLabelOf, type Protection } from '../protection/model.ts'
import { sealedTrack } from '../protection/whole-segments.ts'
import { filmPrefix, generationPrefix } from '../video/model.ts'
import { segmentSeconds } from './plan.ts'
import { previewOf } from './preview.ts'
import { type Shelf, storeInto } from './store-output.ts'
import type { UnitOutput, UnitSpec } from './unit.ts'
import type { Unit } from './unit-store.ts'

export type EncodeSpec = Exclude<UnitSpec, { kind: 'probe' | 'protect' }>

/** A film at work and where its units are done. */
export interface Stage {
  readonly source: string
  readonly report: SourceReport
  readonly protection: Protection
  readonly unit: Unit
  readonly ports: Ports
  readonly watch: Watch
}

/** Makes tracks or pictures from the source. A protected film's tracks are encrypted before they are stored. */
export async function encode(spec: EncodeSpec, stage: Stage): Promise<UnitOutput> {
  const { videoId, generation } = stage.unit
  const film = await filmKeys(stage.ports, { videoId, generation, edition: 0, protection: stage.protection })
  const run = ENCODE[spec.kind] as (spec: EncodeSpec, stage: Stage, film: FilmKeys) => Promise<UnitOutput>
  return run(spec, stage, film)
}

const ENCODE: {
  [K in EncodeSpec['kind']]: (
    spec: Extract<EncodeSpec, { kind: K }>,
    stage: Stage,
    film: FilmKeys,
  ) => Promise<UnitOutput>
} = {
  video: async (spec, stage, film) => {
    const labels = new Map(spec.rungs.map((rung) => [rung.name, keyLabelOf(rung)]))
    const wanted = { ...task<VideoTask>(spec, stage), ...encryptionOf(film, [...new Set(labels.values())]) }
    const withInit = spec.firstFrame === 0
    const sink = storeInto(stage.ports, shelfFor(stage, film, { labels, withInit }))
    const made = await stage.ports.media.video(wanted, sink, stage.watch)
    return { kind: 'video', ...made, tracks: made.tracks.map((track) => storedAs(film, labels, track)) }
  },
  audio: async (spec, stage, film) => {
    const labels = new Map<string, KeyLabel>([[spec.name, 'AUDIO']])
    const wanted = { ...task<AudioTask>(spec, stage), ...encryptionOf(film, ['AUDIO']) }
    const sink = storeInto(stage.ports, shelfFor(stage, film, { labels, withInit: true }))
    const made = await stage.ports.media.audio(wanted, sink, stage.watch)
    return { kind: 'audio', track: storedAs(film, labels, made) }
  },
  stills: async (spec, { ports, unit, watch, ...stage }, film) => {
    const about = { work: unit, film, segmentSeconds: segmentSeconds(stage.report.video), watch }
    const preview = await previewOf(ports, about)
    const wanted = { ...task<StillsTask>(spec, stage), ...(preview ? { preview } : {}) }
    const prefix = generationPrefix(unit.videoId, unit.generation)
    const made = await ports.media.stills(wanted, storeInto(ports, { prefix, withInit: true }), watch)
    return { kind: 'stills', ...made }
  },
}

const task = <T>(spec: UnitSpec, { source, report }: Pick<Stage, 'source' | 'report'>): T =>
  ({ ...spec, source, report }) as T

/** Labels of the unit's tracks by name. */
type Labels = ReadonlyMap<string, KeyLabel>

function keyFor(film: FilmKeys, labels: Labels, track: string) {
  const label = labels.get(track)
  if (!label) throw new Error(`the unit made a track that was not planned: ${track}`)
  return keyOf(film, label)
}

function shelfFor(
  { unit }: Pick<Stage, 'unit'>,
  film: FilmKeys,
  { labels, withInit }: { labels: Labels; withInit: boolean },
): Shelf {
  const shelf = { prefix: filmPrefix(unit.videoId, unit.generation, 0), withInit }
  if (film.protection !== 'aes-128') return shelf
  return { ...shelf, wholeKey: (track) => keyFor(film, labels, track).key }
}

function storedAs(film: FilmKeys, labels: Labels, track: Parameters<typeof sealedTrack>[0]) {
  return film.protection === 'aes-128' ? sealedTrack(track, keyFor(film, labels, track.name).keyId) : track
}
