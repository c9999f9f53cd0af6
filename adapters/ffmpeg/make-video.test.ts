import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { MediaFailed, type Rung, type VideoOutput, type VideoTask } from '../../core/ports/media.ts'
import { boxOf } from '../shaka/boxes.ts'
import { encodeChunk } from './encode-video.ts'
import { makeVideo } from './make-video.ts'
import { keptFile, madeFilm, opencvFilmOrSkip } from './testing/films.ts'
import { corruptMiddleFilm } from './testing/recipes.ts'
import {
  benchIn,
  decoded,
  type Film,
  openFolder,
  placed,
  probed,
  rung,
  Shelf,
  tasksOf,
  unwatched,
  wholeTask,
} from './testing/tasks.ts'

const run = promisify(execFile)
const RUNGS = [rung('144p', 192, 144), rung('240p', 320, 240)]
const MEGAMIND_RATE = { num: 24_000, den: 1001 }

interface Made extends AsyncDisposable {
  readonly folder: string
  readonly shelf: Shelf
  readonly outputs: readonly VideoOutput[]
}

async function make(tasks: readonly VideoTask[]): Promise<Made> {
  const folder = await openFolder()
  const shelf = new Shelf()
  const outputs: VideoOutput[] = []
  for (const task of tasks) {
    await using scratch = await openFolder()
    outputs.push(await makeVideo(benchIn(scratch.path), task, shelf.sink, unwatched()))
  }
  return { folder: folder.path, shelf, outputs, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
}

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

/** What ffprobe says of the only rung of a film made in one chunk. */
async function streamOf(film: Film, only: Rung): Promise<Record<string, unknown>> {
  await using made = await make([wholeTask(film, [only])])
  const path = await placed(made.folder, made.shelf.track(only.name))
  return (await probed(path, 'stream:stream_side_data')).streams?.[0] ?? {}
}

const TEN_FRAMES = { rate: { num: 25, den: 1 }, frames: 10 }
const bars = (size: string, ...more: string[]) => [
  '-f',
  'lavfi',
  '-i',
  `testsrc2=s=${size}:r=25:d=0.4`,
  ...more,
]
const ULTRAFAST = ['-c:v', 'libx264', '-preset', 'ultrafast']

it('encodes square pixels also where the sizes do not divide', async () => {
  const path = await madeFilm('square.mp4', bars('322x182', ...ULTRAFAST))
  expect(await streamOf({ ...TEN_FRAMES, path }, rung('144p', 254, 144))).toMatchObject({
    width: 254,
    height: 144,
    sample_aspect_ratio: '1:1',
  })
})

it('shows an anamorphic film at its full width with square pixels', async () => {
  const path = await madeFilm('wide.mp4', bars('180x144', '-vf', 'setsar=64/45', ...ULTRAFAST))
  expect(await streamOf({ ...TEN_FRAMES, path }, rung('144p', 256, 144))).toMatchObject({
    width: 256,
    sample_aspect_ratio: '1:1',
  })
})

it('turns a rotated film upright and leaves no rotation behind', async () => {
  // The left half is white: upright, after a quarter turn, the upper or the lower half is.
  const flat = await madeFilm('flat.mp4', [
    ...bars('320x180', '-vf', 'drawbox=c=black:t=fill,drawbox=w=iw/2:c=white:t=fill', ...ULTRAFAST),
  ])
  const path = await madeFilm('turned.mp4', ['-i', flat, '-c', 'copy', '-metadata:s:v:0', 'rotate=90'])
  await using made = await make([wholeTask({ ...TEN_FRAMES, path }, [rung('144p', 144, 256)])])
  const file = await placed(made.folder, made.shelf.track('144p'))
  const [stream] = (await probed(file, 'stream:stream_side_data')).streams ?? []
  expect(stream?.side_data_list).toBeUndefined()
  const half = (y: number) =>
    decoded(file, ['-frames:v', '1', '-vf', `crop=144:64:0:${y},scale=2:2,format=gray`])
  expect(await half(0)).not.toEqual(await half(192))
})

it.each(['pq', 'hlg'] as const)('makes 8-bit BT.709 of a %s film', async (hdr) => {
  const transfer = hdr === 'pq' ? 'smpte2084' : 'arib-std-b67'
  const tags = ['-color_primaries', 'bt2020', '-color_trc', transfer, '-colorspace', 'bt2020nc']
  const params = `log-level=error:colorprim=bt2020:transfer=${transfer}:colormatrix=bt2020nc`
  const hevc = [
    '-pix_fmt',
    'yuv420p10le',
    '-c:v',
    'libx265',
    '-preset',
    'ultrafast',
    '-x265-params',
    params,
    ...tags,
  ]
  const path = await madeFilm(`${hdr}.mp4`, bars('320x180', ...hevc))
  expect(await streamOf({ ...TEN_FRAMES, path, video: { hdr } }, rung('144p', 256, 144))).toMatchObject({
    pix_fmt: 'yuv420p',
    profile: 'High',
    color_primaries: 'bt709',
    color_transfer: 'bt709',
    color_space: 'bt709',
    color_range: 'tv',
  })
})

/** Mean luma of the first picture, 0..255. */
async function brightness(path: string): Promise<number> {
  const source = `movie=${path},signalstats`
  const args = [
    '-v',
    'error',
    '-f',
    'lavfi',
    '-show_entries',
    'frame_tags=lavfi.signalstats.YAVG',
    '-of',
    'json',
  ]
  const { stdout } = await run('ffprobe', [...args, '-read_intervals', '%+#1', source])
  return Number(JSON.parse(stdout).frames[0].tags['lavfi.signalstats.YAVG'])
}

it('takes the PQ curve out of the picture, not only out of its tags', async () => {
  // 58 % of the PQ signal is 200 cd/m², twice the white that tone-mapping aims at: bright, not mid-grey.
  const grey = ['-f', 'lavfi', '-i', 'color=c=0x949494:s=320x180:r=25:d=0.4', '-vf', 'format=yuv420p10le']
  const tags = ['-color_primaries', 'bt2020', '-color_trc', 'smpte2084', '-colorspace', 'bt2020nc']
  const params = 'log-level=error:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc'
  const path = await madeFilm('grey.mp4', [...grey, '-c:v', 'libx265', '-x265-params', params, ...tags])
  await using made = await make([
    wholeTask({ ...TEN_FRAMES, path, video: { hdr: 'pq' } }, [rung('144p', 256, 144)]),
  ])
  const before = await brightness(path)
  const after = await brightness(await placed(made.folder, made.shelf.track('144p')))
  expect(after - before / 4).toBeGreaterThan(10)
})

/** Red, green and blue of the first picture as a player shows it, which takes it for BT.709. */
async function shownColour(path: string): Promise<number[]> {
  const filter = 'scale=in_color_matrix=bt709:in_range=tv,format=rgb24,crop=1:1'
  const args = ['-v', 'error', '-i', path, '-vf', filter, '-frames:v', '1', '-f', 'rawvideo', '-']
  const { stdout } = await run('ffmpeg', args, { encoding: 'buffer' })
  return [...stdout]
}

const colourOf = async (path: string, video = {}) => {
  await using made = await make([wholeTask({ ...TEN_FRAMES, path, video }, [rung('144p', 256, 144)])])
  return await shownColour(await placed(made.folder, made.shelf.track('144p')))
}
const farthest = (found: number[], due: number[]) =>
  Math.max(...due.map((part, i) => Math.abs(part - (found[i] ?? 0))))

it.each([
  ['BT.601', 'bt601', ['-colorspace', 'smpte170m'], {}],
  ['BT.709', 'bt709', ['-colorspace', 'bt709'], {}],
  ['untagged standard definition', 'bt601', [], {}],
  ['untagged high definition', 'bt709', [], { displayWidth: 1280, displayHeight: 720 }],
] as const)('keeps the colours of a film in %s', async (_, matrix, tags, video) => {
  const green = ['-f', 'lavfi', '-i', 'color=c=0x20C040:s=320x180:r=25:d=0.4,format=rgb24']
  const filter = ['-vf', `scale=out_color_matrix=${matrix}:out_range=tv,format=yuv420p`]
  const path = await madeFilm('green.mp4', [...green, ...filter, ...ULTRAFAST, ...tags])
  expect(farthest(await colourOf(path, video), [0x20, 0xc0, 0x40])).toBeLessThan(8)
})

it('keeps the contrast of a film in full range', async () => {
  const grey = ['-f', 'lavfi', '-i', 'color=c=0xF4F4F4:s=320x180:r=25:d=0.4,format=rgb24']
  const filter = ['-vf', 'scale=out_range=pc,format=yuvj420p', '-color_range', 'pc']
  const path = await madeFilm('full.mp4', [...grey, ...filter, ...ULTRAFAST])
  expect(farthest(await colourOf(path), [0xf4, 0xf4, 0xf4])).toBeLessThan(6)
})

it('makes whole pictures of an interlaced film', async (ctx) => {
  const film = await opencvFilmOrSkip(ctx, 'Megamind.avi')
  const fields = ['-i', film, '-t', '4', '-an', '-vf', 'interlace=scan=tff', '-flags', '+ildct+ilme']
  const path = await madeFilm('fields.mp4', [...fields, ...ULTRAFAST])
  const video = { interlaced: true }
  await using made = await make([
    wholeTask({ path, rate: { num: 12_000, den: 1001 }, frames: 40, video }, [rung('528p', 720, 528)]),
  ])
  const file = await placed(made.folder, made.shelf.track('528p'))
  expect(await combed(file)).toBeLessThan((await combed(path)) / 10)
})

/** How many of the pictures ffmpeg's detector finds to be two fields, from their content alone. */
async function combed(path: string): Promise<number> {
  const args = ['-hide_banner', '-i', path, '-vf', 'setfield=prog,idet', '-f', 'null', '-']
  const { stderr } = await run('ffmpeg', args)
  const [, tff, bff] = /Multi frame detection: TFF: *(\d+) BFF: *(\d+)/.exec(stderr) ?? []
  return Number(tff) + Number(bff)
}

it('warns of damage in the chunk where it lies, and not in the next one that decodes over it', async () => {
  const film = { path: await corruptMiddleFilm(), rate: { num: 25, den: 1 }, frames: 200 }
  await using made = await make(tasksOf(film, { gopFrames: 20, gops: 4 }))
  const codes = made.outputs.map(({ warnings }) => warnings.map((warning) => warning.code))
  expect(codes).toEqual([[], ['corrupt-frames'], []])
})

it('fails where no picture of the film can be decoded', async () => {
  const whole = await madeFilm('whole.mp4', bars('320x180', ...ULTRAFAST))
  const path = await keptFile('zeros.mp4', `${whole} without its pictures`, async (draft) => {
    const bytes = await readFile(whole)
    const { content, end } = boxOf(bytes, ['mdat'])
    await writeFile(draft, bytes.fill(0, content, end))
  })
  await expect(make([wholeTask({ ...TEN_FRAMES, path }, RUNGS)])).rejects.toThrow(
    'no picture could be decoded',
  )
})

it('fails with what ffmpeg said where no picture can be decoded', async () => {
  const path = await madeFilm('sound.m4a', ['-f', 'lavfi', '-i', 'sine=d=1', '-c:a', 'aac'])
  await expect(make([wholeTask({ ...TEN_FRAMES, path }, RUNGS)])).rejects.toSatisfy(
    (error) => error instanceof MediaFailed && error.tail !== '',
  )
})
