import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { OutputFile, SourceReport, StillsOutput, Watch } from '../../core/ports/media.ts'
import { type Engine, findEngine } from './engine.ts'
import { probeSource } from './probe.ts'
import { makeStills } from './stills.ts'
import { madeFilm } from './testing/films.ts'
import * as films from './testing/recipes.ts'

const run = promisify(execFile)
const native = await findEngine()
const wasm = await findEngine({ prefer: 'wasm' })
const signal = new AbortController().signal

interface Wish {
  readonly engine?: Engine
  readonly posterAtSeconds?: number
  readonly everySeconds?: number
  readonly columns?: number
  readonly watch?: Watch
  /** Path of the film in its lowest quality. */
  readonly preview?: string
}
interface Made {
  readonly output: StillsOutput
  readonly report: SourceReport
  readonly files: ReadonlyMap<string, Buffer>
  readonly leftOver: readonly string[]
}

/** Tiles are 32 x 18, in sheets of `columns` x 2. */
async function stillsOf(film: Promise<string>, wish: Wish = {}): Promise<Made> {
  const { engine = native, everySeconds = 1, columns = 2 } = wish
  const watch = wish.watch ?? { signal, progress: () => undefined }
  const scratch = join(tmpdir(), `skyreel-stills-${randomUUID()}`)
  await mkdir(scratch)
  onTestFinished(() => rm(scratch, { recursive: true }))
  const source = await film
  const answer = await probeSource(native, source, { signal, progress: () => undefined })
  if ('refused' in answer) throw new Error(`refused: ${answer.refused.reason}`)
  const { report } = answer
  const tiles = Math.ceil(report.durationSeconds / everySeconds)
  const storyboard = { tileWidth: 32, tileHeight: 18, columns, rows: 2, everySeconds, tiles }
  const files = new Map<string, Buffer>()
  const sink = async (file: OutputFile) => {
    files.set(file.name, Buffer.concat(await Array.fromAsync(file.read())))
  }
  const { preview: path } = wish
  const preview = path === undefined ? {} : { preview: () => createReadStream(path) }
  const task = { source, report, storyboard, posterAtSeconds: wish.posterAtSeconds ?? 0, ...preview }
  const output = await makeStills(engine, scratch, task, sink, watch)
  return { output, report, files, leftOver: await readdir(scratch) }
}

/** Red, green and blue, 0 to 255, of one pixel of a JPEG. */
async function pixel({ files }: Made, name: string, [x, y]: readonly [number, number]): Promise<number[]> {
  const pipe = run(
    'ffmpeg',
    ['-v', 'error', '-i', 'pipe:0', '-vf', `format=rgb24,crop=1:1:${x}:${y}`, ...RAW],
    {
      encoding: 'buffer',
    },
  )
  pipe.child.stdin?.end(files.get(name))
  return [...(await pipe).stdout]
}
const RAW = ['-f', 'rawvideo', 'pipe:1']

async function sizeOf({ files }: Made, name: string): Promise<string> {
  const asked = ['-v', 'error', '-show_entries', 'stream=width,height', '-of', 'csv=p=0:s=x', 'pipe:0']
  const pipe = run('ffprobe', asked)
  pipe.child.stdin?.end(files.get(name))
  return (await pipe).stdout.trim()
}

/** Which colour a pixel is, by its strongest part. */
async function colour(made: Made, name: string, at: readonly [number, number]): Promise<string> {
  const [red = 0, green = 0, blue = 0] = await pixel(made, name, at)
  if (Math.max(red, green, blue) < 60) return 'black'
  return red > green && red > blue ? 'red' : green > blue ? 'green' : 'blue'
}
const TILE_CENTRES = [
  [16, 9],
  [48, 9],
  [16, 27],
  [48, 27],
] as const

/** Red, green, blue and red again, a quarter each. */
function colours(seconds: number, gop: number): Promise<string> {
  const part = seconds / 4
  const inputs = ['red', '#00ff00', 'blue', 'red'].flatMap((name) => [
    ...['-f', 'lavfi', '-i', `color=${name}:s=64x36:r=5:d=${part}`],
  ])
  const coded = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-g', String(gop), '-sc_threshold', '0']
  return madeFilm('colours.mp4', [...inputs, '-filter_complex', '[0][1][2][3]concat=n=4', ...coded])
}

/** Red, and over before a second is. */
const moment = (container: 'mp4' | 'avi', rate: number, frames: number): Promise<string> =>
  madeFilm(`moment.${container}`, [
    ...['-f', 'lavfi', '-i', `color=red:s=64x36:r=${rate}`, '-frames:v', String(frames)],
    ...(container === 'avi' ? ['-c:v', 'mpeg4'] : ['-c:v', 'libx264', '-pix_fmt', 'yuv420p']),
  ])

describe.each([native, wasm])('stills by the $kind engine', (engine) => {
  it('show the poster of a large film at 1280 pixels', async () => {
    const made = await stillsOf(films.silentFilm('1920x1080', 5, 1), { engine })
    await expect(sizeOf(made, 'poster.jpg')).resolves.toBe('1280x720')
  })

  it('show each part of a short film on its tile', async () => {
    const made = await stillsOf(colours(8, 10), { engine, everySeconds: 2 })
    const tiles = await Promise.all(TILE_CENTRES.map((at) => colour(made, 'storyboard-0.jpg', at)))
    expect(tiles).toEqual(['red', 'green', 'blue', 'red'])
  })
})

