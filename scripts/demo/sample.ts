import { join } from 'node:path'
import type { Engine } from '../../adapters/ffmpeg/engine.ts'
import { runTool } from '../../adapters/ffmpeg/run.ts'

export interface Sample {
  readonly seconds: number
  readonly width: number
  readonly height: number
}
export const SAMPLE: Sample = { seconds: 20, width: 1280, height: 720 }

/**
 * Makes a film that shows whether all is well: a moving pattern, a running clock burnt in (no font needed) and a tone.
 * Answers its path.
 */
export async function makeSample(
  engine: Engine,
  folder: string,
  signal: AbortSignal,
  sample = SAMPLE,
): Promise<string> {
  const path = join(folder, 'sample.mp4')
  const { seconds, width, height } = sample
  const inputs = [
    `testsrc2=size=${width}x${height}:rate=30:duration=${seconds}`,
    `testsrc=size=320x240:rate=30:duration=${seconds}:decimals=2`,
    `sine=frequency=440:beep_factor=4:sample_rate=48000:duration=${seconds}`,
  ].flatMap((source) => ['-f', 'lavfi', '-i', source])
  const video = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p']
  const output = ['-c:a', 'aac', '-movflags', '+faststart', '-shortest', path]
  const graph = '[0:v][1:v]overlay=x=W-w-40:y=40[v]'
  const args = [
    '-nostdin',
    '-y',
    '-v',
    'error',
    ...inputs,
    '-filter_complex',
    graph,
    '-map',
    '[v]',
    '-map',
    '2:a',
    ...video,
    ...output,
  ]
  await runTool(engine.ffmpeg, args, { signal })
  return path
}
