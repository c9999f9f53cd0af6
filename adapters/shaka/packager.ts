import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MediaFailed } from '../../core/ports/media.ts'
import { runTool, type Tool } from '../ffmpeg/run.ts'
import { type Cipher, cipherArgs, withoutKeys } from './cipher.ts'

export interface Packaging {
  /** Where the files below are: the packager gets bare names, since a comma in a path would end its field. */
  readonly folder: string
  /** An MP4 file with one track, whose timeline begins at zero. */
  readonly input: string
  /** Folder for the segments, made here. */
  readonly output: string
  readonly stream: 'video' | 'audio'
  /** A segment begins at the first key frame at or after each multiple of this. */
  readonly segmentSeconds: number
  /** As for segments, for movie fragments: one group of pictures each makes I-frame playlists possible. */
  readonly fragmentSeconds?: number
  /** Without it the samples stay as they are. */
  readonly cipher?: Cipher | undefined
}

export interface Packaged {
  readonly init: string
  /** In order. */
  readonly segments: readonly string[]
}

/** Cuts one track into CMAF segments with shaka-packager. Throws `MediaFailed` with what it said. */
export async function packageTrack(packaging: Packaging, signal: AbortSignal): Promise<Packaged> {
  const { folder, input, output, stream, segmentSeconds, fragmentSeconds, cipher } = packaging
  await mkdir(join(folder, output), { recursive: true })
  const track = `in=${input},stream=${stream},init_segment=${output}/init.mp4,segment_template=${output}/$Number$.m4s`
  const { label, args: secret, env } = cipherArgs(cipher)
  const fragments = fragmentSeconds === undefined ? [] : ['--fragment_duration', exactly(fragmentSeconds)]
  const lengths = ['--segment_duration', exactly(segmentSeconds), ...fragments]
  const args = [track + label, ...lengths, ...secret, '--generate_sidx_in_media_segments=false', '--quiet']
  await withoutKeys(cipher, () => runTool(packager(), args, { signal, cwd: folder, env }))
  return { init: join(folder, output, 'init.mp4'), segments: await segmentsIn(join(folder, output)) }
}

async function segmentsIn(folder: string): Promise<string[]> {
  const count = (await readdir(folder)).filter((name) => name.endsWith('.m4s')).length
  if (count === 0) throw new MediaFailed('shaka-packager made no segment', '')
  return Array.from({ length: count }, (_, i) => join(folder, `${i + 1}.m4s`))
}

/**
 * A trifle less than asked for: the packager multiplies by the timescale and cuts off the fraction, and a boundary one
 * tick late would miss the key frame and make that segment longer by a group of pictures.
 */
const exactly = (seconds: number) => (seconds - 1e-6).toFixed(9)

const SYSTEMS: Readonly<Record<string, string>> = { linux: 'linux', darwin: 'osx', win32: 'win' }

/** The binary inside the npm package: its `index.js` exits with 0 also when packaging failed. */
function packager(): Tool {
  const name = `packager-${SYSTEMS[process.platform] ?? process.platform}-${process.arch}`
  const file = process.platform === 'win32' ? `${name}.exe` : name
  return { command: fileURLToPath(new URL(`bin/${file}`, import.meta.resolve('shaka-packager'))), args: [] }
}
