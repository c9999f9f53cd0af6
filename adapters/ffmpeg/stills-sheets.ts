import { copyFile, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MediaFailed, type SourceVideo, type StillsTask } from '../../core/ports/media.ts'
import { type Looking, lookAt } from './probe-input.ts'
import { readPackets } from './probe-packets.ts'
import { runTool, ToolFailed } from './run.ts'
import { asShown, jpegArgs, TO_JPEG } from './stills-picture.ts'

export interface SheetWork {
  readonly video: SourceVideo
  readonly matrix: string
  readonly folder: string
  readonly progress: (fraction: number) => void
}

const SHORT_SECONDS = 180

/**
 * Writes the storyboard's sheets into the folder and answers their names in order. Tile n shows the middle of its
 * `everySeconds`. A short film is decoded through; of a long one only the key frame before each tile is, which takes
 * a tenth of a second a tile whatever the film's size.
 */
export async function makeSheets(looking: Looking, task: StillsTask, work: SheetWork): Promise<string[]> {
  const seconds = work.video.durationSeconds
  const through =
    !task.keyFramesOnly && (seconds <= SHORT_SECONDS || !(await hasKeyFrames(looking, task, seconds)))
  if (through && task.preview) await decodePreview(looking, task, work, task.preview)
  else if (through) await decodeThrough(looking, task, work)
  else await decodeKeyFrames(looking, task, work)
  const { tiles, columns, rows } = task.storyboard
  const names = Array.from({ length: Math.ceil(tiles / (columns * rows)) }, (_, n) => `storyboard-${n}.jpg`)
  const made = new Set(await readdir(work.folder))
  const missing = names.filter((name) => !made.has(name))
  if (missing.length > 0) throw new MediaFailed(`storyboard sheets missing: ${missing.join(', ')}`, '')
  return names
}

/** Whether key frames come often enough for each tile to show its own part of the film. Looks at three places. */
async function hasKeyFrames(looking: Looking, task: StillsTask, seconds: number): Promise<boolean> {
  for (const at of [0.25, 0.5, 0.75].map((part) => task.report.startSeconds + part * seconds)) {
    const { streams } = await readPackets(looking, `${at.toFixed(3)}%+#1`)
    const found = Math.min(...[...streams.values()].flatMap(({ times }) => times))
    if (!(at - found <= 2 * task.storyboard.everySeconds)) return false
  }
  return true
}

const PREVIEW = 'preview.mp4'

/** The preview is upright, progressive and BT.709 already: what the source was does not matter any more. */
async function decodePreview(
  { engine, signal }: Looking,
  task: StillsTask,
  work: SheetWork,
  preview: () => AsyncIterable<Uint8Array>,
): Promise<void> {
  const path = join(work.folder, PREVIEW)
  await writeFile(path, preview())
  const video: SourceVideo = { ...work.video, streamIndex: 0, hdr: undefined }
  await decodeThrough(lookAt(engine, path, signal), task, { ...work, video, matrix: 'bt709' })
  await rm(path)
}

async function decodeThrough(looking: Looking, { storyboard }: StillsTask, work: SheetWork): Promise<void> {
  const { video, matrix, folder, progress } = work
  const { everySeconds, tiles, tileWidth, tileHeight } = storyboard
  const size = { width: tileWidth, height: tileHeight }
  // The last picture stands in for what is missing at the end, and for the middle of a tile that the film does not reach;
  // without an end the padding would never stop.
  const whole = `tpad=stop=${tiles}:stop_mode=clone,trim=end_frame=${tiles}`
  const filters = `fps=1/${everySeconds}:eof_action=pass,${asShown(video, size, matrix)},${whole},${onSheets(storyboard)}`
  const onLine = (line: string) => {
    const microseconds = Number(/^out_time_us=(\d+)/.exec(line)?.[1])
    if (microseconds > 0) progress(Math.min(1, microseconds / 1e6 / (tiles * everySeconds)))
  }
  const output = ['-map', `0:${video.streamIndex}`, '-vf', filters, ...jpegArgs(looking, 5), ...SHEETS]
  const args = [...QUIET, '-progress', 'pipe:1', ...looking.input, ...output, 'storyboard-%d.jpg']
  await runTool(looking.engine.ffmpeg, args, { signal: looking.signal, cwd: folder, onLine })
}

