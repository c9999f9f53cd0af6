import { randomBytes, randomUUID } from 'node:crypto'
import { type Container, runContainer } from './run-jobs-process.ts'
import type { Environment } from './run-jobs-request.ts'

/** What the image of a deployed job would run, and the job's own environment. */
export interface JobTemplate {
  readonly command: string
  readonly args?: readonly string[]
  readonly cwd?: string
  readonly env?: Environment
}

export interface ExecutionOptions {
  readonly project: string
  readonly location: string
  readonly jobs: Readonly<Record<string, JobTemplate>>
  /** Executions at once; others wait in order. The platform's is a quota. */
  readonly slots?: number
  /** Between SIGTERM and SIGKILL. */
  readonly stopSeconds?: number
  /** Lines that the containers print. */
  readonly onLine?: (line: string) => void
}

export interface Execution {
  readonly name: string
  readonly job: string
  readonly env: Environment
  readonly createdAt: Date
  state: 'waiting' | 'running' | 'succeeded' | 'failed' | 'cancelled'
  cancelled: boolean
  container?: Container
  endedAt?: Date
}

export interface Executions {
  /** In the order of their start. */
  readonly all: readonly Execution[]
  start(job: string, env: Environment): Execution
  /** False for one that has ended already. */
  cancel(execution: Execution): boolean
  /** Ends what runs or waits. */
  stop(): Promise<void>
}

/** Containers of jobs as child processes, so many at once. */
export function openExecutions(options: ExecutionOptions): Executions {
  const all: Execution[] = []
  const next = () => {
    const running = all.filter(({ state }) => state === 'running').length
    const waiting = all.find(({ state }) => state === 'waiting')
    if (!waiting || running >= (options.slots ?? 1)) return
    begin(waiting, options, next)
    next()
  }
  const start = (job: string, env: Environment) => {
    const execution = newExecution(job, env, options)
    all.push(execution)
    // Queued at first, as the platform has it.
    queueMicrotask(next)
    return execution
  }
  const stop = async () => {
    for (const execution of all) if (execution.state === 'waiting') settle(execution, 'cancelled')
    for (const execution of all) if (execution.state === 'running') execution.container?.stop()
    await Promise.all(all.map(({ container }) => container?.ended))
  }
  return { all, start, cancel, stop }
}

function newExecution(
  job: string,
  env: Environment,
  { project, location, jobs }: ExecutionOptions,
): Execution {
  const name = `projects/${project}/locations/${location}/jobs/${job}/executions/${job}-${randomBytes(3).toString('hex')}`
  const own = { ...jobs[job]?.env, ...env }
  return { name, job, env: own, createdAt: new Date(), state: 'waiting', cancelled: false }
}

function cancel(execution: Execution): boolean {
  if (execution.endedAt) return false
  execution.cancelled = true
  if (execution.state === 'waiting') settle(execution, 'cancelled')
  else execution.container?.stop()
  return true
}

function begin(execution: Execution, options: ExecutionOptions, onEnd: () => void): void {
  const template = options.jobs[execution.job]
  if (!template) throw new Error(`there is no job ${execution.job}`)
  const { stopSeconds = 10, onLine } = options
  execution.state = 'running'
  execution.container = runContainer({
    ...template,
    env: {
      ...execution.env,
      CLOUD_RUN_JOB: execution.job,
      CLOUD_RUN_EXECUTION: execution.name.split('/').at(-1) ?? '',
      ...{ CLOUD_RUN_TASK_INDEX: '0', CLOUD_RUN_TASK_COUNT: '1', CLOUD_RUN_TASK_ATTEMPT: '0' },
    },
    ...{ stopSeconds, ...(onLine ? { onLine } : {}) },
  })
  void execution.container.ended.then((code) => {
    settle(execution, execution.cancelled ? 'cancelled' : code === 0 ? 'succeeded' : 'failed')
    onEnd()
  })
}

function settle(execution: Execution, state: 'succeeded' | 'failed' | 'cancelled'): void {
  execution.state = state
  execution.endedAt = new Date()
}

/** Counts of 0 and times that are not yet are left out, as the service does. */
export function resource({ name, job, env, createdAt, state, endedAt }: Execution): Record<string, unknown> {
  return {
    ...{ name, uid: randomUUID(), job, createTime: createdAt.toISOString(), taskCount: 1, parallelism: 1 },
    template: {
      containers: [
        { image: 'demo/media', env: Object.entries(env).map(([key, value]) => ({ name: key, value })) },
      ],
      ...{ maxRetries: 0, timeout: '3600s' },
    },
    ...(endedAt ? { completionTime: endedAt.toISOString() } : {}),
    ...(state === 'running' ? { runningCount: 1 } : {}),
    ...(state === 'succeeded' ? { succeededCount: 1 } : {}),
    ...(state === 'failed' ? { failedCount: 1 } : {}),
    ...(state === 'cancelled' ? { cancelledCount: 1 } : {}),
  }
}
