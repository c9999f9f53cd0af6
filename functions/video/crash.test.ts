import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { madeFilm } from '../../adapters/ffmpeg/testing/films.ts'
import { openTestDatabase } from '../../adapters/local/testing/database.ts'
import { Client } from '../entry/testing/platform.ts'

const RUN = fileURLToPath(new URL('../entry/testing/run-platform.ts', import.meta.url))

/** A home and a database that outlive the processes which the test kills. */
async function openPlace() {
  const database = await openTestDatabase()
  const home = await mkdtemp(join(tmpdir(), 'skyreel-crash-'))
  const running = new Set<ChildProcess>()
  const start = async () => {
    const child = spawn(process.execPath, [RUN, home, database.url], { stdio: ['ignore', 'pipe', 'ignore'] })
    running.add(child)
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    return { child, origin: String((await lines.next()).value) }
  }
  const dispose = async () => {
    for (const child of running) await ended(child, 'SIGKILL')
    await database[Symbol.asyncDispose]()
    await rm(home, { recursive: true, force: true })
  }
  return { home, start, [Symbol.asyncDispose]: dispose }
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  await exit
}

const film = () =>
  madeFilm('long.mp4', [
    '-f',
    'lavfi',
    '-i',
    'testsrc2=s=640x480:r=10:d=70',
    '-pix_fmt',
    'yuv420p',
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
  ])

const account = { email: 'me@example.org', password: 'correct horse battery' }
const enter = async (origin: string, path: '/v1/signup' | '/v1/login') => {
  const { body } = await new Client(origin, undefined).call('POST', path, account)
  return new Client(origin, (body as { accessToken: string }).accessToken)
}

/** Hash of every segment and init segment of a film, by name below its generation. */
async function segmentsOf(home: string, id: string): Promise<Record<string, string>> {
  const folder = join(home, 'objects', 'media')
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((file) =>
    file.isFile(),
  )
  const hashes: Record<string, string> = {}
  for (const { parentPath, name } of files) {
    // The store's file of a segment: its name, and a mark for each time that it was written.
    const segment = /^(.*\.(?:m4s|mp4))@[0-9a-f]+$/.exec(join(parentPath, name))?.[1]
    if (!segment?.includes(id)) continue
    const bytes = await readFile(join(parentPath, name))
    hashes[segment.slice(segment.indexOf(id) + id.length)] = createHash('sha256').update(bytes).digest('hex')
  }
  return hashes
}

/** Processes of this machine whose command line has all of the words. */
async function processesWith(...words: string[]): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(
    pids.map(async (pid) => [pid, await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')] as const),
  )
  return lines.filter(([, line]) => words.every((word) => line.includes(word))).map(([pid]) => Number(pid))
}

describe('after kill -9', { timeout: 180_000 }, () => {
  it('of the platform in the middle of a film the work goes on, with the same segments as without', async () => {
    await using place = await openPlace()
    const first = await place.start()
    const before = await enter(first.origin, '/v1/signup')
    const bytes = await readFile(await film())
    const undisturbed = await before.upload('a.mp4', bytes)
    await before.until(undisturbed, ['ready'])
    const disturbed = await before.upload('b.mp4', bytes)
    expect((await before.until(disturbed, ['playable', 'ready'])).status).toBe('playable')
    await ended(first.child, 'SIGKILL')
    const second = await place.start()
    const after = await enter(second.origin, '/v1/login')
    expect((await after.until(disturbed, ['ready', 'failed'])).status).toBe('ready')
    expect(Object.keys(await segmentsOf(place.home, undisturbed))).toHaveLength(4 * 13)
    expect(await segmentsOf(place.home, disturbed)).toEqual(await segmentsOf(place.home, undisturbed))
  })
  it('of the platform right behind the last part, the film is found and transcoded', async () => {
    await using place = await openPlace()
    const first = await place.start()
    const before = await enter(first.origin, '/v1/signup')
    const bytes = await readFile(await film())
    const upload = await before.start('a.mp4', bytes.byteLength)
    const parts = await before.send(upload, bytes)
    await ended(first.child, 'SIGKILL')
    const second = await place.start()
    const after = await enter(second.origin, '/v1/login')
    await after.call('POST', `/v1/uploads/${upload.id}/complete`, { parts })
    expect((await after.until(upload.videoId, ['ready', 'failed'])).status).toBe('ready')
  })
  it('of the worker its unit is done again by the next one', async () => {
    await using place = await openPlace()
    const { origin } = await place.start()
    const me = await enter(origin, '/v1/signup')
    const id = await me.upload('a.mp4', await readFile(await film()))
    await expect
      .poll(() => processesWith('ffmpeg', place.home, '-progress'), { timeout: 30_000 })
      .not.toEqual([])
    for (const pid of await processesWith('entry/job.ts', id)) process.kill(pid, 'SIGKILL')
    await expect.poll(() => processesWith('ffmpeg', place.home), { timeout: 10_000 }).toEqual([])
    expect((await me.until(id, ['ready', 'failed'], 120)).status).toBe('ready')
  })
})
