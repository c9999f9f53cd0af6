import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findEngine } from '../adapters/ffmpeg/engine.ts'
import type { FilmReport } from './demo/film.ts'
import { makeSample } from './demo/sample.ts'
import { ROOT } from './settings.ts'

interface Ended {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

function demo(args: readonly string[]): Promise<Ended> {
  const env = { ...process.env, SKYREEL_HOME: '', DATABASE_URL: '', INIT_CWD: tmpdir() }
  return new Promise((resolve) => {
    execFile(process.execPath, [join(ROOT, 'scripts/demo.ts'), ...args], { env }, (error, stdout, stderr) =>
      resolve({ status: Number(error?.code ?? 0), stdout, stderr }),
    )
  })
}

describe('the demo of a film and of a text that is called one', () => {
  let folder = ''
  let ended: Ended
  let films: FilmReport[] = []
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skyreel-demo-test-'))
    const { signal } = new AbortController()
    const sample = await makeSample(await findEngine({}), folder, signal, {
      seconds: 2,
      width: 480,
      height: 270,
    })
    const text = join(folder, 'text.mp4')
    await writeFile(text, 'Dear diary, this is not a film.\n'.repeat(100))
    ended = await demo(['--json', sample, text])
    films = JSON.parse(ended.stdout || '{"films":[]}').films
  }, 180_000)
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('finds that the film plays, on every rung', () => {
    const [film] = films
    expect([film?.ok, film?.status, film?.rungs.map((rung) => rung.height)], ended.stderr).toEqual([
      true,
      'ready',
      [144, 240],
    ])
  })
  it('tells its length and when it could be watched', () => {
    const [film] = films
    expect([film?.seconds, Number(film?.playableAfterSeconds) <= Number(film?.readyAfterSeconds)]).toEqual([
      expect.closeTo(2, 1),
      true,
    ])
  })
  it('tells the reason why the text is refused', () => {
    expect(films[1]).toMatchObject({ file: 'text.mp4', ok: false, status: 'failed', reason: 'not-video' })
  })
  it('ends well, because all that can play plays', () => {
    expect(ended.status, ended.stderr).toBe(0)
  })
})

describe('the demo', () => {
  it('names a film that is not there, before anything is started', async () => {
    const { status, stderr } = await demo(['lost.mp4'])
    expect([status, stderr]).toEqual([1, expect.stringContaining(`no film ${join(tmpdir(), 'lost.mp4')}`)])
  })
  it('tells how it is used when it does not know an option', async () => {
    const { status, stderr } = await demo(['--jsonn'])
    expect([status, stderr]).toEqual([1, expect.stringContaining('npm run demo -- [film ...]')])
  })
})
