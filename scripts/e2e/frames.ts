import type { Engine } from '../../adapters/ffmpeg/engine.ts'
import { runTool } from '../../adapters/ffmpeg/run.ts'

const COUNT = ['-v', 'error', '-select_streams', 'v:0', '-count_frames']
const SHOW = ['-show_entries', 'stream=nb_read_frames', '-of', 'csv=p=0']

/** Decodes every video frame of a file. Throws where ffprobe complains of one. */
export async function countFrames(
  { engine, signal }: { engine: Engine; signal: AbortSignal },
  file: string,
): Promise<number> {
  const { stdout, stderr } = await runTool(engine.ffprobe, [...COUNT, ...SHOW, file], { signal })
  if (stderr.trim() !== '') throw new Error(`${file} does not decode: ${stderr.trim().slice(0, 300)}`)
  const frames = Number.parseInt(stdout, 10)
  if (!(frames > 0)) throw new Error(`${file} has no frames`)
  return frames
}

interface Shown {
  readonly height: number
  readonly frames: number
}

/** Throws where a quality has not exactly the frames of the film, or where there is none. */
export function checkFrames(qualities: readonly Shown[], frames: number): void {
  if (qualities.length === 0) throw new Error('there is no quality to watch')
  const wrong = qualities.filter((quality) => quality.frames !== frames)
  if (wrong.length === 0) return
  const says = wrong.map((quality) => `${quality.frames} at ${quality.height}p`).join(', ')
  throw new Error(`the film has ${frames} frames, but ${says}`)
}
