import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { getPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { jobsContract } from '../../core/ports/jobs.contract.ts'
import type { VideoId } from '../../core/run/id.ts'
import { isAlive } from '../node/process.ts'
import { type JobRunner, openLocalJobs } from './jobs.ts'
import { memoryLog } from './testing/log.ts'

/** Writes its id down, then does what the generation says. */
const SCRIPT = `
const { appendFileSync } = require('node:fs')
const { spawn } = require('node:child_process')
const [kind, id, json] = process.argv.slice(2)
const { generation } = JSON.parse(json)
const say = (line) => appendFileSync(process.env.STARTED, line + '\\n')
say(id)
process.on('disconnect', () => process.exit(1))
if (generation === 1) process.exit(0)
if (generation === 2) process.exit(2)
if (generation === 4) process.on('SIGTERM', () => {})
if (generation === 5) say('tool ' + spawn('sleep', ['600']).pid)
if (generation === 6) { console.log(JSON.stringify({ level: 'warn', message: 'from the job', unit: 7 })); console.log('plain text') }
if (generation === 8) process.on('SIGTERM', () => process.exit(0))
if (generation === 7) say('heap ' + require('node:v8').getHeapStatistics().heap_size_limit)
say('pid ' + process.pid)
setInterval(() => {}, 60000)
`

async function open(more: Partial<JobRunner> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'skyreel-jobs-'))
  const [script, startedFile] = [join(folder, 'job.cjs'), join(folder, 'started')]
  await writeFile(script, SCRIPT)
  await appendFile(startedFile, '')
  const log = memoryLog()
  const env = { ...process.env, STARTED: startedFile }
  const base = { command: process.execPath, args: [script], env, slots: 1, memoryMb: 200, stopSeconds: 1 }
  const runner = { ...base, ...more }
  const jobs = openLocalJobs({ runner, log })
  const lines = async () => (await readFile(startedFile, 'utf8')).split('\n').filter(Boolean)
  const started = async () => (await lines()).filter((line) => !line.includes(' '))
  const said = async (word: string) =>
    Number((await lines()).find((line) => line.startsWith(`${word} `))?.split(' ')[1])
  /** Waits until the job has said it. */
  const hear = async (word: string) => {
    await expect.poll(() => said(word), { timeout: 20_000 }).toBeGreaterThan(0)
    return said(word)
  }
  const dispose = async () => {
    await jobs.close()
    await rm(folder, { recursive: true, force: true })
  }
  return { jobs, started, hear, log, script, env, [Symbol.asyncDispose]: dispose }
}

jobsContract('child processes', () => open())

const input = (generation: number) => ({ videoId: 'vid_1' as string as VideoId, generation })

describe('child processes', () => {
  it('kills a job that does not heed SIGTERM', async () => {
    await using at = await open()
    await at.jobs.start('transcode', 'a', input(4))
    const pid = await at.hear('pid')
    await at.jobs.stop('a')
    expect(isAlive(pid)).toBe(false)
  })
  it('ends the tools that a killed job leaves behind', async () => {
    await using at = await open()
    await at.jobs.start('transcode', 'a', input(5))
    const tool = await at.hear('tool')
    process.kill(await at.hear('pid'), 'SIGKILL')
    // A zombie counts as ended: who reaps it is the system's business.
    const state = () =>
      readFile(`/proc/${tool}/stat`, 'utf8').then(
        (text) => text.split(') ')[1]?.[0],
        () => 'gone',
      )
    await expect.poll(state, { timeout: 20_000 }).toMatch(/Z|gone/)
  })
  it('ends a job when the platform was killed', async () => {
    await using at = await open()
    const parent = `
      const { spawn } = require('node:child_process')
      spawn(process.execPath, [${JSON.stringify(at.script)}, 'transcode', 'a', '{"generation":3}'], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], detached: true })
      setInterval(() => {}, 60000)`
    const platform = spawn(process.execPath, ['-e', parent], { env: at.env, stdio: 'ignore' })
    const job = await at.hear('pid')
    platform.kill('SIGKILL')
    await once(platform, 'exit')
    await expect.poll(() => isAlive(job), { timeout: 20_000 }).toBe(false)
  })
  it('runs jobs at a lower priority', async () => {
    await using at = await open()
    await at.jobs.start('transcode', 'a', input(3))
    expect(getPriority(await at.hear('pid'))).toBe(10)
  })
  it('limits the heap of a job', async () => {
    await using at = await open()
    await at.jobs.start('transcode', 'a', input(7))
    expect(await at.hear('heap')).toBeLessThan(400 * 1024 ** 2)
  })
  it('passes on a job’s log lines with their level and fields, and plain text as it is', async () => {
    await using at = await open()
    await at.jobs.start('transcode', 'a', input(6))
    await expect
      .poll(() => at.log.lines, { timeout: 20_000 })
      .toEqual([
        { level: 'warn', message: 'from the job', fields: { job: 'a', unit: 7 } },
        { level: 'info', message: 'plain text', fields: { job: 'a' } },
      ])
  })
  it.each([
    ['heeds SIGTERM', 8],
    ['does not', 4],
  ])('ends a job that runs out of time and %s, as failed', async (_, generation) => {
    await using at = await open({ timeoutMinutes: { transcode: 2 / 60 } })
    await at.jobs.start('transcode', 'a', input(generation))
    await expect.poll(() => at.jobs.state('a'), { timeout: 20_000 }).toBe('failed')
    expect(at.log.lines.map(({ message }) => message)).toContain('a job ran out of time')
  })
  it('starts the next job when one has run out of time', async () => {
    await using at = await open({ timeoutMinutes: { transcode: 2 / 60 } })
    await at.jobs.start('transcode', 'a', input(3))
    await at.jobs.start('transcode', 'b', input(1))
    await expect.poll(() => at.jobs.state('b'), { timeout: 20_000 }).toBe('done')
  })
  it('tells that a command cannot be run', async () => {
    const runner = { command: '/no/such/command', args: [], slots: 1 }
    const jobs = openLocalJobs({ runner, log: memoryLog() })
    await jobs.start('transcode', 'a', input(1))
    await expect.poll(() => jobs.state('a')).toBe('failed')
  })
  it('starts nothing once it is closed', async () => {
    await using at = await open()
    await at.jobs.close()
    await at.jobs.start('transcode', 'a', input(1))
    expect(await at.jobs.state('a')).toBe('unknown')
  })
})
