import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { MediaFailed, type VideoTask } from '../../core/ports/media.ts'
import { boxOf } from '../shaka/boxes.ts'
import { encodeChunk } from './encode-video.ts'
import { keptFile, madeFilm, opencvFilmOrSkip } from './testing/films.ts'
import { make } from './testing/made.ts'
import { changingSizeFilm, corruptMiddleFilm, longerSoundFilm } from './testing/recipes.ts'
import {
  benchIn,
  decoded,
  openFolder,
  placed,
  probed,
  rung,
  tasksOf,
  unwatched,
  wholeTask,
} from './testing/tasks.ts'

const RUNGS = [rung('144p', 192, 144), rung('240p', 320, 240)]
/** One pixel that is quantized until it tells one colour from another, and no more. */
const PIXEL = ['-vf', "scale=1:1,format=rgb24,lutrgb='bitand(val,128)':'bitand(val,128)':'bitand(val,128)'"]
const MEGAMIND_RATE = { num: 24_000, den: 1001 }

/** A real film of 95 frames in chunks of 40, 40 and 15. */
async function threeChunks(ctx: { skip(reason: string): never }): Promise<VideoTask[]> {
  const path = await opencvFilmOrSkip(ctx, 'Megamind.avi')
  return tasksOf({ path, rate: MEGAMIND_RATE, frames: 95 }, { gopFrames: 10, gops: 4, rungs: RUNGS })
}

it('gives all chunks of a film pictures that decode as each chunk alone was encoded', async (ctx) => {
  const tasks = await threeChunks(ctx)
  await using made = await make(tasks)
  await using folder = await openFolder()
  const alone: string[] = []
  for (const task of tasks) {
    const chunk = await encodeChunk(benchIn(folder.path), task, unwatched())
    const file = chunk.rungs.find((encoded) => encoded.rung.name === '240p')?.file ?? ''
    alone.push(...(await decoded(join(folder.path, file))))
  }
  const joined = await decoded(await placed(folder.path, made.shelf.track('240p')), [
    '-fps_mode',
    'passthrough',
  ])
  expect(joined).toHaveLength(95)
  expect(joined).toEqual(alone)
})

it('joins chunks without a step in the timeline', async (ctx) => {
  await using made = await make(await threeChunks(ctx))
  const path = await placed(made.folder, made.shelf.track('144p'))
  const { packets = [] } = await probed(path, 'packet=pts')
  const times = packets.map((packet) => Number(packet.pts)).toSorted((a, b) => a - b)
  expect(times).toEqual(Array.from({ length: 95 }, (_, i) => i * 1001))
})

it('numbers segments over the whole film and reports where each chunk lies', async (ctx) => {
  await using made = await make(await threeChunks(ctx))
  const tracks = made.outputs.flatMap(({ tracks }) => tracks.filter((track) => track.name === '240p'))
  expect(tracks.map((track) => track.startTicks)).toEqual([0, 40 * 1001, 80 * 1001])
  expect(
    tracks.flatMap(({ segments }) => segments.map((segment) => [segment.number, segment.durationTicks])),
  ).toEqual([1, 2, 3, 4, 5].map((number) => [number, number === 5 ? 15 * 1001 : 20 * 1001]))
})

it('reports exactly the planned frames of each chunk', async (ctx) => {
  await using made = await make(await threeChunks(ctx))
  expect(made.outputs.map(({ tracks }) => tracks.map((track) => track.samples))).toEqual([
    [40, 40],
    [40, 40],
    [15, 15],
  ])
})

it('offers the same init segment from every chunk, also from one of a single frame', async (ctx) => {
  const path = await opencvFilmOrSkip(ctx, 'Megamind.avi')
  const film = { path, rate: MEGAMIND_RATE, frames: 41 }
  await using made = await make(tasksOf(film, { gopFrames: 10, gops: 2, rungs: RUNGS }))
  const hashes = made.outputs.map(({ tracks }) => tracks.map((track) => track.initSha256))
  expect(hashes).toEqual([hashes[0], hashes[0], hashes[0]])
})

it('presents a chunk of a single frame in its place', async (ctx) => {
  const path = await opencvFilmOrSkip(ctx, 'Megamind.avi')
  const film = { path, rate: MEGAMIND_RATE, frames: 41 }
  await using made = await make(tasksOf(film, { gopFrames: 10, gops: 2, rungs: RUNGS }))
  const { packets = [] } = await probed(await placed(made.folder, made.shelf.track('144p')), 'packet=pts')
  expect(Math.max(...packets.map((packet) => Number(packet.pts)))).toBe(40 * 1001)
})

