import type { Clock } from '../../core/ports/clock.ts'
import type { JobKind, JobState, Jobs } from '../../core/ports/jobs.ts'
import { type GoogleApi, GoogleRefused } from './credentials.ts'
import { type Execution, idOf, listExecutions, readExecution, stateOf } from './jobs-executions.ts'

export interface GcpJobsOptions {
  readonly project: string
  readonly location: string
  /** Names of the Cloud Run jobs by kind. */
  readonly jobs: Readonly<Record<JobKind, string>>
  /** Origin of Cloud Run's administration. */
  readonly endpoint: string
  readonly api: GoogleApi
  readonly clock: Clock
  /** Runs the body while no other process runs one for the same id. */
  readonly alone: Alone
}
export type Alone = <T>(id: string, body: () => Promise<T>) => Promise<T>

const POLL_MS = 250
/** The platform kills 10 s after it asked. */
const STOP_SECONDS = 60

/**
 * Jobs as executions of Cloud Run jobs, told apart by JOB_ID in their environment. Cloud Run has no token for "once":
 * under a lock for the id the executions are looked through, and one is started where none of that id is queued or runs.
 * What a lost answer started unseen is found by the next start. Costs a list of the executions, 1000 at most are kept.
 */
export function openGcpJobs(options: GcpJobsOptions): Jobs {
  const { api, clock } = options
  const jobUrl = (job: string) =>
    `${options.endpoint}/v2/projects/${options.project}/locations/${options.location}/jobs/${job}`
  const latest = async (id: string): Promise<Execution | undefined> => {
    const all = await Promise.all(Object.values(options.jobs).map((job) => listExecutions(api, jobUrl(job))))
    const own = all.flat().filter((execution) => idOf(execution) === id)
    return own.sort((a, b) => Date.parse(a.createTime) - Date.parse(b.createTime)).at(-1)
  }
  const start = async (kind: JobKind, id: string, input: unknown) => {
    const found = await latest(id)
    if (found && isLive(stateOf(found))) return
    const env = Object.entries({ JOB_KIND: kind, JOB_ID: id, JOB_INPUT: JSON.stringify(input) })
    const overrides = { containerOverrides: [{ env: env.map(([name, value]) => ({ name, value })) }] }
    // A second try after a lost answer could start it twice.
    await api({ method: 'POST', url: `${jobUrl(options.jobs[kind])}:run`, body: { overrides }, attempts: 1 })
  }
  return {
    start: (kind, id, input) => options.alone(id, () => start(kind, id, input)),
    async state(id) {
      const found = await latest(id)
      return found ? stateOf(found) : 'unknown'
    },
    stop: (id) =>
      options.alone(id, async () => {
        const found = await latest(id)
        if (found && isLive(stateOf(found))) await end(`${options.endpoint}/v2/${found.name}`, { api, clock })
      }),
  }
}

const isLive = (state: JobState) => state === 'queued' || state === 'running'

/** Resolves when the execution has ended. https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.jobs.executions/cancel */
async function end(url: string, { api, clock }: Pick<GcpJobsOptions, 'api' | 'clock'>): Promise<void> {
  await api({ method: 'POST', url: `${url}:cancel`, body: {} }).catch((error: unknown) => {
    // It ended by itself meanwhile: the look below tells.
    if (!(error instanceof GoogleRefused && (error.status === 400 || error.status === 409))) throw error
  })
  for (let waited = 0; waited < STOP_SECONDS * 1000; waited += POLL_MS) {
    if (!isLive(stateOf(readExecution(await api({ method: 'GET', url }))))) return
    await clock.sleep(POLL_MS)
  }
  throw new Error(`the execution did not end within ${STOP_SECONDS} s after it was cancelled`)
}
