import { DeadlineReached } from '../../core/http/mount.ts'

interface Limit {
  readonly minutes: number
  /** For a job that is told so to give back what it holds; a minute by default. In milliseconds. */
  readonly graceMs?: number
}

/**
 * The signal of a job: aborted with `end`, and when the job's time is up. What has not ended by then and a moment later is
 * ended with its process, status 1: ECS has no time limit for a task, and a job that hangs would be paid for for ever.
 */
export function limitJob(end: AbortSignal, { minutes, graceMs = 60_000 }: Limit): AbortSignal {
  const time = new AbortController()
  const reach = () => time.abort(new DeadlineReached(`the job did not end within ${minutes} minutes`))
  // Neither keeps a process alive whose work is over.
  setTimeout(reach, minutes * 60_000).unref()
  setTimeout(() => process.exit(1), minutes * 60_000 + graceMs).unref()
  return AbortSignal.any([end, time.signal])
}
