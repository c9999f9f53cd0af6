import type { Segment } from '../ports/media.ts'
import { KEY_LABELS, type KeyLabel, keyLabelOf } from '../protection/model.ts'
import { averageAndPeak, filmTargetSeconds } from './bandwidth.ts'
import { contentProtection, PROTECTION_NAMESPACES } from './dash-protection.ts'
import type {
  AudioTrack,
  CaptionTrack,
  FilmTracks,
  MediaTrack,
  PlaylistFile,
  PublicationNames,
  VideoTrack,
} from './film-tracks.ts'
import { element, type Xml } from './xml.ts'

/**
 * The DASH manifest of a film, `manifest.<rev>.mpd`, over the same files as HLS. Static, but of the *live* profile: that is
 * the one for numbered segments; *on-demand* wants one file with an index. Throws where there is neither video nor audio, for
 * whole segments encrypted, which DASH has not, and for a protected film without the origin of its licences.
 */
export function writeDash(film: FilmTracks, names: PublicationNames): PlaylistFile {
  if (film.video.length + film.audio.length === 0)
    throw new Error('a film without video and audio has no manifest')
  const facts = { target: filmTargetSeconds(film), origin: names.origin }
  const sets = [
    ...videoSets(film.video, facts),
    ...film.audio.map((track, index) =>
      audioSet(track, { ...facts, isMain: index === mainAudio(film.audio) }),
    ),
    ...film.captions.map(captionSet),
  ]
  const root = element('MPD', mpdAttributes(film), [element('Period', { id: '0', start: 'PT0S' }, sets)])
  return {
    name: manifestName(names.revision),
    text: `<?xml version="1.0" encoding="UTF-8"?>\n${root.join('\n')}\n`,
  }
}

/** Name of the manifest that a DASH player opens. */
export const manifestName = (revision: number): string => `manifest.${revision}.mpd`

function mpdAttributes(film: FilmTracks): Record<string, string> {
  return {
    xmlns: 'urn:mpeg:dash:schema:mpd:2011',
    ...([...film.video, ...film.audio].some((track) => track.protection) ? PROTECTION_NAMESPACES : {}),
    profiles: 'urn:mpeg:dash:profile:isoff-live:2011',
    type: 'static',
    mediaPresentationDuration: duration(film.durationSeconds),
    // Bandwidths are peaks over about a segment, so that much must be at hand before they can be relied on.
    minBufferTime: duration(Math.max(...[...film.video, ...film.audio].map(longestSegment))),
  }
}

const duration = (seconds: number) => `PT${Number(seconds.toFixed(3))}S`
const longestSegment = (track: MediaTrack) =>
  track.segments.reduce((most, segment) => Math.max(most, segment.durationTicks), 0) / track.timescale
const mainAudio = (audio: readonly AudioTrack[]) =>
  Math.max(
    0,
    audio.findIndex((track) => track.isDefault),
  )

interface Facts {
  readonly target: number
  readonly origin: string | undefined
}

/**
 * One set of all rungs where they are clear. Else one for each key: a set has one protection, and players that may not have
 * the key of a set leave it alone; among the others they switch as within one (ISO/IEC 23009-1, 5.3.3.5).
 */
function videoSets(video: readonly VideoTrack[], facts: Facts): Xml[] {
  if (!video.some((track) => track.protection)) return video.length > 0 ? [videoSet(video, facts)] : []
  const groups = Map.groupBy(video, keyLabelOf)
  const labels = KEY_LABELS.filter((label) => groups.has(label))
  return labels.map((label) => {
    const others = labels.filter((other) => other !== label)
    return videoSet(groups.get(label) ?? [], facts, { id: label, others })
  })
}

const SWITCHING = 'urn:mpeg:dash:adaptation-set-switching:2016'

