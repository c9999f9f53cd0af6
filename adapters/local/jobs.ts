import { type ChildProcess, spawn } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import { createInterface } from 'node:readline'
import type { JobKind, JobState, Jobs } from '../../core/ports/jobs.ts'
import type { Log } from '../../core/run/log.ts'

export interface JobRunner {
  /** Run as `command ...args <kind> <id> <input as JSON>`; exit status 0 is success. */
  readonly command: string
  readonly args: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  /** Jobs at once; others wait in the order of their start. */
  readonly slots: number
  /** Limit of the child's JavaScript heap. */
  readonly memoryMb?: number
  /** Between SIGTERM and SIGKILL; 10 by default. */
  readonly stopSeconds?: number
  /** A job that runs longer is stopped, and has failed. Kinds that are left out may run for ever. */
  readonly timeoutMinutes?: Readonly<Partial<Record<JobKind, number>>>
}

export interface LocalJobs extends Jobs {
  /** Stops all jobs and takes no more. */
  close(): Promise<void>
}

interface Job {
  readonly id: string
  readonly argv: readonly string[]
  readonly timeoutMinutes: number | undefined
  state: JobState
  outOfTime: boolean
  child?: ChildProcess
  /** Resolves when the job has ended, also when it never ran. */
  readonly ended: PromiseWithResolvers<void>
}

/** Ended jobs that are remembered. */
const REMEMBERED = 1000

/**
 * Jobs as child processes of their own group, at low priority. A child has an IPC channel and is to end when that
 * closes (see job-child.ts); `onMessage` is called for whatever it sends.
 */
export function openLocalJobs(options: { runner: JobRunner; log: Log; onMessage?: () => void }): LocalJobs {
  const jobs = new Map<string, Job>()
  const waiting: Job[] = []
  let closed = false
  let running = 0
  const next = () => {
    while (running < options.runner.slots) {
      const job = waiting.shift()
      if (!job) return
      running++
      run(job, options)
      void job.ended.promise.then(() => {
        running--
        next()
      })
    }
  }
  const start = (kind: JobKind, id: string, input: unknown) => {
    const known = jobs.get(id)
    if (closed || known?.state === 'queued' || known?.state === 'running') return
    const argv = [...options.runner.args, kind, id, JSON.stringify(input)]
    const job: Job = {
      ...{ id, argv, timeoutMinutes: options.runner.timeoutMinutes?.[kind] },
      ...{ state: 'queued', outOfTime: false, ended: Promise.withResolvers() },
    }
    jobs.delete(id)
    jobs.set(id, job)
    forgetOldest(jobs)
    waiting.push(job)
    next()
  }
  const stop = async (id: string) => {
    const job = jobs.get(id)
    if (job?.state === 'queued') {
      waiting.splice(waiting.indexOf(job), 1)
      jobs.delete(id)
      job.ended.resolve()
    } else if (job?.state === 'running') await end(job, options.runner)
  }
  return {
    start: async (kind, id, input) => start(kind, id, input),
    state: async (id) => jobs.get(id)?.state ?? 'unknown',
    stop,
    close: async () => {
      closed = true
      await Promise.all([...jobs.keys()].map(stop))
    },
  }
}

function forgetOldest(jobs: Map<string, Job>): void {
  if (jobs.size <= REMEMBERED) return
  for (const job of jobs.values()) {
    if (job.state === 'done' || job.state === 'failed') return void jobs.delete(job.id)
  }
}

function run(
  job: Job,
  { runner, log, onMessage }: { runner: JobRunner; log: Log; onMessage?: () => void },
): void {
  const about = log.with({ job: job.id })
  // Of its own group: Ctrl-C reaches the platform alone, and what the job started can be ended with it.
  const child = spawn(runner.command, job.argv, {
    env: childEnv(runner),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
    ...(runner.cwd === undefined ? {} : { cwd: runner.cwd }),
  })
  job.child = child
  job.state = 'running'
  lowerPriority(child, about)
  if (onMessage) child.on('message', onMessage)
  if (child.stdout) createInterface(child.stdout).on('line', (line) => forward(line, about, 'info'))
  if (child.stderr) createInterface(child.stderr).on('line', (line) => forward(line, about, 'warn'))
  const stopWatch = watchTime(job, runner, about)
  child.once('error', (error) => {
    about.error('a job could not be run', { error })
    if (child.pid !== undefined) return
    stopWatch()
    settle(job, 'failed')
  })
  child.once('exit', (code, signal) => {
    stopWatch()
    endGroup(child)
    if (code !== 0) about.warn('a job ended without success', { code, signal })
    settle(job, code === 0 && !job.outOfTime ? 'done' : 'failed')
  })
}

/** A job that hangs would hold its slot, and all that wait for one, for ever. Returns what ends the watch. */
function watchTime(job: Job, runner: JobRunner, log: Log): () => void {
  if (job.timeoutMinutes === undefined) return () => undefined
  const onTime = () => {
    job.outOfTime = true
    log.warn('a job ran out of time', { timeoutMinutes: job.timeoutMinutes })
    void end(job, runner)
  }
  const timer = setTimeout(onTime, job.timeoutMinutes * 60_000)
  return () => clearTimeout(timer)
}

function settle(job: Job, state: 'done' | 'failed'): void {
  job.state = state
  job.ended.resolve()
}

function childEnv({ env, memoryMb }: JobRunner): NodeJS.ProcessEnv {
  const base = env ?? process.env
  if (memoryMb === undefined) return base
  return { ...base, NODE_OPTIONS: `${base.NODE_OPTIONS ?? ''} --max-old-space-size=${memoryMb}`.trim() }
}

/** What the job starts inherits it: ffmpeg leaves the machine to the API and the person in front of it. */
function lowerPriority(child: ChildProcess, log: Log): void {
  try {
    if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL)
  } catch (error) {
    log.debug('the priority of a job could not be lowered', { error })
  }
}

/** Tools that a killed job leaves behind would go on for an hour. */
function endGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

async function end(job: Job, { stopSeconds = 10 }: JobRunner): Promise<void> {
  job.child?.kill('SIGTERM')
  const timer = setTimeout(() => job.child && endGroup(job.child), stopSeconds * 1000)
  await job.ended.promise
  clearTimeout(timer)
}

const LEVELS = ['debug', 'info', 'warn', 'error'] as const

/** A child's own log lines keep their level and fields; anything else is text. */
function forward(line: string, log: Log, level: 'info' | 'warn'): void {
  if (line.trim() === '') return
  const parsed = line.startsWith('{') ? parseLine(line) : undefined
  if (parsed) log[parsed.level](parsed.message, parsed.fields)
  else log[level](line.slice(0, 4000))
}

function parseLine(line: string) {
  try {
    const { time: _, level, message, ...fields } = JSON.parse(line) as Record<string, unknown>
    const known = LEVELS.find((name) => name === level)
    return known && typeof message === 'string' ? { level: known, message, fields } : undefined
  } catch {
    return undefined
  }
}
