import { describe, expect, it } from 'vitest'
import { jobsContract } from '../../core/ports/jobs.contract.ts'
import type { VideoId } from '../../core/run/id.ts'
import { manualClock } from '../local/testing/clock.ts'
import { systemClock } from '../node/clock.ts'
import { openAwsJobs } from './jobs.ts'
import { TEST_CREDENTIALS, testConfig } from './testing/config.ts'
import { type EcsOptions, openEcs } from './testing/ecs.ts'

const JOBS = {
  cluster: 'skyreel',
  tasks: { transcode: 'skyreel-transcode', thumbnails: 'skyreel-thumbnails' },
  container: 'job',
  subnets: ['subnet-1', 'subnet-2'],
  securityGroups: ['sg-1'],
  publicIp: false,
}

/** Does what the generation of its input says; it knows nothing but its environment. */
const SCRIPT = `
const { generation } = JSON.parse(process.env.JOB_INPUT)
if (generation === 1) process.exit(process.env.JOB_KIND === 'transcode' ? 0 : 9)
if (generation === 2) process.exit(2)
if (generation === 4) process.on('SIGTERM', () => {})
console.log('pid ' + process.pid)
setInterval(() => {}, 60000)
`

async function open(more: Partial<EcsOptions> = {}, clock = systemClock, secret?: string) {
  const printed: string[] = []
  const server = await openEcs({
    ...{ cluster: JOBS.cluster, taskDefinitions: Object.values(JOBS.tasks), container: JOBS.container },
    ...{ command: process.execPath, args: ['-e', SCRIPT], stopSeconds: 1 },
    output: (text) => printed.push(text),
    ...more,
  })
  const access = {
    config: testConfig({ jobs: JOBS, endpoints: { ecs: server.endpoint } }),
    credentials: async () => ({ ...TEST_CREDENTIALS, ...(secret ? { secretAccessKey: secret } : {}) }),
  }
  const jobs = openAwsJobs({ ...access, jobs: JOBS, clock, pollMs: 10 })
  const dispose = () => server[Symbol.asyncDispose]()
  return { jobs, server, printed, started: async () => server.started, [Symbol.asyncDispose]: dispose }
}

jobsContract('Fargate', () => open())
jobsContract('Fargate, with lists of one task a page', () => open({ pageSize: 1 }))

const input = (generation: number) => ({ videoId: 'vid_1' as string as VideoId, generation })
const [SUCCEEDS, STAYS, IGNORES_TERM] = [1, 3, 4] as const
type Opened = Awaited<ReturnType<typeof open>>
const becomes = (at: Opened, state: string) =>
  expect.poll(() => at.jobs.state('a'), { timeout: 20_000 }).toBe(state)

describe('Fargate', () => {
  it('makes one task of many starts at once', async () => {
    await using at = await open()
    await Promise.all(Array.from({ length: 8 }, () => at.jobs.start('transcode', 'a', input(STAYS))))
    expect(at.server.tasks).toHaveLength(1)
  })
  it('makes one task of two starts at once with different inputs', async () => {
    await using at = await open()
    await Promise.all([STAYS, IGNORES_TERM].map((kind) => at.jobs.start('transcode', 'a', input(kind))))
    expect(at.server.tasks).toHaveLength(1)
  })
  it('starts a job again within the hour, and when ECS has forgotten its task but not the token', async () => {
    const clock = manualClock()
    await using at = await open({}, clock)
    await at.jobs.start('transcode', 'a', input(SUCCEEDS))
    await becomes(at, 'done')
    ;(at.server.tasks as unknown[]).length = 0
    clock.advance(3_600_000)
    await at.jobs.start('transcode', 'a', input(SUCCEEDS))
    await expect.poll(() => at.server.started, { timeout: 20_000 }).toEqual(['a', 'a'])
  })
  it.each(['failure', 'error'] as const)('takes Fargate where Spot has no room, told as %s', async (how) => {
    await using at = await open({ full: { FARGATE_SPOT: how } })
    await at.jobs.start('transcode', 'a', input(STAYS))
    expect(at.server.tasks.map(({ provider }) => provider)).toEqual(['FARGATE'])
  })
  it('takes Spot where there is room', async () => {
    await using at = await open()
    await at.jobs.start('transcode', 'a', input(STAYS))
    expect(at.server.tasks.map(({ provider }) => provider)).toEqual(['FARGATE_SPOT'])
  })
  it('fails where there is no room at all', async () => {
    await using at = await open({ full: { FARGATE_SPOT: 'failure', FARGATE: 'failure' } })
    await expect(at.jobs.start('transcode', 'a', input(STAYS))).rejects.toMatchObject({
      message: 'job a could not be started',
      cause: { cause: { message: expect.stringContaining('Capacity is unavailable') } },
    })
  })
  it('fails, and does not try Fargate, when the task definition is wrong', async () => {
    await using at = await open({ taskDefinitions: ['another'] })
    await expect(at.jobs.start('transcode', 'a', input(STAYS))).rejects.toThrow('could not be started')
    expect(at.server.refusals).toEqual([
      'AmazonEC2ContainerServiceV20141113.RunTask: ClientException: TaskDefinition not found.',
    ])
  })
  it.each(['transcode', 'thumbnails'] as const)(
    'starts %s from the task definition of its kind',
    async (kind) => {
      await using at = await open({ taskDefinitions: [JOBS.tasks[kind]] })
      await at.jobs.start(kind, 'a', input(STAYS))
      expect(at.server.tasks).toHaveLength(1)
    },
  )
  it('starts a job whose id ECS would not take as a mark', async () => {
    await using at = await open()
    const id = `transcode:${'ä'.repeat(60)}`
    await at.jobs.start('transcode', id, input(STAYS))
    expect([at.server.started, await at.jobs.state(id)]).toEqual([[id], 'running'])
  })
  it('waits until a job that does not heed SIGTERM was killed', async () => {
    await using at = await open()
    await at.jobs.start('transcode', 'a', input(IGNORES_TERM))
    await expect.poll(() => at.printed.join(''), { timeout: 20_000 }).toContain('pid')
    await at.jobs.stop('a')
    expect(at.server.tasks.map(({ exitCode }) => exitCode)).toEqual([137])
  })
  it('gives up on a task that does not end', async () => {
    const clock = manualClock()
    const sleep = async () => clock.advance(60_000)
    await using at = await open({ stopSeconds: 600 }, { ...clock, sleep })
    await at.jobs.start('transcode', 'a', input(IGNORES_TERM))
    await expect.poll(() => at.printed.join(''), { timeout: 20_000 }).toContain('pid')
    await expect(at.jobs.stop('a')).rejects.toMatchObject({
      cause: { message: expect.stringContaining('still running') },
    })
  })
  it('fails when credentials are refused, and calls no job unknown', async () => {
    await using at = await open({}, systemClock, 'wrong')
    await expect(at.jobs.state('a')).rejects.toMatchObject({ cause: { name: 'SignatureDoesNotMatch' } })
  })
})
