import {
  type AudioTrack,
  type CaptionTrack,
  type FilmTracks,
  joinChunks,
  type VideoTrack,
} from '../playback/film-tracks.ts'
import type { TrackOutput } from '../ports/media.ts'
import { mediaPrefix } from '../video/model.ts'
import type { captions } from '../video/schema.ts'
import type { VideoRow } from './publish.ts'
import type { Unit } from './unit-store.ts'

type CaptionRow = typeof captions.$inferSelect

/** All tracks whose units are all done, joined over their chunks. Groups that are still at work are left out. */
export function filmTracks(
  video: VideoRow,
  units: readonly Unit[],
  captionRows: readonly CaptionRow[],
): FilmTracks {
  return {
    video: videoTracks(units),
    audio: audioTracks(units),
    captions: captionRows.map((row) => captionTrack(row, video)),
    durationSeconds: video.durationSeconds ?? 0,
  }
}

function videoTracks(units: readonly Unit[]): VideoTrack[] {
  const groups = Map.groupBy(
    units.filter((unit) => unit.spec.kind === 'video'),
    (unit) => (unit.spec.kind === 'video' ? unit.spec.group : ''),
  )
  return [...groups.values()]
    .filter((group) => group.every((unit) => unit.state === 'done'))
    .flatMap(tracksOfGroup)
}

function tracksOfGroup(group: readonly Unit[]): VideoTrack[] {
  const spec = group[0]?.spec
  if (spec?.kind !== 'video') return []
  const outputs = group.flatMap(({ output }) => (output?.kind === 'video' ? output.tracks : []))
  return spec.rungs.map((rung) => {
    const chunks: TrackOutput[] = outputs.filter((track) => track.name === rung.name)
    return { ...joinChunks(chunks), width: rung.width, height: rung.height, frameRate: spec.grid.frameRate }
  })
}

function audioTracks(units: readonly Unit[]): AudioTrack[] {
  const sound = units.filter(({ spec }) => spec.kind === 'audio')
  return sound.flatMap(({ spec, output }, index) => {
    if (spec.kind !== 'audio' || output?.kind !== 'audio') return []
    const { track } = output
    return [
      {
        ...joinChunks([track]),
        ...labelOf(spec.track, index),
        channels: track.channels ?? 2,
        sampleRate: track.sampleRate ?? 48_000,
        isDefault: spec.name === 'audio-0',
      },
    ]
  })
}

/** What the player's menu shows: the track's own title, else the language's English name, else which one it is. */
const labelOf = ({ language, title }: { language: string; title?: string }, index: number) => ({
  language,
  label: title ?? languageName(language) ?? (index === 0 ? 'Audio' : `Audio ${index + 1}`),
})

/** `undefined` for the undetermined language, whose name would be "root". Extensions of a tag have no names. */
function languageName(tag: string): string | undefined {
  const { baseName } = new Intl.Locale(tag)
  if (baseName.startsWith('und')) return undefined
  names ??= new Intl.DisplayNames(['en'], { type: 'language' })
  return names.of(baseName)
}
/** Made at its first use: it reads ICU's data for 9 ms, which every cold start would pay. */
let names: Intl.DisplayNames | undefined

/** Captions lie beside the generations, for they outlive a new transcode. */
function captionTrack(row: CaptionRow, video: VideoRow): CaptionTrack {
  const file = `../${row.objectKey.slice(mediaPrefix(video.id).length)}`
  return { language: row.language, label: row.label, file, isDefault: false }
}
