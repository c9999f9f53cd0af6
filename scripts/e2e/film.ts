import { open, stat } from 'node:fs/promises'
import type { Engine } from '../../adapters/ffmpeg/engine.ts'
import { makeSample } from '../demo/sample.ts'
import { countFrames } from './frames.ts'

/** A film that was made for the run, and what a player must find in it. */
export interface TestFilm {
  readonly path: string
  readonly seconds: number
  readonly frames: number
}

const SAMPLE = { seconds: 4, width: 480, height: 270 }
/** More than one part of an upload, which has 8 MiB. */
const LENGTH_BYTES = 9 * 1024 ** 2

/** The demo's sample, shorter and smaller, with room behind it so that it goes up in two parts. */
export async function makeFilm(engine: Engine, folder: string, signal: AbortSignal): Promise<TestFilm> {
  const path = await makeSample(engine, folder, signal, SAMPLE)
  await lengthen(path)
  return { path, seconds: SAMPLE.seconds, frames: await countFrames({ engine, signal }, path) }
}

/** A box that players pass over (ISO/IEC 14496-12, 8.1.2). */
async function lengthen(path: string): Promise<void> {
  const { size } = await stat(path)
  const head = Buffer.alloc(8)
  head.writeUInt32BE(LENGTH_BYTES - size)
  head.write('free', 4)
  await using file = await open(path, 'r+')
  await file.write(head, 0, head.length, size)
  await file.truncate(LENGTH_BYTES)
}
