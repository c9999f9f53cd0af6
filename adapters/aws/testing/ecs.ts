import { randomUUID } from 'node:crypto'
import { type AwsJson, openAwsJson, operation, Refused } from './aws-json.ts'
import { DescribeTasks, ListTasks, RunTask, StopTask } from './ecs-requests.ts'
import { type EcsTask, openTasks, type TaskCommand } from './ecs-tasks.ts'

export interface Ecs extends AwsJson {
  /** JOB_ID of each task whose container was started, in that order. */
  readonly started: readonly string[]
  readonly tasks: readonly EcsTask[]
}

export interface EcsOptions extends TaskCommand {
  readonly cluster: string
  readonly taskDefinitions: readonly string[]
  readonly container: string
  /** Providers that have no room, and how they say so. */
  readonly full?: Readonly<Record<string, 'failure' | 'error'>>
  /** Tasks on one page of a list; 100 by default. */
  readonly pageSize?: number
}

/** What the operations share. */
interface Fleet extends Omit<ReturnType<typeof openTasks>, 'dispose'> {
  readonly options: EcsOptions
  readonly started: string[]
  readonly byToken: Map<string, { readonly request: string; readonly task: EcsTask }>
}

/**
 * The four operations of ECS that run container jobs. A task is a child process, one at a time as a small account's quota
 * would have it; its environment is what the request says over `env`.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/Welcome.html
 */
export async function openEcs(options: EcsOptions): Promise<Ecs> {
  const { dispose, ...running } = openTasks(options)
  const fleet: Fleet = { ...running, options, started: [], byToken: new Map() }
  const inCluster = <R extends { cluster: string }>(run: (fleet: Fleet, request: R) => unknown) => {
    return (request: R) => {
      if (request.cluster === options.cluster) return run(fleet, request)
      throw new Refused('ClusterNotFoundException', 'Cluster not found.')
    }
  }
  const server = await openAwsJson({
    ...{
      service: 'ecs',
      target: 'AmazonEC2ContainerServiceV20141113',
      malformed: 'InvalidParameterException',
    },
    operations: {
      RunTask: operation(RunTask, inCluster(runTask)),
      ListTasks: operation(ListTasks, inCluster(listTasks)),
      DescribeTasks: operation(DescribeTasks, inCluster(describeTasks)),
      StopTask: operation(StopTask, inCluster(stopTask)),
    },
  })
  const close = async () => {
    await server[Symbol.asyncDispose]()
    await dispose()
  }
  return { ...server, started: fleet.started, tasks: fleet.tasks, [Symbol.asyncDispose]: close }
}

function runTask({ options, start, started, byToken }: Fleet, request: RunTask) {
  const known = byToken.get(request.clientToken)
  if (known && known.request !== JSON.stringify(request)) throw new Refused('ConflictException', 'in use')
  if (known) return { tasks: [shown(known.task)], failures: [] }
  const refusal = refusalOf(request, options)
  if (refusal) return { tasks: [], failures: [refusal] }
  const environment = request.overrides.containerOverrides[0]?.environment ?? []
  const env = Object.fromEntries(environment.map(({ name, value }) => [name, value]))
  const task = start({
    ...{ env, startedBy: request.startedBy, container: options.container },
    provider: request.capacityProviderStrategy[0]?.capacityProvider ?? '',
    onStart: () => started.push(env.JOB_ID ?? ''),
  })
  byToken.set(request.clientToken, { request: JSON.stringify(request), task })
  return { tasks: [shown(task)], failures: [] }
}

function listTasks({ options: { pageSize = 100 }, tasks }: Fleet, request: ListTasks) {
  const from = request.nextToken === undefined ? 0 : Number(request.nextToken)
  const { startedBy, desiredStatus } = request
  const all = tasks.filter((task) => task.startedBy === startedBy && task.desiredStatus === desiredStatus)
  const more = all.length > from + pageSize ? { nextToken: String(from + pageSize) } : {}
  return { taskArns: all.slice(from, from + pageSize).map(({ taskArn }) => taskArn), ...more }
}

function describeTasks({ tasks }: Fleet, request: DescribeTasks) {
  const found = tasks.filter(({ taskArn }) => request.tasks.includes(taskArn))
  const missing = request.tasks.filter((arn) => !found.some(({ taskArn }) => taskArn === arn))
  return { tasks: found.map(shown), failures: missing.map((arn) => ({ arn, reason: 'MISSING' })) }
}

function stopTask({ tasks, stop }: Fleet, request: StopTask) {
  const task = tasks.find(({ taskArn }) => taskArn === request.task)
  if (!task) throw new Refused('InvalidParameterException', 'The referenced task was not found.')
  stop(task, request.reason ?? '')
  return { task: shown(task) }
}

const FULL =
  'Capacity is unavailable at this time. Please try again later or in a different availability zone'

/** Throws what is an error of the call; what ECS says within its answer is returned. */
function refusalOf(request: RunTask, { taskDefinitions, container, full = {} }: EcsOptions) {
  if (!taskDefinitions.includes(request.taskDefinition))
    throw new Refused('ClientException', 'TaskDefinition not found.')
  const [override, ...others] = request.overrides.containerOverrides
  if (override?.name !== container || others.length > 0)
    throw new Refused(
      'InvalidParameterException',
      'Override for a container that is not in the TaskDefinition.',
    )
  // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskOverride.html
  if (JSON.stringify(request.overrides).length > 8192)
    throw new Refused('InvalidParameterException', 'Container Overrides length must be at most 8192')
  const how = full[request.capacityProviderStrategy[0]?.capacityProvider ?? '']
  if (how === 'error') throw new Refused('ClientException', FULL)
  return how && { arn: `arn:aws:ecs:us-east-1:000000000000:task/${randomUUID()}`, reason: FULL }
}

/** As ECS writes a task; times are seconds. */
const shown = (task: EcsTask) => ({
  taskArn: task.taskArn,
  startedBy: task.startedBy,
  desiredStatus: task.desiredStatus,
  lastStatus: task.lastStatus,
  createdAt: task.createdAt / 1000,
  capacityProviderName: task.provider,
  ...(task.stoppedReason === undefined ? {} : { stoppedReason: task.stoppedReason }),
  containers: [
    {
      name: task.container,
      lastStatus: task.lastStatus,
      ...(task.exitCode === undefined ? {} : { exitCode: task.exitCode }),
    },
  ],
})