function videoSet(
  video: readonly VideoTrack[],
  { target, origin }: Facts,
  among?: { id: KeyLabel; others: readonly KeyLabel[] },
): Xml {
  const attributes = {
    ...(among && { id: SET_IDS[among.id] }),
    contentType: 'video',
    mimeType: 'video/mp4',
    segmentAlignment: 'true',
    startWithSAP: '1',
    maxWidth: `${Math.max(...video.map((track) => track.width))}`,
    maxHeight: `${Math.max(...video.map((track) => track.height))}`,
  }
  const ascending = video.toSorted((a, b) => a.width * a.height - b.width * b.height)
  return element('AdaptationSet', attributes, [
    ...contentProtection(video[0]?.protection, origin),
    ...(among && among.others.length > 0
      ? [element('SupplementalProperty', { schemeIdUri: SWITCHING, value: idsOf(among.others) })]
      : []),
    ...ascending.map((track) => videoRepresentation(track, target)),
  ])
}

/** Ids of adaptation sets are numbers. */
const SET_IDS: Readonly<Record<KeyLabel, string>> = { AUDIO: '0', SD: '1', HD: '2', UHD: '3' }
const idsOf = (labels: readonly KeyLabel[]) => labels.map((label) => SET_IDS[label]).join(',')

function videoRepresentation(track: VideoTrack, target: number): Xml {
  const { num, den } = track.frameRate
  const attributes = {
    ...representation(track, target),
    width: `${track.width}`,
    height: `${track.height}`,
    frameRate: den === 1 ? `${num}` : `${num}/${den}`,
    sar: '1:1',
  }
  return element('Representation', attributes, [segmentTemplate(track)])
}

function audioSet(track: AudioTrack, { target, origin, isMain }: Facts & { isMain: boolean }): Xml {
  const attributes = {
    contentType: 'audio',
    mimeType: 'audio/mp4',
    ...lang(track.language),
    segmentAlignment: 'true',
    startWithSAP: '1',
  }
  const facts = { ...representation(track, target), audioSamplingRate: `${track.sampleRate}` }
  const channels = element('AudioChannelConfiguration', { schemeIdUri: CHANNELS, value: `${track.channels}` })
  const body = [channels, segmentTemplate(track)]
  return element('AdaptationSet', attributes, [
    ...contentProtection(track.protection, origin),
    element('Label', {}, track.label),
    role(isMain ? 'main' : 'alternate'),
    element('Representation', facts, body),
  ])
}

/** The file as a whole. Its bandwidth must be told and matters to nobody: 1 kb/s is about right for cues. */
function captionSet(caption: CaptionTrack): Xml {
  const attributes = { contentType: 'text', mimeType: 'text/vtt', ...lang(caption.language) }
  const facts = { id: `captions-${caption.language}`, bandwidth: '1000' }
  const file = element('BaseURL', {}, caption.file)
  return element('AdaptationSet', attributes, [
    element('Label', {}, caption.label),
    role('subtitle'),
    element('Representation', facts, [file]),
  ])
}

const CHANNELS = 'urn:mpeg:dash:23003:3:audio_channel_configuration:2011'
const role = (value: string) => element('Role', { schemeIdUri: 'urn:mpeg:dash:role:2011', value })
const lang = (language: string): Record<string, string> => (language === 'und' ? {} : { lang: language })

function representation(track: MediaTrack, target: number): Record<string, string> {
  const rate = averageAndPeak(track, target)
  return { id: track.name, bandwidth: `${rate.peak}`, codecs: track.codecs }
}

function segmentTemplate(track: MediaTrack): Xml {
  // A dollar sign begins a template word in @media, so a name that holds one doubles it.
  const folder = track.name.replaceAll('$', '$$$$')
  const attributes = {
    timescale: `${track.timescale}`,
    initialization: `${folder}/init.mp4`,
    media: `${folder}/$Number$.m4s`,
    startNumber: '1',
  }
  return element('SegmentTemplate', attributes, [element('SegmentTimeline', {}, timeline(track.segments))])
}

/** Runs of equal durations as one `S` each: a feature film needs two lines, not a thousand. */
function timeline(segments: readonly Segment[]): Xml[] {
  const runs: { d: number; count: number }[] = []
  for (const { durationTicks } of segments) {
    const last = runs.at(-1)
    if (last?.d === durationTicks) last.count++
    else runs.push({ d: durationTicks, count: 1 })
  }
  return runs.map(({ d, count }, index) =>
    element('S', { ...(index === 0 && { t: '0' }), d: `${d}`, ...(count > 1 && { r: `${count - 1}` }) }),
  )
}
