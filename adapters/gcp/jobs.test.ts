import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { jobsContract } from '../../core/ports/jobs.contract.ts'
import type { VideoId } from '../../core/run/id.ts'
import { systemClock } from '../node/clock.ts'
import { openGcpCredentials, openGoogleApi } from './credentials.ts'
import { type Alone, openGcpJobs } from './jobs.ts'
import { TOKEN } from './testing/env.ts'
import { openRunJobs } from './testing/run-jobs.ts'

/** Writes its id down, then does what the generation says. */
const SCRIPT = `
const { appendFileSync } = require('node:fs')
const { JOB_KIND, JOB_ID, JOB_INPUT, STARTED } = process.env
const { generation } = JSON.parse(JOB_INPUT)
if (JOB_KIND !== process.env.CLOUD_RUN_JOB.slice(5)) process.exit(9)
appendFileSync(STARTED, JOB_ID + '\\n')
if (generation === 1) process.exit(0)
if (generation === 2) process.exit(2)
setInterval(() => {}, 1000)
`

const JOBS = { transcode: 'demo-transcode', thumbnails: 'demo-thumbnails' } as const

/** One after the other, whatever the id: what the database does between processes. */
function oneByOne(): Alone {
  let last: Promise<unknown> = Promise.resolve()
  return (_, body) => {
    const work = last.then(body)
    last = work.catch(() => undefined)
    return work
  }
}

async function open() {
  const stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'skyreel-run-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const STARTED = join(folder, 'started')
  await writeFile(STARTED, '')
  const place = { project: 'demo-project', location: 'europe-west1' }
  const template = { command: process.execPath, args: ['-e', SCRIPT], env: { STARTED } }
  const run = stack.use(
    await openRunJobs({
      ...place,
      token: TOKEN,
      jobs: { [JOBS.transcode]: template, [JOBS.thumbnails]: template },
    }),
  )
  const api = openGoogleApi({ credentials: openGcpCredentials({ token: TOKEN }), clock: systemClock })
  const jobs = openGcpJobs({
    ...{ ...place, jobs: JOBS, endpoint: run.origin },
    ...{ api, clock: systemClock, alone: oneByOne() },
  })
  const started = async () => (await readFile(STARTED, 'utf8')).split('\n').filter((line) => line !== '')
  return { jobs, run, started, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

jobsContract('Cloud Run jobs', open)

const input = (generation: number) => ({ videoId: 'vid_1' as string as VideoId, generation })

describe('Cloud Run jobs', () => {
  it('start an id once when two ask at the same time', async () => {
    await using at = await open()
    await Promise.all([1, 2].map(() => at.jobs.start('transcode', 'a', input(3))))
    expect(at.run.executions).toHaveLength(1)
  })
  it('run each kind as the job that is deployed for it', async () => {
    await using at = await open()
    await at.jobs.start('thumbnails', 'a', input(1))
    await expect.poll(() => at.jobs.state('a'), { timeout: 20_000 }).toBe('done')
  })
  it('find an execution behind the first page', async () => {
    await using at = await open()
    await at.jobs.start('transcode', 'old', input(3))
    for (let i = 0; i < 100; i++) await at.jobs.start('transcode', `new-${i}`, input(3))
    expect(await at.jobs.state('old')).not.toBe('unknown')
  })
  it('send nothing that the service refused', async () => {
    await using at = await open()
    await at.jobs.start('transcode', 'a', input(3))
    await at.jobs.stop('a')
    expect(at.run.refusals).toEqual([])
  })
})
