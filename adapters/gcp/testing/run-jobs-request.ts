import { googleError, type Received, type Reply, unknownIn } from './server.ts'

export type Environment = Readonly<Record<string, string>>
export type RunRequest = { readonly env: Environment } | { readonly refused: Reply }

const RUN = ['validateOnly', 'etag', 'overrides']
const OVERRIDES = ['containerOverrides', 'taskCount', 'timeout']
const CONTAINER = ['name', 'args', 'env', 'clearArgs']
const ENV = ['name', 'value', 'valueSource']

interface Overrides {
  readonly containerOverrides?: readonly {
    readonly args?: unknown
    readonly env?: readonly { readonly name?: unknown; readonly value?: unknown }[]
  }[]
  readonly taskCount?: unknown
  readonly timeout?: unknown
}

/** Body of `jobs.run`, refused for each field that the service does not know. https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.jobs/run */
export function readRun({ body }: Received): RunRequest {
  const said = body.length === 0 ? {} : (JSON.parse(body.toString()) as { overrides?: Overrides })
  const { overrides = {} } = said
  const containers = overrides.containerOverrides ?? []
  const env = containers.flatMap((container) => container.env ?? [])
  const wrong = [
    ...unknownIn(said, RUN),
    ...unknownIn(overrides, OVERRIDES),
    ...containers.flatMap((container) => unknownIn(container, CONTAINER)),
    ...env.flatMap((pair) => unknownIn(pair, ENV)),
    ...env
      .filter(({ name, value }) => typeof name !== 'string' || name === '' || typeof value !== 'string')
      .map(() => 'env'),
    ...(overrides.timeout === undefined || /^\d+(\.\d+)?s$/.test(String(overrides.timeout))
      ? []
      : ['timeout']),
    ...(overrides.taskCount === undefined || Number.isInteger(overrides.taskCount) ? [] : ['taskCount']),
    ...(containers.length > 1 ? ['containerOverrides of containers that the job has not'] : []),
  ]
  if (wrong.length > 0)
    return {
      refused: googleError(400, 'INVALID_ARGUMENT', `Invalid JSON payload received: ${wrong.join(', ')}`),
    }
  return { env: Object.fromEntries(env.map(({ name, value }) => [String(name), String(value)])) }
}
