import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from './bench/server-process.ts'
import { ROOT } from './settings.ts'

const started: ChildProcess[] = []
let home = ''
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'skyreel-start-'))
  // For root: PostgreSQL runs as another user, who must be able to enter.
  await chmod(home, 0o755)
})
afterEach(async () => {
  for (const child of started.splice(0))
    if (child.exitCode === null && child.kill('SIGKILL')) await once(child, 'exit')
})
afterAll(() => rm(home, { recursive: true, force: true }))

interface Running {
  readonly child: ChildProcess
  /** All that it has printed so far. */
  readonly printed: () => string
  /** Resolves when it has printed the text; throws when it ends before. */
  says(text: string): Promise<void>
  readonly ended: Promise<number | null>
}

function start(env: Record<string, string>, args: readonly string[] = []): Running {
  const command = [join(ROOT, 'scripts/start.ts'), ...args]
  const child = spawn(process.execPath, command, { env: { ...process.env, DATABASE_URL: '', ...env } })
  started.push(child)
  let printed = ''
  const hear = (text: string) => {
    printed += text
  }
  child.stdout.setEncoding('utf8').on('data', hear)
  child.stderr.setEncoding('utf8').on('data', hear)
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const says = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => printed.includes(text) && resolve()
      child.stdout.on('data', look)
      child.stderr.on('data', look)
      void ended.then((status) =>
        reject(new Error(`ended with ${status} before it said "${text}":\n${printed}`)),
      )
    })
  return { child, printed: () => printed, says, ended }
}

const up = 'Skyreel is up'

describe('npm start', () => {
  it('tells how it is used', async () => {
    const run = start({}, ['--help'])
    expect([await run.ended, run.printed().includes('SKYREEL_HOME')]).toEqual([0, true])
  })
  it('says what to do about a port that is in use', async () => {
    const other = createServer().listen(0)
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    const run = start({ PORT: String(port), SKYREEL_HOME: home })
    const status = await run.ended
    other.close()
    expect([status, run.printed()]).toEqual([1, expect.stringContaining(`PORT=${port + 1} npm start`)])
  })
  it('refuses a wrong setting without a stack trace', async () => {
    const run = start({ PORT: 'http' })
    expect([await run.ended, run.printed()]).toEqual([1, expect.not.stringContaining('    at ')])
  })
  it('serves the pages and the API, and stops cleanly on SIGINT', async () => {
    const port = await freePort()
    const run = start({ PORT: String(port), SKYREEL_HOME: home })
    await run.says(up)
    const page = await fetch(`http://localhost:${port}/studio/`)
    const ready = await fetch(`http://localhost:${port}/readyz`)
    run.child.kill('SIGINT')
    expect([page.status, ready.status, await run.ended]).toEqual([200, 200, 0])
  })
  it('keeps what was written when it is killed', async () => {
    const port = await freePort()
    const person = { email: 'kept@example.com', password: 'a long password', name: 'Kept' }
    const post = (path: string, body: object) =>
      fetch(`http://localhost:${port}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    const first = start({ PORT: String(port), SKYREEL_HOME: home })
    await first.says(up)
    await post('/v1/signup', person)
    first.child.kill('SIGKILL')
    await first.ended
    const second = start({ PORT: String(port), SKYREEL_HOME: home })
    await second.says(up)
    const login = await post('/v1/login', { email: person.email, password: person.password })
    second.child.kill('SIGTERM')
    expect([login.status, await second.ended]).toEqual([200, 0])
  })
})
