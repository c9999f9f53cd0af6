import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runTool } from './run.ts'
import { rangedFilm } from './testing/ranged.ts'
import { plainFilm } from './testing/recipes.ts'
import { FILM_PATH } from './wasm-range-files.ts'
import { type FilmWorker, startFilmWorker } from './wasm-worker-engine.ts'

const MB = 1024 ** 2

interface OpenWorker extends AsyncDisposable {
  readonly worker: FilmWorker
  readonly folder: string
  readonly stop: AbortController
  ffmpeg(...args: readonly string[]): Promise<string>
}

async function openWorker(): Promise<OpenWorker> {
  const folder = await mkdtemp(join(tmpdir(), 'skyreel-worker-'))
  const [stop, film] = [new AbortController(), await rangedFilm(await plainFilm())]
  const { signal } = stop
  const worker = startFilmWorker(film, { folder, fetchBytes: 64 * MB, heapBytes: 192 * MB, signal })
  const ffmpeg = async (...args: readonly string[]) =>
    (await runTool(worker.engine.ffmpeg, ['-v', 'error', '-y', ...args], { signal })).stdout
  const dispose = async () => {
    await worker.close()
    await rm(folder, { recursive: true })
  }
  return { worker, folder, stop, ffmpeg, [Symbol.asyncDispose]: dispose }
}

const NOTHING = ['-f', 'null', '-']

describe('ffmpeg in a worker thread', () => {
  it('decodes the film that it is given in ranges to the frames of the file', async () => {
    await using at = await openWorker()
    const frames = await at.ffmpeg('-i', FILM_PATH, '-map', '0:v', '-f', 'framemd5', 'pipe:1')
    await using other = await openWorker()
    await copyFile(await plainFilm(), join(other.folder, 'film.mp4'))
    expect(frames).toBe(await other.ffmpeg('-i', 'film.mp4', '-map', '0:v', '-f', 'framemd5', 'pipe:1'))
  })
  it('runs a hundred times in one core', async () => {
    await using at = await openWorker()
    for (let i = 0; i < 100; i++) await at.ffmpeg('-i', FILM_PATH, '-frames:v', '1', ...NOTHING)
    expect(at.worker.cost().heapBytes).toBeLessThan(64 * MB)
  })
  it('tells a failure by its status and words', async () => {
    await using at = await openWorker()
    const failed = at.ffmpeg('-i', 'nowhere.mp4', ...NOTHING)
    await expect(failed).rejects.toMatchObject({ status: 1, tail: expect.stringContaining('No such file') })
  })
  it('goes on after a failure', async () => {
    await using at = await openWorker()
    await at.ffmpeg('-i', 'nowhere.mp4', ...NOTHING).catch((error: unknown) => error)
    await expect(at.ffmpeg('-i', FILM_PATH, '-frames:v', '1', ...NOTHING)).resolves.toBe('')
  })
  it('sees no file of the machine but those of its folder', async () => {
    await using at = await openWorker()
    const outside = at.ffmpeg('-f', 'rawvideo', '-s', '2x2', '-i', '/etc/passwd', ...NOTHING)
    await expect(outside).rejects.toMatchObject({ tail: expect.stringContaining('No such file') })
  })
  it('cannot write to the film', async () => {
    await using at = await openWorker()
    const written = at.ffmpeg('-f', 'lavfi', '-i', 'color=d=0.1', '-f', 'avi', FILM_PATH)
    await expect(written).rejects.toMatchObject({ name: 'MediaFailed' })
  })
  it('that crashes throws, and its process goes on', async () => {
    await using at = await openWorker()
    // The core's own Huffman tables overrun its stack at 1080p.
    const large = ['-f', 'lavfi', '-i', 'testsrc2=s=1920x1080:r=1', '-frames:v', '1', '-q:v', '2']
    await expect(at.ffmpeg(...large, 'x.jpg')).rejects.toMatchObject({ because: 'crashed' })
  })
  it('that never ends is ended by the signal', async () => {
    await using at = await openWorker()
    const why = new Error('enough')
    const endless = at.ffmpeg('-f', 'lavfi', '-i', 'testsrc2', ...NOTHING)
    at.stop.abort(why)
    await expect(endless).rejects.toBe(why)
  })
  it('that was ended takes no more work', async () => {
    await using at = await openWorker()
    at.stop.abort(new Error('enough'))
    await expect(at.ffmpeg('-version')).rejects.toThrow('enough')
  })
})
