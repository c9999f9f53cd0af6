import { createReadStream } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  MediaFailed,
  type Sink,
  type SourceVideo,
  type StillsOutput,
  type StillsTask,
  type Watch,
} from '../../core/ports/media.ts'
import type { Engine } from './engine.ts'
import { type Looking, lookAt } from './probe-input.ts'
import { runTool } from './run.ts'
import { withScratch } from './scratch.ts'
import { asShown, jpegArgs, matrixOf, type Size, TO_JPEG } from './stills-picture.ts'
import { makeSheets } from './stills-sheets.ts'

const LONGEST_SIDE = 1280

/**
 * Makes `poster.jpg` and the storyboard's sheets `storyboard-0.jpg`, `storyboard-1.jpg` ... in a folder of its own under
 * `scratch`, and gives each to the sink. Throws `MediaFailed` where no picture decodes.
 */
export async function makeStills(
  engine: Engine,
  scratch: string,
  task: StillsTask,
  sink: Sink,
  watch: Watch,
): Promise<StillsOutput> {
  const { video } = task.report
  if (!video) throw new MediaFailed('stills were asked of a film without a picture', '')
  const looking = lookAt(engine, task.source, watch.signal)
  return withScratch(scratch, async (folder) => {
    const matrix = await matrixOf(looking, video)
    const size = posterSize(video)
    await makePoster(looking, task, { video, size, matrix, path: join(folder, 'poster.jpg') })
    await handOver(folder, 'poster.jpg', sink)
    watch.progress(0.1)
    const progress = (fraction: number) => watch.progress(0.1 + 0.9 * fraction)
    const sheets = await makeSheets(looking, task, { video, matrix, folder, progress })
    for (const sheet of sheets) await handOver(folder, sheet, sink)
    watch.progress(1)
    return { poster: { name: 'poster.jpg', ...size }, sheets, storyboard: task.storyboard }
  })
}

function posterSize({ displayWidth, displayHeight }: SourceVideo): Size {
  const factor = Math.min(1, LONGEST_SIDE / Math.max(displayWidth, displayHeight))
  const even = (side: number) => Math.max(2, Math.round((side * factor) / 2) * 2)
  return { width: even(displayWidth), height: even(displayHeight) }
}

interface Poster {
  readonly video: SourceVideo
  readonly size: Size
  readonly matrix: string
  readonly path: string
}

// Of three seconds the frame that is most like the others: not the flash, the cut or the black in between. A film that
// is over before `fps` comes to its first frame passes its last one.
async function makePoster(looking: Looking, task: StillsTask, poster: Poster): Promise<void> {
  const { video, size, matrix, path } = poster
  const fields = video.interlaced ? 'bwdif=mode=send_frame:deint=all,' : ''
  const choose = `${fields}fps=4:eof_action=pass,${asShown(video, size, matrix)},thumbnail=12,${TO_JPEG}`
  for (const at of new Set([task.posterAtSeconds, 0])) {
    const seek = at > 0 ? [...(task.keyFramesOnly ? ['-noaccurate_seek'] : []), '-ss', at.toFixed(3)] : []
    const output = [
      '-map',
      `0:${video.streamIndex}`,
      '-vf',
      choose,
      '-frames:v',
      '1',
      ...jpegArgs(looking, 3),
    ]
    const args = ['-v', 'error', '-nostdin', '-y', ...seek, '-t', '3', ...looking.input, ...output, path]
    await runTool(looking.engine.ffmpeg, args, { signal: looking.signal })
    if (await sizeOf(path)) return
  }
  throw new MediaFailed('no poster came of the film', '')
}

async function handOver(folder: string, name: string, sink: Sink): Promise<void> {
  const path = join(folder, name)
  const sizeBytes = await sizeOf(path)
  if (!sizeBytes) throw new MediaFailed(`${name} was not made`, '')
  await sink({ name, contentType: 'image/jpeg', sizeBytes, read: () => createReadStream(path) })
  await rm(path)
}

// ffmpeg ends well, and makes no file, when no frame comes.
async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0
    throw error
  }
}
