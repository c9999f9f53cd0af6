import { ECSClient, StopTaskCommand } from '@aws-sdk/client-ecs'
import type { Clock } from '../../core/ports/clock.ts'
import type { Jobs } from '../../core/ports/jobs.ts'
import { type AwsAccess, type AwsJobsConfig, clientOptions } from './config.ts'
import { runTask } from './jobs-run.ts'
import { describeTasks, findTasks, isLive, type JobTask, stateOf } from './jobs-tasks.ts'

export interface AwsJobsOptions extends AwsAccess {
  readonly clock: Clock
  /** Between looks at a task that is to stop; 2000 by default. */
  readonly pollMs?: number
}

/** What every call works with. */
export interface Ecs {
  readonly client: ECSClient
  readonly jobs: AwsJobsConfig
  readonly clock: Clock
}

/** SIGTERM, then at most 120 s until ECS kills (`stopTimeout` of the task definition), then the clearing away. */
const STOPPED_WITHIN_MS = 240_000

/**
 * Each job is a task of its own on Fargate, Spot where there is room. ECS keeps an ended task for an hour; after that its
 * job is `unknown`. Its lists are behind by moments: what keeps two starts apart is the token of `runTask`.
 */
export function openAwsJobs(options: AwsJobsOptions & { jobs: AwsJobsConfig }): Jobs {
  const { jobs, clock, pollMs = 2000 } = options
  const ecs: Ecs = { client: new ECSClient(clientOptions(options, 'ecs')), jobs, clock }
  return {
    start: (kind, id, input) =>
      failing(`job ${id} could not be started`, async () => {
        const tasks = await findTasks(ecs, id)
        if (!tasks.some(isLive)) await runTask(ecs, { kind, id, input, ended: tasks })
      }),
    state: (id) => failing(`job ${id} could not be looked up`, async () => stateOf(await findTasks(ecs, id))),
    stop: (id) =>
      failing(`job ${id} could not be stopped`, async () => {
        const live = (await findTasks(ecs, id)).filter(isLive)
        await Promise.all(live.map((task) => stop(ecs, task)))
        await ended(ecs, { tasks: live, pollMs })
      }),
  }
}

async function failing<T>(message: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw new Error(message, { cause })
  }
}

async function stop({ client, jobs }: Ecs, { taskArn }: JobTask): Promise<void> {
  const request = { cluster: jobs.cluster, task: taskArn, reason: 'the job was asked to stop' }
  await client.send(new StopTaskCommand(request))
}

async function ended(ecs: Ecs, { tasks, pollMs }: { tasks: JobTask[]; pollMs: number }): Promise<void> {
  const arns = tasks.map(({ taskArn }) => taskArn)
  const until = ecs.clock.now().getTime() + STOPPED_WITHIN_MS
  while ((await describeTasks(ecs, arns)).some(isLive)) {
    if (ecs.clock.now().getTime() > until) throw new Error(`still running ${STOPPED_WITHIN_MS} ms after it`)
    await ecs.clock.sleep(pollMs)
  }
}
