import {
  type AudioTrack,
  type CaptionTrack,
  type FilmTracks,
  type JoinedTrack,
  joinChunks,
  type StoredTrack,
  type VideoTrack,
} from '../playback/film-tracks.ts'
import type { captions } from '../video/schema.ts'
import { captionFile } from './caption-copies.ts'
import type { VideoRow } from './publish.ts'
import type { Unit } from './unit-store.ts'

type CaptionRow = typeof captions.$inferSelect
type Film = Pick<VideoRow, 'edition' | 'durationSeconds'>

/** All tracks of the film's edition whose units are all done, joined over their chunks. Groups that are still at work are left out. */
export function filmTracks(
  video: Film,
  units: readonly Unit[],
  captionRows: readonly CaptionRow[],
): FilmTracks {
  const stored = storedChunks(units, video.edition)
  return {
    video: videoTracks(units, stored),
    audio: audioTracks(units, stored),
    captions: captionRows.map((row) => captionTrack(row)),
    durationSeconds: video.durationSeconds ?? 0,
  }
}

/** Chunks by the name of their track. */
type Chunks = ReadonlyMap<string, readonly StoredTrack[]>

/** What lies in the store of one edition: the first one is what the encoders made, the others what became of it. */
export function storedChunks(units: readonly Unit[], edition: number): Chunks {
  const tracks = units.flatMap(({ spec, output }) => {
    if (output?.kind === 'protect')
      return spec.kind === 'protect' && spec.edition === edition ? [output.track] : []
    if (edition > 0) return []
    if (output?.kind === 'video') return output.tracks
    return output?.kind === 'audio' ? [output.track] : []
  })
  return Map.groupBy(tracks, ({ name }) => name)
}

/** Whole segments encrypted cannot be opened from their middle: their key frames are of no use to a player. */
function played(chunks: readonly StoredTrack[]): JoinedTrack {
  const track = joinChunks(chunks)
  if (track.protection?.scheme !== 'aes-128') return track
  return { ...track, segments: track.segments.map((segment) => ({ ...segment, keyframes: [] })) }
}

function videoTracks(units: readonly Unit[], stored: Chunks): VideoTrack[] {
  const groups = Map.groupBy(
    units.filter((unit) => unit.spec.kind === 'video'),
    (unit) => (unit.spec.kind === 'video' ? unit.spec.group : ''),
  )
  return [...groups.values()]
    .filter((group) => group.every((unit) => unit.state === 'done'))
    .flatMap((group) => tracksOfGroup(group, stored))
}

function tracksOfGroup(group: readonly Unit[], stored: Chunks): VideoTrack[] {
  const spec = group[0]?.spec
  if (spec?.kind !== 'video') return []
  return spec.rungs.map(({ name, width, height }) => ({
    ...played(stored.get(name) ?? []),
    ...{ width, height, frameRate: spec.grid.frameRate },
  }))
}

function audioTracks(units: readonly Unit[], stored: Chunks): AudioTrack[] {
  const sound = units.filter(({ spec }) => spec.kind === 'audio')
  return sound.flatMap(({ spec, output }, index) => {
    if (spec.kind !== 'audio' || output?.kind !== 'audio') return []
    const track = played(stored.get(spec.name) ?? [])
    return [
      {
        ...track,
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

function captionTrack(row: CaptionRow): CaptionTrack {
  return { language: row.language, label: row.label, file: captionFile(row), isDefault: false }
}
