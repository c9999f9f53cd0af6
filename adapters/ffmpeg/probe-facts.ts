import type { SourceAudio, SourceVideo } from '../../core/ports/media.ts'
import { MAX_SIDE } from './probe-input.ts'
import { gridRate, parseRate } from './probe-rate.ts'
import type { Span } from './probe-span.ts'
import { type Found, type FoundStream, isProtected, Refused, seconds } from './probe-streams.ts'

/** The streams that the film is made of. */
export interface Chosen {
  readonly video: FoundStream | undefined
  readonly audio: readonly FoundStream[]
}

const MOST_AUDIO_TRACKS = 16

/**
 * The picture and the sound tracks. Refuses what its description alone rules out, before a byte of it is decoded.
 * Cover art is no picture: sound with cover art is sound.
 */
export function chooseStreams({ format, streams }: Found): Chosen {
  const pictures = streams.filter(({ codec_type }) => codec_type === 'video')
  const films = pictures.filter(({ disposition }) => disposition?.attached_pic !== 1)
  const audio = streams.filter(({ codec_type }) => codec_type === 'audio').slice(0, MOST_AUDIO_TRACKS)
  const video = films.toSorted((a, b) => rank(b) - rank(a))[0]
  if (streams.some(isProtected)) throw new Refused('drm-protected')
  if (!video && audio.length === 0)
    throw pictures.length > 0 ? new Refused('still-image') : new Refused('not-video', format.format_name)
  if (video) checkPicture(video)
  if (!video && audio.every(withoutCodec)) throw new Refused('unsupported-codec', 'unknown sound format')
  return { video, audio }
}

// Some cameras put a small preview beside the film.
const rank = ({ disposition, width = 0, height = 0 }: FoundStream) =>
  (disposition?.default === 1 ? 1e9 : 0) + width * height

const withoutCodec = ({ codec_name = 'unknown' }: FoundStream) => ['unknown', 'none'].includes(codec_name)

function checkPicture(video: FoundStream): void {
  const { width = 0, height = 0, codec_tag_string: tag } = video
  if (Math.max(width, height) > MAX_SIDE) throw new Refused('too-large-picture', `${width}x${height}`)
  if (withoutCodec(video))
    throw new Refused('unsupported-codec', `unknown picture format ${tag ?? ''}`.trim())
  // Profile 5 has no layer that an ordinary decoder shows in its right colours: it comes out green and purple.
  if (video.side_data_list?.some(({ dv_profile }) => dv_profile === 5))
    throw new Refused('unsupported-codec', 'Dolby Vision profile 5')
}

/** What the container promises, in seconds of its own clock; no end where ffmpeg only guesses from the bit rate. */
export function promiseOf({ format }: Found, { video }: Chosen): { start: number; end: number | undefined } {
  const start = seconds(format.start_time) ?? 0
  const duration = seconds(format.duration)
  if (duration === undefined || GUESSED.has(format.format_name)) return { start, end: undefined }
  // A cut AVI file still tells its number of frames in front, while ffmpeg measures what is left.
  const rate = parseRate(video?.r_frame_rate)
  const frames = format.format_name === 'avi' ? Number(video?.nb_frames ?? 0) : 0
  return { start, end: start + Math.max(duration, rate ? (frames * rate.den) / rate.num : 0) }
}
const GUESSED = new Set([
  'mp3',
  'aac',
  'ac3',
  'eac3',
  'dts',
  'dtshd',
  'truehd',
  'mlp',
  'amr',
  'loas',
  'gif',
  'apng',
])

export function videoFacts(
  stream: FoundStream,
  span: Span,
  film: { start: number; end: number },
): SourceVideo {
  const { head, tail, whole, streamEnds } = span
  const runs = [head, ...(whole ? [] : [tail])].map((part) => part.get(stream.index)?.times ?? [])
  const nominal = parseRate(stream.r_frame_rate)
  const { rate, variable } = gridRate({ nominal, average: parseRate(stream.avg_frame_rate), runs })
  const ownEnd = streamEnds.get(stream.index) ?? film.start + (seconds(stream.duration) ?? Infinity)
  const bitsPerSecond = seconds(stream.bit_rate)
  return {
    streamIndex: stream.index,
    codec: stream.codec_name ?? 'unknown',
    ...displaySize(stream),
    frameRate: rate,
    variableFrameRate: variable,
    durationSeconds: rounded(Math.min(ownEnd, film.end) - film.start),
    ...(bitsPerSecond === undefined ? {} : { bitsPerSecond }),
    interlaced: ['tt', 'bb', 'tb', 'bt'].includes(stream.field_order ?? ''),
    hdr: HDR[stream.color_transfer ?? ''],
    rotationDegrees: rotationOf(stream),
  }
}
const HDR: Readonly<Record<string, 'pq' | 'hlg'>> = { smpte2084: 'pq', 'arib-std-b67': 'hlg' }

/** Microseconds are ffmpeg's own precision. */
export const rounded = (value: number): number => Math.round(value * 1e6) / 1e6

/** Clockwise, 0 to 359. The display matrix counts the other way round. */
function rotationOf({ side_data_list: data = [] }: FoundStream): number {
  const matrix = data.find(({ rotation }) => rotation !== undefined)
  return (360 - (Math.round(matrix?.rotation ?? 0) % 360)) % 360
}

function displaySize(stream: FoundStream): { displayWidth: number; displayHeight: number } {
  const { width = 0, height = 0 } = stream
  const pixel = (stream.sample_aspect_ratio ?? '').split(':').map(Number)
  const shape = (pixel[0] ?? 0) / (pixel[1] ?? 0)
  // Beyond this a shape is a muxer's mistake, and the picture would be a line.
  const square = shape > 0.1 && shape < 10 ? Math.round(width * shape) : width
  const lying = rotationOf(stream) % 180 === 90
  return lying
    ? { displayWidth: height, displayHeight: square }
    : { displayWidth: square, displayHeight: height }
}

export function audioFacts(stream: FoundStream): SourceAudio {
  const title = stream.tags?.title?.trim()
  return {
    streamIndex: stream.index,
    codec: stream.codec_name ?? 'unknown',
    channels: stream.channels ?? 0,
    sampleRate: seconds(stream.sample_rate) ?? 0,
    language: languageOf(stream.tags?.language),
    ...(title ? { title } : {}),
  }
}

/** BCP 47 from what containers hold: ISO 639-2 in both its forms (`ger`, `deu`), or BCP 47 itself. */
export function languageOf(tag: string | undefined): string {
  try {
    return new Intl.Locale(tag ?? 'und').toString()
  } catch (error) {
    if (error instanceof RangeError) return 'und'
    throw error
  }
}

/** `mp4`, `mov`, `matroska`, `avi`: one word for what ffmpeg calls by all its names. */
export function containerOf({ format }: Found): string {
  const [first = 'unknown'] = format.format_name.split(',')
  if (first !== 'mov') return first
  return format.tags?.major_brand?.startsWith('qt') === false ? 'mp4' : 'mov'
}
