import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

export interface ContainerRunsOptions {
  /** What stands for the image: run with the environment that the request gives, beside `env`. */
  readonly command: readonly [string, ...string[]]
  /** What an image brings along, such as PATH. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Runs at once; the service itself has no such limit but the quota of cores. 1 by default. */
  readonly slots?: number
  /** SIGKILL comes so long after SIGTERM; 2000 ms by default. */
  readonly graceMs?: number
}

export interface Template {
  readonly containers: readonly Container[]
}
interface Container {
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly secretRef?: string }[]
}

export interface Execution {
  readonly jobId: string
  readonly name: string
  readonly template: Template
  status: 'Processing' | 'Running' | 'Succeeded' | 'Failed' | 'Stopped'
  /** How many lists it was in question for. */
  lists: number
  startTime?: string
  endTime?: string
  child?: ChildProcess
  stopping?: boolean
}

export interface ContainerRuns {
  /** JOB_ID of every run whose process began, in order. */
  readonly started: string[]
  /** What the processes printed so far. */
  output(): string
  of(jobId: string): readonly Execution[]
  start(jobId: string, template: Template): void
  /** Asks it to end; false where there is no such run. */
  stop(name: string): boolean
  close(): Promise<void>
}

/** Containers as child processes, one after the other. */
export function openContainerRuns(options: ContainerRunsOptions): ContainerRuns {
  const [all, started] = [[] as Execution[], [] as string[]]
  let printed = ''
  const print = (text: unknown) => {
    printed += text
  }
  const next = () => {
    if (all.filter(isRunning).length >= (options.slots ?? 1)) return
    const waiting = all.find(isWaiting)
    if (!waiting) return
    started.push(variables(waiting.template).JOB_ID ?? '')
    run(options, waiting, { print, ended: next })
  }
  return {
    ...{ started, output: () => printed },
    of: (jobId) => all.filter((one) => one.jobId === jobId),
    start(jobId, template) {
      const name = `${jobId.split('/').at(-1)}-${(all.length + 1).toString(36).padStart(7, '0')}`
      all.push({ jobId, name, template, lists: 0, status: 'Processing' })
      next()
    },
    stop(name) {
      const found = all.find((one) => one.name === name)
      if (found) stop(found, options.graceMs ?? 2000)
      return found !== undefined
    },
    async close() {
      for (const waiting of all.filter(isWaiting)) waiting.status = 'Stopped'
      const children = all.filter(isRunning).flatMap(({ child }) => (child ? [child] : []))
      const ended = children.map((child) => once(child, 'exit'))
      for (const child of children) child.kill('SIGKILL')
      await Promise.all(ended)
    },
  }
}

const isRunning = ({ status }: Execution) => status === 'Running'
const isWaiting = ({ status }: Execution) => status === 'Processing'

interface Watch {
  print(text: unknown): void
  ended(): void
}

function run({ command, env }: ContainerRunsOptions, execution: Execution, watch: Watch): void {
  const [file, ...args] = command
  // The channel and the pipe close with this process, whichever of them the container's stand-in listens to.
  const child = spawn(file, args, {
    env: { ...env, ...variables(execution.template) },
    stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
  })
  Object.assign(execution, { child, status: 'Running', startTime: new Date().toISOString() })
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', watch.print)
  const end = (code: number | null) => {
    if (!isRunning(execution)) return
    const status = execution.stopping ? 'Stopped' : code === 0 ? 'Succeeded' : 'Failed'
    Object.assign(execution, { status, endTime: new Date().toISOString() })
    watch.ended()
  }
  child.once('exit', end)
  child.once('error', (error) => {
    watch.print(`${error.message}\n`)
    end(null)
  })
}

function stop(execution: Execution, graceMs: number): void {
  if (isWaiting(execution)) execution.status = 'Stopped'
  const { child } = execution
  if (!child || !isRunning(execution)) return
  execution.stopping = true
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs)
  child.once('exit', () => clearTimeout(timer))
}

/** What the container sees; a secret's value is not in the request. */
const variables = (template: Template): Record<string, string> =>
  Object.fromEntries(
    (template.containers[0]?.env ?? []).map(({ name, value }) => [name, value ?? 'a secret of the job']),
  )
