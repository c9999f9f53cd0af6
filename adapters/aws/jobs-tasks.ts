import { createHash } from 'node:crypto'
import {
  DescribeTasksCommand,
  type DesiredStatus,
  ListTasksCommand,
  type ListTasksCommandInput,
  type Task,
} from '@aws-sdk/client-ecs'
import type { JobState } from '../../core/ports/jobs.ts'
import type { Ecs } from './jobs.ts'

export interface JobTask {
  readonly taskArn: string
  /** ECS's own word; see `stateOf`. */
  readonly lastStatus: string
  readonly createdAt: number
  /** Of the job's container; `undefined` while it runs, and where it was never started. */
  readonly exitCode: number | undefined
}

/** ECS's mark of who started a task: 36 letters, digits, `-`, `_` or `/`. Ids that are no such text are hashed. */
export const startedBy = (id: string): string =>
  /^[\w/-]{1,36}$/.test(id) ? id : createHash('sha256').update(id).digest('hex').slice(0, 36)

/** Every task of a job that ECS still knows, ended ones too. */
export async function findTasks(ecs: Ecs, id: string): Promise<JobTask[]> {
  const [running, stopped] = await Promise.all([list(ecs, id, 'RUNNING'), list(ecs, id, 'STOPPED')])
  return describeTasks(ecs, [...new Set([...running, ...stopped])])
}

/** By what ECS wants to become of them: a task that is being stopped is among the stopped ones, and still runs. */
async function list({ client, jobs }: Ecs, id: string, desiredStatus: DesiredStatus): Promise<string[]> {
  const arns: string[] = []
  const request: ListTasksCommandInput = { cluster: jobs.cluster, startedBy: startedBy(id), desiredStatus }
  for (;;) {
    const { taskArns = [], nextToken } = await client.send(new ListTasksCommand(request))
    arns.push(...taskArns)
    if (nextToken === undefined) return arns
    request.nextToken = nextToken
  }
}

/** DescribeTasks takes so many. */
const DESCRIBED_AT_ONCE = 100

/** A task that ECS has forgotten meanwhile is left out. */
export async function describeTasks({ client, jobs }: Ecs, arns: readonly string[]): Promise<JobTask[]> {
  const found: JobTask[] = []
  for (let i = 0; i < arns.length; i += DESCRIBED_AT_ONCE) {
    const request = { cluster: jobs.cluster, tasks: arns.slice(i, i + DESCRIBED_AT_ONCE) }
    const { tasks = [], failures = [] } = await client.send(new DescribeTasksCommand(request))
    const failed = failures.find(({ reason }) => reason !== 'MISSING')
    if (failed) throw new Error(`ECS tells nothing of ${failed.arn}: ${failed.reason}`)
    found.push(...tasks.map((task) => toJobTask(task, jobs.container)))
  }
  return found
}

function toJobTask(task: Task, container: string): JobTask {
  const { taskArn = '', lastStatus = '', createdAt, containers = [] } = task
  const exitCode = containers.find(({ name }) => name === container)?.exitCode
  return { taskArn, lastStatus, createdAt: createdAt?.getTime() ?? 0, exitCode }
}

export const isLive = ({ lastStatus }: JobTask): boolean => lastStatus !== 'STOPPED'

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html */
const STATES: Readonly<Record<string, JobState>> = {
  PROVISIONING: 'queued',
  PENDING: 'queued',
  ACTIVATING: 'queued',
  RUNNING: 'running',
  DEACTIVATING: 'running',
  STOPPING: 'running',
  DEPROVISIONING: 'running',
}

/** Of a job with these tasks: of the one that lives, else of the one that was made last. */
export function stateOf(tasks: readonly JobTask[]): JobState {
  const [newest] = tasks.toSorted(
    (a, b) => Number(isLive(b)) - Number(isLive(a)) || b.createdAt - a.createdAt,
  )
  if (newest === undefined) return 'unknown'
  if (!isLive(newest)) return newest.exitCode === 0 ? 'done' : 'failed'
  const state = STATES[newest.lastStatus]
  if (state === undefined) throw new Error(`ECS has a new status: ${newest.lastStatus}`)
  return state
}