const QUIET = ['-v', 'error', '-nostdin', '-nostats', '-max_error_rate', '1', '-y']
const SHEETS = ['-f', 'image2', '-start_number', '0']
const onSheets = ({ columns, rows }: StillsTask['storyboard']) => `tile=${columns}x${rows},${TO_JPEG}`

async function decodeKeyFrames(looking: Looking, task: StillsTask, work: SheetWork): Promise<void> {
  const { tiles } = task.storyboard
  for (let tile = 0; tile < tiles; tile += 1) {
    await decodeTile(looking, task, { ...work, tile })
    work.progress((0.95 * (tile + 1)) / tiles)
  }
  await fillHoles(work.folder, tiles)
  const output = ['-vf', onSheets(task.storyboard), ...jpegArgs(looking, 5), ...SHEETS, 'storyboard-%d.jpg']
  const args = [...QUIET, '-framerate', '1', '-start_number', '0', '-i', 'tile-%05d.png', ...output]
  await runTool(looking.engine.ffmpeg, args, { signal: looking.signal, cwd: work.folder })
}

const tileName = (tile: number) => `tile-${String(tile).padStart(5, '0')}.png`

type TileWork = SheetWork & { readonly tile: number }

async function decodeTile(looking: Looking, task: StillsTask, work: TileWork): Promise<void> {
  const { everySeconds } = task.storyboard
  const { video, tile } = work
  const at = Math.min((tile + 0.5) * everySeconds, video.durationSeconds - everySeconds / 2)
  const seek = ['-ss', Math.max(0, at).toFixed(3), '-noaccurate_seek']
  if (task.keyFramesOnly && (await decodeAlone(looking, task, { ...work, seek }))) return
  const input = [...seek, '-skip_frame', 'nokey', '-threads', '1', ...looking.input]
  await showTile({ ...looking, input }, task, work)
}

async function showTile(
  { engine, input, signal }: Looking,
  { storyboard }: StillsTask,
  { video, matrix, folder, tile }: TileWork,
): Promise<void> {
  const size = { width: storyboard.tileWidth, height: storyboard.tileHeight }
  const output = ['-map', `0:${video.streamIndex}`, '-vf', asShown(video, size, matrix), '-frames:v', '1']
  const file = ['-f', 'image2', '-update', '1', tileName(tile)]
  await runTool(engine.ffmpeg, [...QUIET, ...input, ...output, ...file], { signal, cwd: folder })
}

/** Another name each: the WebAssembly core believes that a file which the host removed is still there. */
const keyFrameName = (tile: number) => `key-frame-${tile}`
/** What a key frame is kept in: mov keeps rotation and takes every codec but these. */
const containerFor = ({ codec }: SourceVideo) => (codec === 'vp8' || codec === 'vp9' ? 'matroska' : 'mov')

/**
 * Copies the key frame into a film of its own and decodes that. A decoder that reorders gives a picture only after
 * others: on the film itself it would read on through two groups of pictures, which are megabytes. False where the codec
 * or the film does not allow it.
 */
async function decodeAlone(
  { engine, input, signal }: Looking,
  task: StillsTask,
  work: TileWork & { readonly seek: readonly string[] },
): Promise<boolean> {
  const { video, folder, seek } = work
  const name = keyFrameName(work.tile)
  // The key frame lies before the place that was sought: with a time below zero it would be cut off.
  const timed = ['-avoid_negative_ts', 'make_zero', '-f', containerFor(video), name]
  const copied = ['-map', `0:${video.streamIndex}`, '-c', 'copy', '-frames:v', '1', ...timed]
  try {
    await runTool(engine.ffmpeg, [...QUIET, ...seek, ...input, ...copied], { signal, cwd: folder })
    const alone = lookAt(engine, join(folder, name), signal)
    await showTile(alone, task, { ...work, video: { ...video, streamIndex: 0 } })
    return (await readdir(folder)).includes(tileName(work.tile))
  } catch (error) {
    if (error instanceof ToolFailed) return false
    throw error
  } finally {
    await rm(join(folder, name), { force: true })
  }
}

/** A tile whose part of the film is damaged shows the one before it, or the first that there is. */
async function fillHoles(folder: string, tiles: number): Promise<void> {
  const made = new Set(await readdir(folder))
  const names = Array.from({ length: tiles }, (_, tile) => tileName(tile))
  let last = names.find((name) => made.has(name))
  if (last === undefined) throw new MediaFailed('no picture of the film decodes', '')
  for (const name of names) {
    if (made.has(name)) last = name
    else await copyFile(join(folder, last), join(folder, name))
  }
}
