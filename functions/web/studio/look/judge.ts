import { FAILURES, type MediaRefusal } from '../../../../core/video/model.ts'
import type { Boxes } from './boxes.ts'

/** ffprobe's -show_entries for what `Probe` reads. */
export const PROBE_ENTRIES =
  'format=format_name,duration:stream=codec_type,codec_name,width,height,avg_frame_rate' +
  ':stream_disposition=attached_pic:stream_side_data=rotation'

/** What ffprobe tells, as far as it is read here. Every field may be missing. */
export interface Probe {
  readonly format?: {
    readonly format_name?: string
    readonly duration?: string
    readonly nb_streams?: number
  }
  readonly streams?: readonly ProbeStream[]
}
export interface ProbeStream {
  readonly codec_type?: string
  readonly codec_name?: string
  readonly width?: number
  readonly height?: number
  readonly avg_frame_rate?: string
  readonly disposition?: Readonly<Record<string, number>>
  readonly side_data_list?: readonly { readonly rotation?: number }[]
}

/** What the page shows of a film before it is sent. */
export interface FilmFacts {
  readonly durationSeconds?: number
  /** As shown, after rotation. */
  readonly width?: number
  readonly height?: number
  readonly framesPerSecond?: number
  readonly videoCodec?: string
  readonly audioCodecs: readonly string[]
}
export interface Judgement {
  readonly facts?: FilmFacts
  readonly refusal?: Refusal
}
export interface Refusal {
  readonly reason: MediaRefusal['reason']
  readonly message: string
}

const LONGEST_SECONDS = 24 * 3600
const SHORTEST_SECONDS = 0.1
const WIDEST = 8192

/** What the boxes alone rule out, without ffmpeg. */
export function judgeBoxes(boxes: Boxes): Judgement {
  if (boxes === 'encrypted') return refuse('drm-protected')
  return boxes === 'no-index' ? refuse('malformed') : {}
}

/** An early word on what the server's own probe will say; the server decides. `log` is what ffprobe complained of. */
export function judge(probe: Probe, log: readonly string[] = []): Judgement {
  const streams = probe.streams ?? []
  if (streams.length === 0) return refuse(unreadable(log))
  const facts = factsOf(probe, streams)
  const reason = reasonOf(streams, facts, probe.format?.format_name ?? '')
  return reason ? { facts, ...refuse(reason) } : { facts }
}

export const refuse = (reason: MediaRefusal['reason']): { refusal: Refusal } => ({
  refusal: { reason, message: FAILURES[reason] },
})

/** A Matroska file that ffmpeg knew but could not open says so in its log; an MP4 did so in its boxes. */
const unreadable = (log: readonly string[]) =>
  log.some((line) => line.includes('EBML header parsing failed')) ? 'malformed' : 'not-video'

function reasonOf(
  streams: readonly ProbeStream[],
  facts: FilmFacts,
  format: string,
): MediaRefusal['reason'] | undefined {
  const video = pictureOf(streams)
  if (!video && facts.audioCodecs.length === 0) return 'not-video'
  if (video && isStill(format)) return 'still-image'
  if (Math.max(video?.width ?? 0, video?.height ?? 0) > WIDEST) return 'too-large-picture'
  if (facts.durationSeconds === undefined) return undefined
  if (facts.durationSeconds < SHORTEST_SECONDS) return 'too-short'
  return facts.durationSeconds > LONGEST_SECONDS ? 'too-long' : undefined
}

const isStill = (format: string) => /(_pipe|^image2)$/.test(format)

/** Cover art is a video stream too, with a disposition. */
const pictureOf = (streams: readonly ProbeStream[]) =>
  streams.find((s) => s.codec_type === 'video' && s.disposition?.attached_pic !== 1)

function factsOf(probe: Probe, streams: readonly ProbeStream[]): FilmFacts {
  const video = pictureOf(streams)
  const seconds = Number(probe.format?.duration)
  const turned =
    Math.abs(video?.side_data_list?.find((d) => d.rotation !== undefined)?.rotation ?? 0) % 180 === 90
  const [width, height] = turned ? [video?.height, video?.width] : [video?.width, video?.height]
  const framesPerSecond = ratio(video?.avg_frame_rate)
  return {
    ...(seconds > 0 && { durationSeconds: seconds }),
    ...(width && height && { width, height }),
    ...(framesPerSecond && { framesPerSecond }),
    ...(video?.codec_name && { videoCodec: codecName(video.codec_name) }),
    audioCodecs: streams
      .filter((s) => s.codec_type === 'audio')
      .map((s) => codecName(s.codec_name ?? 'unknown')),
  }
}

function ratio(text: string | undefined): number | undefined {
  const [over, under] = (text ?? '').split('/').map(Number)
  return over && under ? Math.round((over / under) * 100) / 100 : undefined
}

const NAMES: Readonly<Record<string, string>> = {
  h264: 'H.264',
  hevc: 'H.265',
  av1: 'AV1',
  vp8: 'VP8',
  vp9: 'VP9',
  mpeg4: 'MPEG-4',
  mpeg2video: 'MPEG-2',
  prores: 'ProRes',
  aac: 'AAC',
  mp3: 'MP3',
  opus: 'Opus',
  vorbis: 'Vorbis',
  ac3: 'Dolby Digital',
  eac3: 'Dolby Digital Plus',
  flac: 'FLAC',
}
const codecName = (name: string): string =>
  NAMES[name] ?? (name.startsWith('pcm_') ? 'PCM' : name.toUpperCase())

/** `1920 × 1080 · 25 fps · H.264 · AAC` */
export function describe(facts: FilmFacts): string {
  return [
    facts.width && facts.height ? `${facts.width} × ${facts.height}` : undefined,
    facts.framesPerSecond ? `${facts.framesPerSecond} fps` : undefined,
    facts.videoCodec,
    ...new Set(facts.audioCodecs),
    !facts.videoCodec && facts.audioCodecs.length > 0 ? 'sound only' : undefined,
  ]
    .filter((word) => word !== undefined)
    .join(' · ')
}
