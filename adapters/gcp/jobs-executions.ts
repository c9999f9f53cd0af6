import type { JobState } from '../../core/ports/jobs.ts'
import type { GoogleApi } from './credentials.ts'

/** One run of a Cloud Run job: https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.jobs.executions */
export interface Execution {
  /** `projects/P/locations/L/jobs/J/executions/E`. */
  readonly name: string
  readonly createTime: string
  readonly completionTime?: string
  readonly runningCount?: number
  readonly succeededCount?: number
  readonly failedCount?: number
  readonly cancelledCount?: number
  readonly template?: {
    readonly containers?: readonly { readonly env?: readonly { name: string; value?: string }[] }[]
  }
}

/** All of them: the service promises no order, and has no filter. */
export async function listExecutions(api: GoogleApi, jobUrl: string): Promise<Execution[]> {
  const found: Execution[] = []
  for (let pageToken = ''; ; ) {
    const query = new URLSearchParams({ pageSize: '100', ...(pageToken === '' ? {} : { pageToken }) })
    const page = await api({ method: 'GET', url: `${jobUrl}/executions?${query}` })
    found.push(...((page.executions ?? []) as unknown[]).map(readExecution))
    if (typeof page.nextPageToken !== 'string' || page.nextPageToken === '') return found
    pageToken = page.nextPageToken
  }
}

/** Throws for what is no execution. */
export function readExecution(value: unknown): Execution {
  const { name, createTime } = (value ?? {}) as Partial<Execution>
  if (typeof name !== 'string' || typeof createTime !== 'string')
    throw new Error('Cloud Run described an execution without name or time')
  return value as Execution
}

/** JOB_ID as the execution was told. */
export function idOf({ template }: Execution): string | undefined {
  const env = template?.containers?.flatMap((container) => container.env ?? [])
  return env?.find(({ name }) => name === 'JOB_ID')?.value
}

/** Counts of 0 are left out of the answers. */
export function stateOf(execution: Execution): JobState {
  const {
    completionTime,
    runningCount = 0,
    succeededCount = 0,
    failedCount = 0,
    cancelledCount = 0,
  } = execution
  if (completionTime === undefined) return runningCount > 0 ? 'running' : 'queued'
  return succeededCount > 0 && failedCount + cancelledCount === 0 ? 'done' : 'failed'
}