describe.each([native, wasm])('stills of a moment by the $kind engine', (engine) => {
  it.each([
    ['mp4', 25, 3],
    ['mp4', 25, 10],
    ['mp4', 10, 2],
    ['avi', 25, 3],
  ] as const)(
    'show a poster and a tile of an %s film at %i frames a second with %i of them',
    async (container, rate, frames) => {
      const made = await stillsOf(moment(container, rate, frames), { engine })
      const [poster, tile] = [colour(made, 'poster.jpg', [32, 18]), colour(made, 'storyboard-0.jpg', [16, 9])]
      expect([await poster, await tile]).toEqual(['red', 'red'])
    },
  )
})

describe('the poster', () => {
  it('shows the film near the time asked for', async () => {
    const made = await stillsOf(colours(20, 10), { posterAtSeconds: 6 })
    await expect(colour(made, 'poster.jpg', [32, 18])).resolves.toBe('green')
  })

  it('comes from the beginning where the film has nothing at that time', async () => {
    const made = await stillsOf(colours(8, 10), { posterAtSeconds: 600 })
    await expect(colour(made, 'poster.jpg', [32, 18])).resolves.toBe('red')
  })

  it('stands upright', async () => {
    await expect(sizeOf(await stillsOf(films.rotatedFilm(90)), 'poster.jpg')).resolves.toBe('180x320')
  })

  it('has square pixels', async () => {
    await expect(sizeOf(await stillsOf(films.anamorphicFilm()), 'poster.jpg')).resolves.toBe('1024x576')
  })

  it('has even sides', async () => {
    await expect(sizeOf(await stillsOf(films.oddSizeFilm()), 'poster.jpg')).resolves.toBe('1280x720')
  })

  it('keeps the colours of a film in BT.709', async () => {
    const tags = ['-color_primaries', 'bt709', '-color_trc', 'bt709', '-colorspace', 'bt709']
    const green = ['-f', 'lavfi', '-i', 'color=#00c800:s=64x36:d=1', '-vf', 'scale=out_color_matrix=bt709']
    const made = await stillsOf(
      madeFilm('bt709.mp4', [...green, '-c:v', 'libx264', '-pix_fmt', 'yuv420p', ...tags]),
    )
    const [red = 0, level = 0] = await pixel(made, 'poster.jpg', [32, 18])
    expect([red < 12, Math.abs(level - 200) < 12]).toEqual([true, true])
  })

  it('maps HDR: white of 100 nits is brighter than the grey that its PQ code would be in SDR', async () => {
    const code = 'format=yuv420p10le,geq=lum=509:cb=512:cr=512'
    const pq = ['-color_primaries', 'bt2020', '-color_trc', 'smpte2084', '-colorspace', 'bt2020nc']
    const params = 'log-level=error:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc'
    const coded = ['-c:v', 'libx265', '-x265-params', params, ...pq, '-tag:v', 'hvc1']
    const made = await stillsOf(
      madeFilm('white.mp4', ['-f', 'lavfi', '-i', 'color=white:s=128x72:d=1', '-vf', code, ...coded]),
    )
    const [level = 0] = await pixel(made, 'poster.jpg', [32, 18])
    // Unmapped it is 129.
    expect(level).toBeGreaterThan(145)
  })
})

describe('the storyboard', () => {
  it('goes over as many sheets as its tiles need', async () => {
    const made = await stillsOf(films.plainFilm(), { columns: 1 })
    expect(made.output.sheets).toEqual(['storyboard-0.jpg', 'storyboard-1.jpg'])
  })

  it('of a moment comes of its lowest quality too', async () => {
    const film = await moment('mp4', 25, 5)
    const made = await stillsOf(Promise.resolve(film), { preview: film })
    await expect(colour(made, 'storyboard-0.jpg', [16, 9])).resolves.toBe('red')
  })

  it('leaves what is behind the last tile black', async () => {
    const made = await stillsOf(colours(8, 10), { everySeconds: 3 })
    await expect(colour(made, 'storyboard-0.jpg', [48, 27])).resolves.toBe('black')
  })

  it.each([
    ['key frames alone', 25],
    ['all frames where key frames are rare', 5000],
  ])('shows each part of a long film from %s', async (_, gop) => {
    const made = await stillsOf(colours(200, gop), { everySeconds: 50 })
    const tiles = await Promise.all(TILE_CENTRES.map((at) => colour(made, 'storyboard-0.jpg', at)))
    expect(tiles).toEqual(['red', 'green', 'blue', 'red'])
  })
})

describe('the work on stills', () => {
  it('hands over JPEG files and leaves nothing behind', async () => {
    const made = await stillsOf(films.plainFilm())
    const heads = [...made.files.values()].map((bytes) => bytes.subarray(0, 2).toString('hex'))
    expect([[...made.files.keys()], heads, made.leftOver]).toEqual([
      ['poster.jpg', 'storyboard-0.jpg'],
      ['ffd8', 'ffd8'],
      [],
    ])
  })

  it('tells its progress up to one, never back', async () => {
    const seen: number[] = []
    await stillsOf(colours(200, 25), {
      everySeconds: 50,
      watch: { signal, progress: (part) => seen.push(part) },
    })
    expect([seen.at(-1), seen]).toEqual([1, seen.toSorted((a, b) => a - b)])
  })

  it('stops when the signal aborts', async () => {
    const stop = new AbortController()
    const watch = { signal: stop.signal, progress: () => stop.abort() }
    await expect(stillsOf(films.plainFilm(), { watch })).rejects.toMatchObject({ name: 'AbortError' })
  })
})
