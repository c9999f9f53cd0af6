import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'

export interface TaskCommand {
  readonly command: string
  readonly args: readonly string[]
  /** What the image and the task definition give; a request adds to it. */
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  /** Between SIGTERM and SIGKILL, `stopTimeout` of the task definition; 30 by default. */
  readonly stopSeconds?: number
  /** Tasks at once; 1 by default. */
  readonly slots?: number
  /** Gets what the containers print. */
  readonly output?: (text: string) => void
}

export interface EcsTask {
  readonly taskArn: string
  readonly startedBy: string
  readonly provider: string
  readonly container: string
  readonly createdAt: number
  desiredStatus: 'RUNNING' | 'STOPPED'
  lastStatus: 'PROVISIONING' | 'PENDING' | 'RUNNING' | 'STOPPED'
  exitCode: number | undefined
  stoppedReason: string | undefined
}

interface Wanted extends Pick<EcsTask, 'startedBy' | 'provider' | 'container'> {
  readonly env: Readonly<Record<string, string>>
  onStart(): void
}

/** Tasks as child processes. They end with this process, however it ends (setpriv), and their groups with them. */
export function openTasks(options: TaskCommand) {
  const tasks: EcsTask[] = []
  const waiting: { readonly task: EcsTask; readonly want: Wanted }[] = []
  const running = new Map<EcsTask, ChildProcess>()
  const next = () => {
    while (running.size < (options.slots ?? 1)) {
      const first = waiting.shift()
      if (!first) return
      const child = launch(options, first.want.env)
      running.set(first.task, child)
      first.task.lastStatus = 'RUNNING'
      first.want.onStart()
      child.once('exit', (code, signal) => {
        running.delete(first.task)
        killGroup(child)
        // As a shell and containerd tell a signal.
        end(first.task, code ?? (signal === 'SIGKILL' ? 137 : 143), 'Essential container in task exited')
        next()
      })
    }
  }
  const start = (want: Wanted): EcsTask => {
    const task = provisioned(want)
    tasks.push(task)
    waiting.push({ task, want })
    next()
    return task
  }
  const stop = (task: EcsTask, reason: string) => {
    task.desiredStatus = 'STOPPED'
    task.stoppedReason ??= reason
    const child = running.get(task)
    if (child) return terminate(child, options.stopSeconds ?? 30)
    const at = waiting.findIndex((one) => one.task === task)
    if (at >= 0) waiting.splice(at, 1)
    if (task.lastStatus !== 'STOPPED') end(task, undefined, reason)
  }
  const dispose = async () => {
    waiting.length = 0
    for (const child of [...running.values()]) {
      const gone = once(child, 'exit')
      killGroup(child)
      await gone
    }
  }
  return { tasks, start, stop, dispose }
}

const provisioned = ({ startedBy, provider, container }: Wanted): EcsTask => ({
  ...{ startedBy, provider, container },
  taskArn: `arn:aws:ecs:us-east-1:000000000000:task/skyreel/${randomBytes(16).toString('hex')}`,
  createdAt: Date.now(),
  ...{ desiredStatus: 'RUNNING', lastStatus: 'PROVISIONING', exitCode: undefined, stoppedReason: undefined },
})

function end(task: EcsTask, exitCode: number | undefined, reason: string): void {
  task.desiredStatus = 'STOPPED'
  task.lastStatus = 'STOPPED'
  task.exitCode = exitCode
  task.stoppedReason ??= reason
}

const SETPRIV = '/usr/bin/setpriv'

function launch({ command, args, env, cwd, output }: TaskCommand, more: Readonly<Record<string, string>>) {
  const whole = existsSync(SETPRIV) ? [SETPRIV, '--pdeathsig', 'TERM', command, ...args] : [command, ...args]
  const [first = command, ...rest] = whole
  const child = spawn(first, rest, {
    env: { ...(env ?? process.env), ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    ...(cwd === undefined ? {} : { cwd }),
  })
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => output?.(chunk.toString()))
  return child
}

function terminate(child: ChildProcess, seconds: number): void {
  child.kill('SIGTERM')
  const timer = setTimeout(() => killGroup(child), seconds * 1000)
  child.once('exit', () => clearTimeout(timer))
}

function killGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
