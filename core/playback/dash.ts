import type { Segment } from '../ports/media.ts'
import { averageAndPeak, filmTargetSeconds } from './bandwidth.ts'
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
 * the one for numbered segments; *on-demand* wants one file with an index. Throws where there is neither video nor audio.
 */
export function writeDash(film: FilmTracks, names: PublicationNames): PlaylistFile {
  if (film.video.length + film.audio.length === 0)
    throw new Error('a film without video and audio has no manifest')
  const target = filmTargetSeconds(film)
  const sets = [
    ...(film.video.length > 0 ? [videoSet(film.video, target)] : []),
    ...film.audio.map((track, index) => audioSet(track, { target, isMain: index === mainAudio(film.audio) })),
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

function videoSet(video: readonly VideoTrack[], target: number): Xml {
  const attributes = {
    contentType: 'video',
    mimeType: 'video/mp4',
    segmentAlignment: 'true',
    startWithSAP: '1',
    maxWidth: `${Math.max(...video.map((track) => track.width))}`,
    maxHeight: `${Math.max(...video.map((track) => track.height))}`,
  }
  const ascending = video.toSorted((a, b) => a.width * a.height - b.width * b.height)
  return element(
    'AdaptationSet',
    attributes,
    ascending.map((track) => videoRepresentation(track, target)),
  )
}

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

function audioSet(track: AudioTrack, { target, isMain }: { target: number; isMain: boolean }): Xml {
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
