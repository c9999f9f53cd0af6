import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import type { VideoTask } from '../../core/ports/media.ts'
import { inFilmTime, oneGraph, onGrid } from './filters.ts'
import { findEntry, seekArgs } from './first-frame.ts'
import { frameClock } from './grid.ts'
import { inputArgs } from './source-args.ts'
import { madeFilm, opencvFilmOrSkip } from './testing/films.ts'
import { rotatedFilm } from './testing/recipes.ts'
import { type Film, md5Column, nativeEngine, tasksOf, wholeTask } from './testing/tasks.ts'

const run = promisify(execFile)
const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '2', '-pix_fmt', 'yuv420p']
const counter = (rate: number | string, seconds: number) => [
  ...['-f', 'lavfi', '-i', `testsrc2=s=160x120:r=${rate}:d=${seconds}`],
  ...H264,
]

/** The pictures that a chunk would encode. */
async function pictures(task: VideoTask): Promise<string[]> {
  const clock = frameClock(task.grid.frameRate)
  const entry = await findEntry(nativeEngine, task, { clock, signal: new AbortController().signal })
  const seek = ['-copyts', ...oneGraph(entry), ...seekArgs(clock, entry.frame)]
  const graph = `[0:${task.report.video?.streamIndex}]${inFilmTime(task, entry, clock)},${onGrid(task, entry, clock)},scale=160:-2[out]`
  const output = ['-map', '[out]', '-fps_mode', 'passthrough', '-f', 'framemd5', '-']
  const args = ['-v', 'error', ...seek, ...inputArgs(task.source), '-filter_complex', graph, ...output]
  return md5Column((await run('ffmpeg', args, { maxBuffer: 1e8 })).stdout)
}

async function expectSame(film: Film, cut: { gopFrames: number; gops: number }): Promise<void> {
  const chunks = await Promise.all(tasksOf(film, cut).map(pictures))
  const whole = await pictures(wholeTask(film))
  expect(chunks.length).toBeGreaterThanOrEqual(3)
  expect(new Set(whole).size).toBeGreaterThan(film.frames / 2)
  expect(whole).toHaveLength(film.frames)
  expect(chunks.flat()).toEqual(whole)
}

it('picks the same pictures in chunks as in one pass of a film of constant rate', async () => {
  const path = await madeFilm('cfr.mp4', [...counter(25, 8), '-g', '60'])
  await expectSame({ path, rate: { num: 25, den: 1 }, frames: 200 }, { gopFrames: 15, gops: 4 })
})

it('picks the same pictures in chunks as in one pass from 60 to 24000/1001', async () => {
  const path = await madeFilm('sixty.mp4', [...counter(60, 8), '-g', '120'])
  await expectSame({ path, rate: { num: 24_000, den: 1001 }, frames: 191 }, { gopFrames: 12, gops: 4 })
})

it('picks the same pictures in chunks as in one pass where every second picture lies between two frames', async () => {
  const path = await madeFilm('fifty.mp4', [...counter(50, 8), '-g', '100'])
  await expectSame({ path, rate: { num: 25, den: 1 }, frames: 200 }, { gopFrames: 15, gops: 4 })
})

it('picks the same pictures in chunks as in one pass of a real film of irregular rate', async (ctx) => {
  const path = await opencvFilmOrSkip(ctx, 'cup.mp4')
  const film = { path, rate: { num: 25, den: 1 }, frames: 202, video: { streamIndex: 1 } }
  await expectSame(film, { gopFrames: 10, gops: 6 })
})

it('picks the same pictures in chunks as in one pass of a real AVI', async (ctx) => {
  const path = await opencvFilmOrSkip(ctx, 'Megamind.avi')
  await expectSame({ path, rate: { num: 24_000, den: 1001 }, frames: 270 }, { gopFrames: 12, gops: 6 })
})

it('picks the same pictures in chunks as in one pass of a transport stream that starts late and has rare key frames', async () => {
  const path = await madeFilm('late.ts', [
    ...counter('30000/1001', 12),
    '-g',
    '150',
    '-bf',
    '2',
    '-f',
    'mpegts',
  ])
  const film = { path, rate: { num: 30_000, den: 1001 }, frames: 360, startSeconds: 1.466733 }
  await expectSame(film, { gopFrames: 15, gops: 6 })
})

it('shows the last picture where the source ends before the plan does', async () => {
  const path = await madeFilm('ends.mp4', counter(25, 2))
  const shown = await pictures(wholeTask({ path, rate: { num: 25, den: 1 }, frames: 60 }))
  expect(shown.slice(49)).toEqual(Array.from({ length: 11 }, () => shown[49]))
})

it('lets ffmpeg begin another graph where it turns the pictures itself', async () => {
  const task = wholeTask({ path: await rotatedFilm(90), rate: { num: 25, den: 1 }, frames: 25 })
  const clock = frameClock(task.grid.frameRate)
  const entry = await findEntry(nativeEngine, task, { clock, signal: new AbortController().signal })
  expect(oneGraph(entry)).toEqual([])
})
