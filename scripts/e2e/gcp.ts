import { type GcpCloud, openGcpCloud } from '../../adapters/gcp/testing/cloud.ts'
import { TOKEN } from '../../adapters/gcp/testing/env.ts'
import { openCloudKms } from '../../adapters/gcp/testing/kms.ts'
import { cronFunctions, httpFunctions, onFunctions } from '../../functions/entry/manifests.ts'
import { throughGoogle } from '../conformance/gcp-column.ts'
import type { WireRequest } from '../conformance/http-case.ts'
import { sendOverWire } from '../conformance/wire-client.ts'
import type { CloudUnderTest, DeployedCloud, Ground } from './cloud.ts'
import { openService, type Service } from './gcp-cloud-run.ts'
import { type Delivery, deliverEvents } from './gcp-events.ts'

/** Google Cloud: functions-framework under our own servers of Storage, Pub/Sub, Cloud Run jobs, secrets and CDN. */
export const gcp: CloudUnderTest = { name: 'gcp', missing: () => undefined, open: openDeployed }

async function openDeployed(ground: Ground): Promise<DeployedCloud> {
  await using stack = new AsyncDisposableStack()
  const kms = stack.use(await openCloudKms({ token: TOKEN, key: FILMS_KEY }))
  ground.logs.watch('what Cloud KMS has refused', () => kms.refusals.join('\n'))
  const own = { ...deploymentOf(ground), SKYREEL_GCP_KMS_URL: kms.origin, SKYREEL_KEY_VAULT_KEY: FILMS_KEY }
  const cloud = stack.use(await openCloud(ground, own))
  const services = await openServices(ground, { ...written(cloud.env), ...own }, stack)
  const delivery = stack.use(await deliverEvents(cloud, (name) => serviceOf(services, name).origin))
  return deployed({ cloud, services, delivery, stack: stack.move() })
}

function deployed({ cloud, services, delivery, stack }: Parts): DeployedCloud {
  return {
    answer: async (name, request) => sendOverWire(await wayTo(serviceOf(services, name)), request),
    fire: async (name) => fire(serviceOf(services, name)),
    givenUp: async () => [...(await delivery.givenUp()), ...failedJobs(cloud)],
    processes: () => [...services.values()].flatMap(({ running }) => running() ?? []),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

interface Parts {
  readonly cloud: GcpCloud
  readonly services: ReadonlyMap<string, Service>
  readonly delivery: Delivery
  readonly stack: AsyncDisposableStack
}

const FILMS_KEY = 'projects/skyreel-e2e/locations/europe-west1/keyRings/skyreel-e2e/cryptoKeys/films'

const deploymentOf = ({ publicOrigin }: Ground) => ({
  SKYREEL_PUBLIC_ORIGIN: publicOrigin,
  SKYREEL_COOKIE_DOMAIN: new URL(publicOrigin).hostname,
})

async function openCloud(ground: Ground, env: Readonly<Record<string, string>>): Promise<GcpCloud> {
  const { databaseUrl, neonProxy, mediaProgram, logs } = ground
  const hear = logs.collect('jobs')
  const cloud = await openGcpCloud({
    ...{ databaseUrl, neonProxy, consumers: onFunctions.map(({ name }) => name) },
    job: { command: process.execPath, args: [mediaProgram], env },
    onJobLine: (line) => hear(`${line}\n`),
  })
  for (const [name, value] of Object.entries(ground.secrets))
    cloud.secrets.values.set(`${cloud.env.SKYREEL_SECRETS}${name}`, value)
  // Without a key of its own it signs by IAM, as where an organisation forbids keys of service accounts.
  cloud.secrets.values.delete(`${cloud.env.SKYREEL_SECRETS}storage-key`)
  const { gcs, edge, pubsub, run, secrets } = cloud
  const refused = () => [gcs, edge, pubsub, run, secrets].flatMap(({ refusals }) => refusals).join('\n')
  logs.watch('what Google Cloud has refused', refused)
  return cloud
}

const written = (env: GcpCloud['env']) =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )

async function openServices(
  ground: Ground,
  env: Readonly<Record<string, string>>,
  stack: AsyncDisposableStack,
): Promise<ReadonlyMap<string, Service>> {
  const services = new Map<string, Service>()
  for (const { name, kind, timeoutSeconds } of [...httpFunctions, ...onFunctions, ...cronFunctions]) {
    const signatureType = kind === 'on' ? 'cloudevent' : 'http'
    const service = stack.use(await openService({ name, signatureType, timeoutSeconds, env, ground }))
    services.set(name, service)
  }
  return services
}

function serviceOf(services: ReadonlyMap<string, Service>, name: string): Service {
  const service = services.get(name)
  if (!service) throw new Error(`there is no function ${name}`)
  return service
}

const wayTo = async (service: Service) => ({
  port: await service.port(),
  front: (request: WireRequest) => throughGoogle(request),
})

/** https://cloud.google.com/scheduler/docs/reference/rpc/google.cloud.scheduler.v1#httptarget */
async function fire({ name, origin }: Service): Promise<void> {
  const headers = {
    'user-agent': 'Google-Cloud-Scheduler',
    'x-cloudscheduler': 'true',
    'x-cloudscheduler-jobname': name,
    'content-type': 'application/octet-stream',
  }
  const response = await fetch(origin, { method: 'POST', headers })
  const text = await response.text()
  if (!response.ok) throw new Error(`${name} answered ${response.status}: ${text.slice(0, 300)}`)
}

const failedJobs = ({ run }: GcpCloud) =>
  run.executions
    .filter(({ state }) => state === 'failed')
    .map(({ name }) => `the execution ${name.split('/').at(-1)} has failed`)
