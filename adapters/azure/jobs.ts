import type { TokenCredential } from '@azure/core-auth'
import type { Clock } from '../../core/ports/clock.ts'
import type { Jobs } from '../../core/ports/jobs.ts'
import type { AzureConfig } from './config.ts'
import { type JobExecution, type JobExecutions, openJobExecutions } from './jobs-executions.ts'

export interface AzureJobsOptions {
  readonly config: Pick<AzureConfig, 'jobs' | 'resourceManager'>
  readonly credential: TokenCredential
  readonly clock: Clock
  /** Runs the body while no other process runs one for the same id: the service has no token against starting twice. */
  readonly alone: <T>(id: string, body: () => Promise<T>) => Promise<T>
}

/**
 * Container Apps jobs. An id is known by the variable JOB_ID of its runs, of which the service keeps a
 * limited history; an id that has fallen out of it is `unknown`.
 */
export function openAzureJobs({ config, credential, clock, alone }: AzureJobsOptions): Jobs {
  const { resourceManager, jobs } = config
  // Several kinds may share a job; its runs are listed once.
  const executions = new Map(
    Object.values(jobs).map((jobId) => [
      jobId,
      openJobExecutions({ resourceManager, jobId, credential, clock }),
    ]),
  )
  const runsOf = async (id: string): Promise<Run[]> => {
    const lists = [...executions.values()].map(async (of) => (await of.list()).map((run) => ({ ...run, of })))
    const runs = (await Promise.all(lists)).flat()
    return runs.filter(({ env }) => env.JOB_ID === id).sort((a, b) => b.startedAt - a.startedAt)
  }
  return {
    start: (kind, id, input) =>
      alone(id, async () => {
        const runs = await runsOf(id)
        if (runs.some(isLive)) return
        await executions
          .get(jobs[kind])
          ?.start({ JOB_KIND: kind, JOB_ID: id, JOB_INPUT: JSON.stringify(input) })
        // Until the list has it, the next one who asks would start it again.
        await settles(clock, SEEN_WITHIN_MS, async () =>
          (await runsOf(id)).some(({ name }) => !runs.some((known) => known.name === name)),
        )
      }),
    async state(id) {
      const runs = await runsOf(id)
      return (runs.find(isLive) ?? runs[0])?.state ?? 'unknown'
    },
    // Alone, too: the run of a start that is under way would not be in the list yet, and go on.
    stop: (id) => alone(id, () => stopAll(() => runsOf(id), clock)),
  }
}

interface Run extends JobExecution {
  readonly of: JobExecutions
}

const isLive = ({ state }: JobExecution): boolean => state === 'queued' || state === 'running'

/** The list of runs may be behind what was started a moment ago. */
const SEEN_WITHIN_MS = 15_000

/** A container has thirty seconds after SIGTERM; the service takes a while to see its end. */
const STOP_WITHIN_MS = 120_000

async function stopAll(runs: () => Promise<readonly Run[]>, clock: Clock): Promise<void> {
  const live = (await runs()).filter(isLive)
  if (live.length === 0) return
  for (const run of live) await run.of.stop(run.name)
  const ended = await settles(clock, STOP_WITHIN_MS, async () => !(await runs()).some(isLive))
  if (!ended) throw new Error('a job did not stop within two minutes')
}

/** Asks again and again, 0.1 s later at first and 2 s at most; false where it did not become true in time. */
async function settles(clock: Clock, withinMs: number, ask: () => Promise<boolean>): Promise<boolean> {
  const until = clock.now().getTime() + withinMs
  for (let pause = 100; !(await ask()); pause = Math.min(pause * 2, 2000)) {
    if (clock.now().getTime() > until) return false
    await clock.sleep(pause)
  }
  return true
}
