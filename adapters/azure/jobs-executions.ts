import type { TokenCredential } from '@azure/core-auth'
import * as z from 'zod/mini'
import type { Clock } from '../../core/ports/clock.ts'
import type { JobState } from '../../core/ports/jobs.ts'
import { bearer, openRest, refusal } from './credentials-rest.ts'

/**
 * Fields of the REST API that we read; others are passed on as they come.
 * https://learn.microsoft.com/rest/api/containerapps/jobs, version 2024-03-01
 */
const Variable = z.looseObject({ name: z.string(), value: z.optional(z.string()) })
const Container = z.looseObject({ name: z.string(), image: z.string(), env: z.optional(z.array(Variable)) })
const Template = z.looseObject({ containers: z.array(Container) })
const Job = z.object({ properties: z.object({ template: Template }) })
const Status = z.enum(['Running', 'Processing', 'Stopped', 'Degraded', 'Failed', 'Unknown', 'Succeeded'])
const Execution = z.object({
  name: z.string(),
  properties: z.object({
    status: z.optional(Status),
    startTime: z.optional(z.string()),
    template: z.optional(z.nullable(Template)),
  }),
})
const Executions = z.object({ value: z.array(Execution), nextLink: z.optional(z.nullable(z.string())) })
type Template = z.infer<typeof Template>
type Status = z.infer<typeof Status>

/** One run of a job. */
export interface JobExecution {
  readonly name: string
  readonly state: Exclude<JobState, 'unknown'>
  /** What its container was told. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly startedAt: number
}

/** The runs of the job under one resource id. */
export interface JobExecutions {
  list(): Promise<readonly JobExecution[]>
  /** Runs the job's own containers, with these variables beside their own. */
  start(env: Readonly<Record<string, string>>): Promise<void>
  /** Resolves when the service has taken the request; the container ends later. */
  stop(name: string): Promise<void>
}

const VERSION = 'api-version=2024-03-01'

export function openJobExecutions(at: {
  resourceManager: string
  jobId: string
  credential: TokenCredential
  clock: Clock
}): JobExecutions {
  const rest = openRest(at.clock, bearer(at.credential, 'https://management.azure.com'))
  const job = at.resourceManager + at.jobId
  const get = async <T>(doing: string, url: string, schema: z.ZodMiniType<T>): Promise<T> => {
    const answer = await rest(url)
    if (!answer.ok) throw await refusal(doing, answer)
    return schema.parse(await answer.json())
  }
  const post = async (doing: string, url: string, request: { body?: string; tries?: number }) => {
    const headers = { 'content-type': 'application/json' }
    const answer = await rest(url, { method: 'POST', headers, ...request })
    if (!answer.ok) throw await refusal(doing, answer)
    await answer.body?.cancel()
  }
  return {
    async list() {
      const found: JobExecution[] = []
      for (let url: string | null | undefined = `${job}/executions?${VERSION}`; url; ) {
        const page: z.infer<typeof Executions> = await get('listing the runs of a job', url, Executions)
        found.push(...page.value.map(readExecution))
        url = page.nextLink
      }
      return found
    },
    async start(env) {
      const { properties } = await get('reading a job', `${job}?${VERSION}`, Job)
      const body = JSON.stringify(withEnv(properties.template, env))
      // Once: an answer that is lost may stand for a container that runs.
      await post('starting a job', `${job}/start?${VERSION}`, { body, tries: 1 })
    },
    stop: (name) =>
      post('stopping a job', `${job}/executions/${encodeURIComponent(name)}/stop?${VERSION}`, {}),
  }
}

/**
 * What a start is given replaces the job's own template, image and all, so it must be that template with more variables.
 * It takes containers only: volumes and the like stay the job's.
 */
function withEnv(template: Template, more: Readonly<Record<string, string>>) {
  const added = Object.entries(more).map(([name, value]) => ({ name, value }))
  const containers = template.containers.map((container) => ({
    ...container,
    env: [...(container.env ?? []).filter(({ name }) => !(name in more)), ...added],
  }))
  const { initContainers } = template
  return Array.isArray(initContainers) && initContainers.length > 0
    ? { containers, initContainers }
    : { containers }
}

/** `Unknown` may still run: taken for running, it is not started beside itself. */
const STATES: Readonly<Record<Status, JobExecution['state']>> = {
  Processing: 'queued',
  Running: 'running',
  Unknown: 'running',
  Succeeded: 'done',
  Failed: 'failed',
  Degraded: 'failed',
  Stopped: 'failed',
}

function readExecution({ name, properties }: z.infer<typeof Execution>): JobExecution {
  const { status = 'Processing', startTime, template } = properties
  const variables = template?.containers.flatMap(({ env = [] }) => env) ?? []
  const env = Object.fromEntries(variables.map(({ name: key, value }) => [key, value]))
  // One that has not begun has no time yet, and is the newest.
  const startedAt = startTime === undefined ? Number.MAX_SAFE_INTEGER : Date.parse(startTime)
  return { name, state: STATES[status], env, startedAt }
}
