import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import type { Rung } from '../../core/ports/media.ts'
import { madeFilm, opencvFilmOrSkip } from './testing/films.ts'
import { make } from './testing/made.ts'
import { decoded, type Film, placed, probed, rung, wholeTask } from './testing/tasks.ts'

const run = promisify(execFile)

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

it('keeps the colours of a film in RGB', async () => {
  const green = ['-f', 'lavfi', '-i', 'color=c=0x20C040:s=320x180:r=25:d=0.4,format=rgb24']
  const path = await madeFilm('rgb.mov', [...green, '-c:v', 'png', '-pix_fmt', 'rgb24'])
  const video = { displayWidth: 1280, displayHeight: 720 }
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
