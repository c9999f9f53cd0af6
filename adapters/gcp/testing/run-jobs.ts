import { randomUUID } from 'node:crypto'
import { type Execution, type ExecutionOptions, openExecutions, resource } from './run-jobs-executions.ts'
import { readRun } from './run-jobs-request.ts'
import { googleError, json, openServer, type Received, type Reply } from './server.ts'

export interface RunJobsOptions extends ExecutionOptions {
  /** The access token that is good. */
  readonly token: string
}
export interface RunJobs extends AsyncDisposable {
  readonly origin: string
  readonly refusals: string[]
  /** In the order of their start. */
  readonly executions: readonly Execution[]
}

/** Cloud Run's jobs on this machine: run with overrides, list, get and cancel executions; containers are child processes. */
export async function openRunJobs(options: RunJobsOptions): Promise<RunJobs> {
  const executions = openExecutions(options)
  const refusals: string[] = []
  const run = (job: string, request: Received): Reply => {
    const read = readRun(request)
    return 'refused' in read ? read.refused : operation(executions.start(job, read.env))
  }
  const answer = (request: Received): Reply => {
    if (request.headers.authorization !== `Bearer ${options.token}`)
      return googleError(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.')
    const at = readPath(request, options)
    if (!at) return googleError(404, 'NOT_FOUND', `Not found: ${request.method} ${request.path}`)
    if (at.verb === 'run') return run(at.job, request)
    if (at.verb === 'list')
      return list(
        executions.all.filter(({ job }) => job === at.job),
        request,
      )
    const found = executions.all.find(({ name }) => `/v2/${name}` === at.execution)
    if (!found) return googleError(404, 'NOT_FOUND', 'The execution was not found.')
    if (at.verb === 'get') return json(resource(found))
    return executions.cancel(found)
      ? operation(found)
      : googleError(400, 'FAILED_PRECONDITION', 'The execution has ended already.')
  }
  const server = await openServer(
    async (request) => {
      const reply = answer(request)
      if (reply.status >= 400) refusals.push(`${request.method} ${request.path}: ${reply.body}`)
      return reply
    },
    (error) => void refusals.push(String(error)),
  )
  const dispose = async () => {
    await executions.stop()
    await server[Symbol.asyncDispose]()
  }
  return { origin: server.origin, refusals, executions: executions.all, [Symbol.asyncDispose]: dispose }
}

type Place =
  | { readonly verb: 'run'; readonly job: string }
  | { readonly verb: 'list'; readonly job: string }
  | { readonly verb: 'get' | 'cancel'; readonly execution: string }

function readPath(
  { method, path }: Received,
  { project, location, jobs }: RunJobsOptions,
): Place | undefined {
  const base = `/v2/projects/${project}/locations/${location}/jobs/`
  if (!path.startsWith(base)) return undefined
  const [, job = '', rest = ''] = /^([^/:]+)(.*)$/.exec(path.slice(base.length)) ?? []
  if (!Object.hasOwn(jobs, job)) return undefined
  if (method === 'POST' && rest === ':run') return { verb: 'run', job }
  if (method === 'GET' && rest === '/executions') return { verb: 'list', job }
  const [, name, cancel] = /^(\/executions\/[^/:]+)(:cancel)?$/.exec(rest) ?? []
  if (name === undefined || method !== (cancel ? 'POST' : 'GET')) return undefined
  return { verb: cancel ? 'cancel' : 'get', execution: `${base}${job}${name}` }
}

function list(all: readonly Execution[], { query }: Received): Reply {
  const unknown = [...query.keys()].filter((name) => !['pageSize', 'pageToken', 'showDeleted'].includes(name))
  if (unknown.length > 0) return googleError(400, 'INVALID_ARGUMENT', `Unknown: ${unknown.join(', ')}`)
  const from = Number(query.get('pageToken') ?? '0')
  const to = from + Math.min(Number(query.get('pageSize') ?? '100'), 100)
  const more = all.length > to ? { nextPageToken: String(to) } : {}
  return json({ executions: [...all].reverse().slice(from, to).map(resource), ...more })
}

const operation = (execution: Execution): Reply =>
  json({
    name: `projects/demo/locations/demo/operations/${randomUUID()}`,
    metadata: { '@type': 'type.googleapis.com/google.cloud.run.v2.Execution', ...resource(execution) },
    done: false,
  })
