import { execFile } from 'node:child_process'
import { mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { thumbnailerContract } from '../../core/ports/thumbnailer.contract.ts'
import type { ThumbnailsOutcome } from '../../core/ports/thumbnailer.ts'
import { CLIP_LIMITS } from '../../core/thumbnails/limits.ts'
import { madeFilm, opencvFilmOrSkip } from './testing/films.ts'
import * as hostile from './testing/hostile.ts'
import { rangedFilm } from './testing/ranged.ts'
import * as films from './testing/recipes.ts'
import { openThumbnailer } from './thumbnailer.ts'
import { wasmWorkerFiles } from './wasm-worker-files.ts'

const run = promisify(execFile)

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'skyreel-thumbnailer-'))
  onTestFinished(() => rm(path, { recursive: true }))
  return path
}

thumbnailerContract('the thumbnailer in a worker thread', async () => {
  const scratchFolder = await mkdtemp(join(tmpdir(), 'skyreel-thumbnailer-'))
  return {
    thumbnailer: openThumbnailer({ scratchFolder }),
    clip: await rangedFilm(await films.plainFilm()),
    large: await rangedFilm(await films.silentFilm('1920x1080', 5, 3)),
    sound: await rangedFilm(await films.audioOnlyFilm()),
    junk: await rangedFilm(await films.fileOf('broken.mp4', 'not a film')),
    leftovers: () => readdir(scratchFolder),
    [Symbol.asyncDispose]: () => rm(scratchFolder, { recursive: true }),
  }
})

/** Time enough for a busy machine. */
const LIMITS = { ...CLIP_LIMITS, wallSeconds: 300 }

async function picturesOf(path: string) {
  const [film, files] = [await rangedFilm(path), new Map<string, Buffer>()]
  const keep = async (file: { name: string; read(): AsyncIterable<Uint8Array> }) => {
    files.set(file.name, Buffer.concat(await Array.fromAsync(file.read())))
  }
  const scratchFolder = await folder()
  const at = { limits: LIMITS, signal: new AbortController().signal }
  const outcome = await openThumbnailer({ scratchFolder }).make(film, keep, at)
  return { outcome, film, files }
}
const made = (outcome: ThumbnailsOutcome) => {
  if (outcome.is !== 'made') throw new Error(JSON.stringify(outcome))
  return outcome
}

/** Bytes of a picture's RGB pixels, scaled to `width` x `height`. */
async function pixels(picture: Buffer | undefined, [width, height]: readonly [number, number]) {
  const asked = ['-v', 'error', '-i', 'pipe:0', '-vf', `scale=${width}:${height}:flags=area,format=rgb24`]
  const pipe = run('ffmpeg', [...asked, '-f', 'rawvideo', 'pipe:1'], { encoding: 'buffer' })
  pipe.child.stdin?.end(picture)
  return [...(await pipe).stdout]
}
const NAMES = ['red', 'green', 'blue']
const strongest = (rgb: readonly number[]) => NAMES[rgb.indexOf(Math.max(...rgb))]

/** Red, green, blue and red again, a quarter each, with a key frame every two seconds. */
const colours = (size: string, seconds: number, more: readonly string[] = []) => {
  const inputs = ['red', '#00ff00', 'blue', 'red'].flatMap((name) => [
    ...['-f', 'lavfi', '-i', `color=${name}:s=${size}:r=10:d=${seconds / 4}`],
  ])
  const coded = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '20']
  return madeFilm('colours.mp4', [...inputs, '-filter_complex', '[0][1][2][3]concat=n=4', ...coded, ...more])
}

describe('the pictures', () => {
  it('of a 1080p film have a poster of 1280 pixels', async () => {
    const { outcome } = await picturesOf(await films.silentFilm('1920x1080', 5, 3))
    expect(made(outcome).stills.poster).toMatchObject({ width: 1280, height: 720 })
  })
  it('of a turned film stand upright', async () => {
    const { outcome } = await picturesOf(await films.rotatedFilm(90))
    expect(made(outcome).stills.poster).toMatchObject({ width: 180, height: 320 })
  })
  it.each([
    ['decoded through', '64x36', 8],
    ['of key frames', '1280x720', 40],
  ])('of a film %s show each part of it on its tile', async (_, size, seconds) => {
    const { outcome, files } = await picturesOf(await colours(size, seconds))
    const { columns, rows, tiles } = made(outcome).stills.storyboard
    const shown = await pixels(files.get('storyboard-0.jpg'), [columns, rows])
    const tileColours = Array.from({ length: tiles }, (_, n) => strongest(shown.slice(3 * n, 3 * n + 3)))
    const quarters = [0.1, 0.4, 0.6, 0.9].map((part) => tileColours[Math.floor(part * tiles)])
    expect(quarters).toEqual(['red', 'green', 'blue', 'red'])
  })
  it('of a real film come from less than a third of its bytes', async (ctx) => {
    const source = await opencvFilmOrSkip(ctx, 'vtest.avi')
    const { outcome, film } = await picturesOf(source)
    expect(made(outcome).cost.fetchedBytes).toBeLessThan(film.sizeBytes / 3)
  })
  it('are not tried of AV1, which the core cannot decode', async () => {
    const coded = ['-c:v', 'libaom-av1', '-cpu-used', '8', '-usage', 'realtime', '-pix_fmt', 'yuv420p']
    const path = await madeFilm('av1.mp4', ['-f', 'lavfi', '-i', 'testsrc2=s=64x64:r=5:d=1', ...coded])
    expect((await picturesOf(path)).outcome).toMatchObject({ is: 'beyond', reason: 'codec' })
  })
})

