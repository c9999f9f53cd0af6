import { describe, expect, it } from 'vitest'
import { jobsContract } from '../../core/ports/jobs.contract.ts'
import type { VideoId } from '../../core/run/id.ts'
import { systemClock } from '../node/clock.ts'
import { openManagedIdentity } from './credentials.ts'
import { type AzureJobsOptions, openAzureJobs } from './jobs.ts'
import { type ContainerJobsOptions, openContainerJobs } from './testing/container-jobs.ts'
import { THUMBNAILS_JOB, TRANSCODE_JOB } from './testing/environment.ts'
import { openIdentity } from './testing/identity.ts'

/** Does what the generation says, and ends with whoever started it. */
const SCRIPT = `
process.stdin.resume().on('end', () => process.exit(1))
const { JOB_KIND, JOB_ID, JOB_INPUT, SKYREEL_BUCKET_MEDIA, SHIPPED_WITH } = process.env
const { generation } = JSON.parse(JOB_INPUT)
if (generation === 1) process.exit(0)
if (generation === 2) process.exit(2)
if (generation === 4) process.on('SIGTERM', () => {})
console.log(JSON.stringify([JOB_KIND, JOB_ID, JOB_INPUT, SKYREEL_BUCKET_MEDIA, SHIPPED_WITH]))
setInterval(() => {}, 60000)
`

const JOBS = { transcode: TRANSCODE_JOB, thumbnails: THUMBNAILS_JOB }

/** One after the other within this process; the platform's is a lock of the database. */
function alone(): AzureJobsOptions['alone'] {
  let last: Promise<unknown> = Promise.resolve()
  return (_, body) => {
    const mine = last.then(body)
    last = mine.catch(() => undefined)
    return mine
  }
}

async function open(over: Partial<typeof JOBS> = {}, more: Partial<ContainerJobsOptions> = {}) {
  const stack = new AsyncDisposableStack()
  const identity = stack.use(await openIdentity())
  const server = stack.use(
    await openContainerJobs({
      identity,
      jobIds: [TRANSCODE_JOB, THUMBNAILS_JOB],
      command: [process.execPath, '-e', SCRIPT],
      graceMs: 300,
      ...more,
    }),
  )
  const jobs = openAzureJobs({
    config: { jobs: { ...JOBS, ...over }, resourceManager: server.origin },
    credential: openManagedIdentity(identity.identity, systemClock),
    ...{ clock: systemClock, alone: alone() },
  })
  const started = async () => [...server.started]
  return { server, jobs, started, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

jobsContract('Container Apps jobs', () => open())

const input = (generation: number) => ({ videoId: 'vid_1' as string as VideoId, generation })

describe('Container Apps jobs', () => {
  it('tells the container its work, beside what the job itself says', async () => {
    await using at = await open()
    await at.jobs.start('transcode', 'a', input(3))
    await expect
      .poll(() => at.server.output(), { timeout: 20_000 })
      .toBe(
        `${JSON.stringify(['transcode', 'a', '{"videoId":"vid_1","generation":3}', 'media', 'a secret of the job'])}\n`,
      )
  })
  it('sends nothing that the service does not know', async () => {
    await using at = await open()
    await at.jobs.start('transcode', 'a', input(3))
    await at.jobs.stop('a')
    expect(at.server.refusals).toEqual([])
  })
  it('starts one container where two ask at once', async () => {
    await using at = await open()
    await Promise.all([1, 2].map(() => at.jobs.start('transcode', 'a', input(3))))
    expect(at.server.requests.filter((line) => line.endsWith('/start'))).toHaveLength(1)
  })
  it('waits for a container that does not heed SIGTERM until it is killed', async () => {
    await using at = await open()
    await at.jobs.start('transcode', 'a', input(4))
    await expect.poll(() => at.server.output(), { timeout: 20_000 }).toContain('"a"')
    await at.jobs.stop('a')
    expect(await at.jobs.state('a')).toBe('failed')
  })
  it('starts a job once where the list of runs is behind', async () => {
    await using at = await open({}, { listsBehind: 2 })
    for (const _ of [1, 2]) await at.jobs.start('transcode', 'a', input(3))
    expect(at.server.requests.filter((line) => line.endsWith('/start'))).toHaveLength(1)
  })
  it('stops a job that is just being started', async () => {
    await using at = await open({}, { listsBehind: 2 })
    await Promise.all([at.jobs.start('transcode', 'a', input(3)), at.jobs.stop('a')])
    expect(await at.jobs.state('a')).toBe('failed')
  })
  it('runs each kind in a job of its own', async () => {
    await using at = await open()
    await at.jobs.start('thumbnails', 'a', input(3))
    expect(at.server.requests).toContain(`POST ${THUMBNAILS_JOB}/start`)
  })
  it('tells of a kind’s runs where all kinds share one job', async () => {
    await using at = await open({ thumbnails: TRANSCODE_JOB })
    await at.jobs.start('thumbnails', 'a', input(3))
    expect(await at.jobs.state('a')).toBe('running')
  })
  it('throws where the identity may not start it', async () => {
    await using at = await open()
    const getToken = async () => ({ token: 'forged', expiresOnTimestamp: 0 })
    const config = { jobs: JOBS, resourceManager: at.server.origin }
    const jobs = openAzureJobs({ config, credential: { getToken }, clock: systemClock, alone: alone() })
    await expect(jobs.start('transcode', 'a', input(1))).rejects.toThrow('401')
  })
})
