import type { SourceVideo } from '../../core/ports/media.ts'
import type { Looking } from './probe-input.ts'
import { runTool } from './run.ts'

export interface Size {
  readonly width: number
  readonly height: number
}

/**
 * Filters from the source's pictures to RGB of a size, as a screen shows them. Size first: it is what makes the rest
 * cheap, above all tone-mapping, which works in 32-bit floats.
 */
export function asShown({ hdr }: SourceVideo, { width, height }: Size, matrix: string): string {
  if (!hdr) return `scale=${width}:${height}:in_color_matrix=${matrix},setsar=1,format=rgb24`
  const curve = hdr === 'pq' ? 'smpte2084' : 'arib-std-b67'
  return [
    `zscale=w=${width}:h=${height}`,
    `zscale=tin=${curve}:pin=bt2020:min=bt2020nc:t=linear:npl=100`,
    'format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0',
    'zscale=t=bt709:r=full,format=gbrp,setsar=1,format=rgb24',
  ].join(',')
}

/** JPEG has full range and the matrix of BT.601, whatever its size: without these colours shift. */
export const TO_JPEG = 'scale=out_color_matrix=bt601:out_range=pc,format=yuvj420p'

/**
 * Options of a JPEG output. The WebAssembly core's own Huffman tables overrun its stack at 1080p: it crashes or, as
 * often, never ends.
 */
export function jpegArgs({ engine }: Looking, quality: number): string[] {
  return [
    '-c:v',
    'mjpeg',
    '-q:v',
    String(quality),
    ...(engine.kind === 'wasm' ? ['-huffman', 'default'] : []),
  ]
}

const HD_SHORT_SIDE = 720

/** The scaler's name for the source's colour matrix; an untagged source is taken for what players take it for. */
export async function matrixOf({ engine, input, signal }: Looking, video: SourceVideo): Promise<string> {
  const shown = [
    '-v',
    'error',
    '-select_streams',
    String(video.streamIndex),
    '-show_entries',
    'stream=color_space',
  ]
  const { stdout } = await runTool(engine.ffprobe, [...shown, '-of', 'csv=p=0', ...input], { signal })
  const tagged = MATRICES[stdout.trim()]
  const large = Math.min(video.displayWidth, video.displayHeight) >= HD_SHORT_SIDE
  return tagged ?? (large ? 'bt709' : 'bt601')
}
const MATRICES: Readonly<Record<string, string>> = {
  bt709: 'bt709',
  bt470bg: 'bt601',
  smpte170m: 'bt601',
  fcc: 'fcc',
  smpte240m: 'smpte240m',
  bt2020nc: 'bt2020',
  bt2020c: 'bt2020',
}
