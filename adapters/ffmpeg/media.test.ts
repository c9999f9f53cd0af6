import { execFile } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { mediaContract } from '../../core/ports/media.contract.ts'
import { mediaProtectContract } from '../../core/ports/media-protect.contract.ts'
import { openMedia } from './media.ts'
import { madeFilm } from './testing/films.ts'
import { openForContract } from './testing/open-media.ts'
import { nativeEngine, openFolder, tasksOf, unwatched } from './testing/tasks.ts'

const run = promisify(execFile)

mediaContract('media with native ffmpeg', () => openForContract(nativeEngine))
mediaProtectContract('media with native ffmpeg', () => openForContract(nativeEngine))

it('ends the processes of an aborted task', async () => {
  await using folder = await openFolder()
  const path = await madeFilm('long.mp4', [
    ...['-f', 'lavfi', '-i', 'testsrc2=s=640x360:r=25:d=40', '-c:v', 'libx264', '-preset', 'ultrafast'],
  ])
  const scratchFolder = join(folder.path, 'scratch')
  const media = openMedia({ engine: nativeEngine, scratchFolder })
  const tasks = tasksOf({ path, rate: { num: 25, den: 1 }, frames: 1000 }, { gopFrames: 50, gops: 20 })
  const stop = new AbortController()
  const watch = { signal: stop.signal, progress: () => stop.abort() }
  await expect(
    Promise.all(tasks.map((task) => media.video(task, async () => undefined, watch))),
  ).rejects.toThrow()
  const { stdout } = await run('ps', ['-eo', 'args'])
  expect(stdout.split('\n').filter((line) => line.includes(scratchFolder))).toEqual([])
})

it('asks a store for the part of the film where its chunk lies', async () => {
  await using folder = await openFolder()
  const path = await madeFilm('long.mp4', [
    ...['-f', 'lavfi', '-i', 'testsrc2=s=640x360:r=25:d=40', '-c:v', 'libx264', '-preset', 'ultrafast'],
    ...['-movflags', '+faststart'],
  ])
  await using store = await serve(path)
  const [, , , last] = tasksOf({ path, rate: { num: 25, den: 1 }, frames: 1000 }, { gopFrames: 50, gops: 6 })
  if (!last) throw new Error('no last task')
  const media = openMedia({ engine: nativeEngine, scratchFolder: folder.path })
  const { tracks } = await media.video({ ...last, source: store.url }, async () => undefined, unwatched())
  expect(tracks.map((track) => track.samples)).toEqual([100])
  expect(Math.max(...store.starts) / store.size).toBeGreaterThan(0.5)
})

/** A store that answers ranges, as all of them do. */
async function serve(path: string) {
  const { size } = await stat(path)
  const starts: number[] = []
  const server = createServer((request, response) => {
    const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
    response.writeHead(206, {
      'content-range': `bytes ${start}-${size - 1}/${size}`,
      'content-length': size - start,
    })
    const file = createReadStream(path, { start })
    starts.push(start)
    // The client leaves when it has what it needs.
    pipeline(file, response).catch(() => file.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/film.mp4`
  const close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { url, size, starts, [Symbol.asyncDispose]: close }
}
