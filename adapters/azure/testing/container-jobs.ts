import {
  type ContainerRuns,
  type ContainerRunsOptions,
  type Execution,
  openContainerRuns,
  type Template,
} from './container-runs.ts'
import type { IdentityServer } from './identity.ts'
import {
  onlyQuery,
  openStrictServer,
  parseJson,
  Refused,
  readFields,
  type StrictAnswer,
  type StrictRequest,
  type StrictServer,
} from './strict-server.ts'

export interface ContainerJobsOptions extends ContainerRunsOptions {
  readonly identity: Pick<IdentityServer, 'check'>
  /** Resource ids of the jobs that there are, all of one template. */
  readonly jobIds: readonly string[]
  /** The jobs' own variables, as they were deployed; a bucket's name by default. */
  readonly jobEnv?: Readonly<Record<string, string>>
  /** How many lists of runs do not show a run that was just started; 0 by default. */
  readonly listsBehind?: number
}

export interface ContainerJobs extends StrictServer {
  /** JOB_ID of every run whose process began, in order. */
  readonly started: string[]
  /** What the processes printed so far. */
  output(): string
}

/**
 * The Resource Manager as far as it concerns Container Apps jobs: read one, start it, list and stop its runs. Shapes:
 * Azure/azure-rest-api-specs, Microsoft.App/stable/2024-03-01/Jobs.json and CommonDefinitions.json
 */
export async function openContainerJobs(options: ContainerJobsOptions): Promise<ContainerJobs> {
  const runs = openContainerRuns(options)
  const server = await openStrictServer((request) => answer(options, runs, request))
  return {
    ...server,
    ...{ started: runs.started, output: runs.output },
    [Symbol.asyncDispose]: async () => {
      await runs.close()
      await server[Symbol.asyncDispose]()
    },
  }
}

const IMAGE = { image: 'skyreel.azurecr.io/media:1', name: 'media' }

function templateOf({ jobEnv = { SKYREEL_BUCKET_MEDIA: 'media' } }: ContainerJobsOptions) {
  const env = [
    ...Object.entries(jobEnv).map(([name, value]) => ({ name, value })),
    { name: 'SHIPPED_WITH', secretRef: 'shipped-with' },
  ]
  return { containers: [{ ...IMAGE, resources: { cpu: 4, memory: '8Gi', ephemeralStorage: '8Gi' }, env }] }
}

function answer(options: ContainerJobsOptions, runs: ContainerRuns, request: StrictRequest): StrictAnswer {
  options.identity.check(request.headers, 'https://management.azure.com')
  onlyQuery(request.query, { 'api-version': '2024-03-01' })
  const jobId = options.jobIds.find((id) => `${request.path}/`.startsWith(`${id}/`))
  if (jobId === undefined) throw new Refused(404, 'ResourceNotFound', `there is no resource ${request.path}`)
  const rest = request.path.slice(jobId.length)
  const [, stopped] = /^\/executions\/([\w-]+)\/stop$/.exec(rest) ?? []
  switch (`${request.method} ${stopped === undefined ? rest : 'stop'}`) {
    case 'GET ':
      return { status: 200, body: { id: jobId, properties: { template: templateOf(options) } } }
    case 'GET /executions':
      return { status: 200, body: { value: shownRuns(options, runs.of(jobId)).map(shown), nextLink: null } }
    case 'POST /start':
      runs.start(jobId, readTemplate(request))
      return { status: 202, headers: { location: `${jobId}/operationResults/1` } }
    case 'POST stop':
      if (!runs.stop(stopped ?? ''))
        throw new Refused(404, 'JobExecutionNotFound', `there is no run ${stopped}`)
      return { status: 202 }
    default:
      throw new Refused(405, 'MethodNotAllowed', `there is no ${request.method} ${rest}`)
  }
}

/** The list may be behind what was started. */
const shownRuns = ({ listsBehind = 0 }: ContainerJobsOptions, all: readonly Execution[]) =>
  all.filter((run) => ++run.lists > listsBehind)

const shown = ({ name, status, startTime, endTime, template }: Execution) => ({
  name,
  type: 'Microsoft.App/jobs/executions',
  properties: { status, startTime, endTime, template },
})

const CONTAINER = {
  required: ['image', 'name'],
  optional: ['command', 'args', 'env', 'resources', 'volumeMounts'],
}

function readTemplate(request: StrictRequest): Template {
  const template = readFields(parseJson(request, 'application/json'), {
    required: ['containers'],
    optional: ['initContainers'],
  })
  const [container, ...more] = template.containers as unknown[]
  if (more.length > 0) throw new Refused(400, 'InvalidRequestContent', 'the job has one container')
  const { env = [], image, name, resources } = readFields(container, CONTAINER)
  if (image !== IMAGE.image || name !== IMAGE.name)
    throw new Refused(400, 'InvalidRequestContent', 'another image')
  readFields(resources, { required: ['cpu', 'memory'], optional: ['ephemeralStorage'] })
  for (const variable of env as unknown[])
    readFields(variable, { required: ['name'], optional: ['value', 'secretRef'] })
  return template as unknown as Template
}