describe('a film of three gigabytes', () => {
  it('with its index at the end is not read but for its beginning, its end and its key frames', async () => {
    const path = join(await folder(), 'huge.mp4')
    await hugeFilm(path, 3_000_000_000)
    const { outcome, film } = await picturesOf(path)
    const bytes = film.asked.reduce((sum, part) => sum + part.bytes, 0)
    expect([made(outcome).cost.fetchedBytes, bytes < 16 * 1024 ** 2]).toEqual([bytes, true])
  })
})

/** A film with a hole of `bytes` between its pictures and its index. Sparse on disk. */
async function hugeFilm(path: string, bytes: number): Promise<void> {
  const whole = await readFile(await colours('320x180', 8))
  const moov = whole.indexOf('moov') - 4
  const file = await open(path, 'w')
  await file.write(whole.subarray(0, moov), 0, undefined, 0)
  const free = Buffer.alloc(16)
  free.writeUInt32BE(1, 0)
  free.write('free', 4, 'latin1')
  free.writeBigUInt64BE(BigInt(bytes), 8)
  await file.write(free, 0, undefined, moov)
  await file.write(whole.subarray(moov), 0, undefined, moov + bytes)
  await file.close()
}

describe('a film of bad will', () => {
  it.each([
    ['without a byte', hostile.zeroBytes, 'nothing'],
    ['of text', hostile.textFile, 'nothing'],
    ['of noise', hostile.noise, 'nothing'],
    ['that is a playlist', hostile.playlistFile, 'nothing'],
    ['that lists files of the machine', hostile.concatFile, 'nothing'],
    ['that is a picture', hostile.hugePng, 'nothing'],
    ['8200 pixels wide', hostile.wideFilm, 'nothing'],
    ['of 25 hours', hostile.endlessFilm, 'beyond'],
    ['that is encrypted', () => hostile.encryptedFilm('cenc', false), 'nothing'],
    ['that hides its encryption', () => hostile.encryptedFilm('cbcs', true), 'nothing'],
  ])('%s shows nothing', async (_, film, is) => {
    const { outcome, files } = await picturesOf(await film())
    expect([outcome.is, [...files.keys()]]).toEqual([is, []])
  })
  it.each([1, 2, 3, 4, 5, 6])('with random bytes (%i) ends in some way', async (seed) => {
    const path = join(await folder(), 'damaged.mp4')
    await writeFile(path, damaged(await readFile(await colours('320x180', 8)), seed))
    expect(['made', 'beyond', 'nothing']).toContain((await picturesOf(path)).outcome.is)
  })
})

/** Every hundredth byte or so is another one, by a generator that always gives the same. */
function damaged(film: Buffer, seed: number): Buffer {
  const copy = Buffer.from(film)
  for (let at = 0, random = seed; at < copy.length; at += 1 + (random % 200)) {
    random = (random * 1_103_515_245 + 12_345) % 2_147_483_648
    copy[at] = random % 256
  }
  return copy
}

describe('a film whose caller has gone already', () => {
  it('does not wait behind another', { timeout: 10_000 }, async () => {
    const thumbnailer = openThumbnailer({ scratchFolder: await folder() })
    const [first, why] = [new AbortController(), new Error('enough')]
    const read = () => new Promise<Uint8Array>(() => undefined)
    const keep = async () => undefined
    const before = thumbnailer.make({ sizeBytes: 1000, read }, keep, { limits: LIMITS, signal: first.signal })
    const at = { limits: LIMITS, signal: AbortSignal.abort(why) }
    await expect(thumbnailer.make({ sizeBytes: 1000, read }, keep, at)).rejects.toBe(why)
    first.abort(why)
    await expect(before).rejects.toBe(why)
  })
})

describe('the process', () => {
  it('outlives the thread that decodes', async () => {
    const worker = new URL('./testing/dying-worker.ts', import.meta.url)
    const files = { ...wasmWorkerFiles(), worker }
    const thumbnailer = openThumbnailer({ scratchFolder: await folder(), files })
    const at = { limits: LIMITS, signal: new AbortController().signal }
    const film = await rangedFilm(await films.plainFilm())
    const outcome = await thumbnailer.make(film, async () => undefined, at)
    expect(outcome).toMatchObject({ is: 'beyond', reason: 'crashed' })
  })
  it.each([
    ['1080p H.264', () => films.silentFilm('1920x1080', 30, 20)],
    ['1080p HDR', () => largeHdrFilm()],
  ])('keeps within 400 MB for %s', async (_, film) => {
    const once = fileURLToPath(new URL('./testing/thumbnail-once.ts', import.meta.url))
    const { stdout } = await run(process.execPath, [once, await film(), await folder()])
    const { is, peakMb } = JSON.parse(stdout) as { is: string; peakMb: number }
    expect([is, peakMb < 400 ? 'within' : peakMb]).toEqual(['made', 'within'])
  })
})

function largeHdrFilm(): Promise<string> {
  const tags = ['-color_primaries', 'bt2020', '-color_trc', 'smpte2084', '-colorspace', 'bt2020nc']
  const params = 'log-level=error:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc'
  const coded = ['-pix_fmt', 'yuv420p10le', '-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', params]
  return madeFilm('hdr.mp4', ['-f', 'lavfi', '-i', 'testsrc2=s=1920x1080:r=24:d=4', ...coded, ...tags])
}
