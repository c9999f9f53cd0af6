import type { MediaRefusal } from '../../core/video/model.ts'
import { isVerdict, type Looking } from './probe-input.ts'
import { runTool } from './run.ts'

/** A film that is refused, on its way out of the probe. Never leaves it. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly refusal: MediaRefusal
  constructor(reason: MediaRefusal['reason'], detail?: string) {
    super(reason)
    this.refusal = { reason, ...(detail === undefined ? {} : { detail }) }
  }
}

/** ffprobe's words. Any of them can be missing. */
export interface FoundStream {
  readonly index: number
  readonly codec_type?: string
  readonly codec_name?: string
  readonly codec_tag_string?: string
  readonly width?: number
  readonly height?: number
  readonly sample_aspect_ratio?: string
  readonly field_order?: string
  readonly color_transfer?: string
  readonly r_frame_rate?: string
  readonly avg_frame_rate?: string
  readonly duration?: string
  readonly nb_frames?: string
  readonly bit_rate?: string
  readonly channels?: number
  readonly sample_rate?: string
  readonly disposition?: { readonly default?: number; readonly attached_pic?: number }
  readonly tags?: Readonly<Record<string, string>>
  readonly side_data_list?: readonly SideData[]
}
export interface SideData {
  readonly side_data_type?: string
  readonly rotation?: number
  readonly dv_profile?: number
}
export interface FoundFormat {
  readonly format_name: string
  readonly duration?: string
  readonly start_time?: string
  readonly bit_rate?: string
  readonly probe_score: number
  readonly tags?: Readonly<Record<string, string>>
}
export interface Found {
  readonly format: FoundFormat
  readonly streams: readonly FoundStream[]
}

// A transport stream can begin its sound seconds after its picture.
const LOOK_FURTHER = ['-probesize', '20000000', '-analyzeduration', '10000000']

/** Container and streams. What ffprobe cannot open throws `Unopened` with its words. */
export async function findStreams({ engine, input, signal }: Looking): Promise<Found> {
  const shown = ['-v', 'error', '-show_format', '-show_streams', '-of', 'json']
  try {
    const { stdout } = await runTool(engine.ffprobe, [...shown, ...LOOK_FURTHER, ...input], { signal })
    const found: Partial<Found> = JSON.parse(stdout)
    if (!found.format) throw new Unopened('ffprobe found no container')
    return { format: found.format, streams: found.streams ?? [] }
  } catch (error) {
    if (isVerdict(error)) throw new Unopened(error.tail, { cause: error })
    throw error
  }
}

export class Unopened extends Error {
  override readonly name = 'Unopened'
}

export const seconds = (text: string | undefined): number | undefined => {
  const value = Number.parseFloat(text ?? '')
  return Number.isFinite(value) ? value : undefined
}

/** Whether a stream is encrypted, as far as its description says. */
export function isProtected(stream: FoundStream): boolean {
  const tag = stream.codec_tag_string ?? ''
  const sideData = stream.side_data_list ?? []
  return (
    /^(encv|enca|drmi|drms)$/.test(tag) ||
    stream.tags?.enc_key_id !== undefined ||
    sideData.some((entry) => entry.side_data_type?.startsWith('Encryption'))
  )
}