it('points I-frame playlists to bytes that decode to one picture each', async (ctx) => {
  await using made = await make((await threeChunks(ctx)).slice(0, 1))
  const segment = made.outputs[0]?.tracks[1]?.segments[1]
  const bytes = made.shelf.file('240p/2.m4s')
  expect(segment?.keyframes).toHaveLength(2)
  for (const { offset, sizeBytes } of segment?.keyframes ?? []) {
    const alone = Buffer.concat([
      made.shelf.file('240p/init.mp4'),
      bytes.subarray(offset, offset + sizeBytes),
    ])
    expect(await decoded(await placed(made.folder, alone), ['-frames:v', '1'])).toHaveLength(1)
  }
})

it('names the profile and level that the encoder wrote', async (ctx) => {
  await using made = await make((await threeChunks(ctx)).slice(0, 1))
  const file = await placed(made.folder, made.shelf.track('240p'))
  const level = Number((await probed(file, 'stream=level')).streams?.[0]?.level)
  const hex = level.toString(16).toUpperCase().padStart(2, '0')
  expect(made.outputs[0]?.tracks[1]?.codecs).toBe(`avc1.6400${hex}`)
})

it('encodes the planned frames of a film whose picture changes its size', async () => {
  const film = { path: await changingSizeFilm(), rate: { num: 25, den: 1 }, frames: 50 }
  await using made = await make([wholeTask(film, RUNGS)])
  expect(made.outputs[0]?.tracks.map((track) => track.samples)).toEqual([50, 50])
})

it('encodes the planned frames of an interlaced film whose picture changes its size', async () => {
  const film = { path: await changingSizeFilm(), rate: { num: 25, den: 1 }, frames: 50 }
  await using made = await make([wholeTask({ ...film, video: { interlaced: true } }, RUNGS)])
  expect(made.outputs[0]?.tracks.map((track) => track.samples)).toEqual([50, 50])
})

it.each(['mp4', 'mkv', 'ts', 'avi'])(
  'shows the last picture in chunks that begin after it in %s',
  async (container) => {
    const path = await longerSoundFilm(2, 12, container)
    const report = { startSeconds: container === 'ts' ? 1.48 : 0, video: { durationSeconds: 2 } }
    const film = { path, rate: { num: 25, den: 1 }, frames: 300, ...report }
    const [first, ...after] = tasksOf(film, { gopFrames: 25, gops: 4 })
    await using made = await make(first ? [first, ...after] : [])
    const frames = await decoded(await placed(made.folder, made.shelf.track('144p')), PIXEL)
    expect([frames.length, new Set(frames.slice(50)).size, frames[0] === frames[299]]).toEqual([
      300,
      1,
      false,
    ])
  },
)

it('warns of damage in the chunk where it lies, and not in the next one that decodes over it', async () => {
  const film = { path: await corruptMiddleFilm(), rate: { num: 25, den: 1 }, frames: 200 }
  await using made = await make(tasksOf(film, { gopFrames: 20, gops: 4 }))
  const codes = made.outputs.map(({ warnings }) => warnings.map((warning) => warning.code))
  expect(codes).toEqual([[], ['corrupt-frames'], []])
})

it('tells about when the damage is', async () => {
  const film = { path: await corruptMiddleFilm(), rate: { num: 25, den: 1 }, frames: 200 }
  await using made = await make([wholeTask(film)])
  const [, from, to] = /second (\d+) and (\d+) /.exec(made.outputs[0]?.warnings[0]?.message ?? '') ?? []
  expect([Number(from) >= 2, Number(to) <= 6]).toEqual([true, true])
})

it('fails with what ffmpeg said where no picture can be decoded', async () => {
  const pictures = ['-f', 'lavfi', '-i', 'testsrc2=s=320x180:r=25:d=0.4', '-c:v', 'libx264']
  const whole = await madeFilm('whole.mp4', pictures)
  const path = await keptFile('zeros.mp4', `${whole} without its pictures`, async (draft) => {
    const bytes = await readFile(whole)
    const { content, end } = boxOf(bytes, ['mdat'])
    await writeFile(draft, bytes.fill(0, content, end))
  })
  const film = { path, rate: { num: 25, den: 1 }, frames: 10 }
  await expect(make([wholeTask(film, RUNGS)])).rejects.toSatisfy(
    (error) => error instanceof MediaFailed && error.tail !== '',
  )
})
