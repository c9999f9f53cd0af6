import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TEST_ENV } from '../../adapters/aws/testing/env.ts'
import { openEventBridge } from '../../adapters/aws/testing/event-bridge.ts'
import { openSecretsManager } from '../../adapters/aws/testing/secrets-server.ts'
import { openEventGrid } from '../../adapters/azure/testing/event-grid.ts'
import { openIdentity } from '../../adapters/azure/testing/identity.ts'
import { openKeyVault } from '../../adapters/azure/testing/key-vault.ts'
import { anEnv, TOKEN } from '../../adapters/gcp/testing/env.ts'
import { openPubSub } from '../../adapters/gcp/testing/pubsub.ts'
import { openSecretManager } from '../../adapters/gcp/testing/secret-store.ts'
import { migrate } from '../../adapters/local/database.ts'
import { startPostgres } from '../../adapters/local/postgres-server.ts'
import { openNeonProxy } from '../../adapters/neon/testing/neon-proxy.ts'
import { openLog } from '../../adapters/node/log.ts'
import type { Cloud } from '../build/deployed.ts'
import { deploymentEnv } from '../build/testing/deployment-env.ts'

export type Env = Readonly<Record<string, string>>

/** What a deployed function talks to: a PostgreSQL behind a stand-in for Neon, and a cloud's secrets and bus. */
export interface StandIns extends AsyncDisposable {
  readonly databaseUrl: string
  readonly clouds: { readonly [C in Cloud]: CloudStandIn }
}
export interface CloudStandIn {
  /** Of a whole deployment; storage and jobs are nowhere. */
  readonly env: Env
  /** How often its bus was told something. */
  told(): number
  /** What a service refused. */
  refused(): readonly string[]
}

export async function openStandIns(secrets: Env): Promise<StandIns> {
  const stack = new AsyncDisposableStack()
  try {
    const databaseUrl = await openDatabase(stack)
    const { hostname, port } = new URL(databaseUrl)
    const proxy = stack.use(await openNeonProxy({ host: hostname, port: Number(port) }))
    const at: Opening = {
      stack,
      secrets: { ...secrets, 'database-url': databaseUrl },
      common: { SKYREEL_NEON_PROXY: proxy.endpoint },
    }
    const clouds = { aws: await openAws(at), gcp: await openGcp(at), azure: await openAzure(at) }
    return { databaseUrl, clouds, [Symbol.asyncDispose]: () => stack.disposeAsync() }
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

/** Flushes each commit to disk, as PostgreSQL comes: the answer waits for it. */
async function openDatabase(stack: AsyncDisposableStack): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'skyreel-bench-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  // For root: PostgreSQL runs as another user, who must be able to enter.
  await chmod(folder, 0o755)
  const server = await startPostgres({ folder: join(folder, 'postgres'), log: openLog({ level: 'warn' }) })
  stack.defer(() => rm(server.clusterFolder, { recursive: true, force: true }))
  stack.defer(() => server.stop())
  await migrate(server.url)
  return server.url
}

interface Opening {
  readonly stack: AsyncDisposableStack
  readonly secrets: Env
  readonly common: Env
}

async function openAws({ stack, secrets, common }: Opening): Promise<CloudStandIn> {
  const store = stack.use(await openSecretsManager(prefixed(TEST_ENV.SKYREEL_SECRETS, secrets)))
  const bus = stack.use(await openEventBridge({ bus: TEST_ENV.SKYREEL_BUS }))
  const env = {
    ...{ ...deploymentEnv.aws, ...common },
    AWS_ENDPOINT_URL_SECRETS_MANAGER: store.endpoint,
    AWS_ENDPOINT_URL_EVENTBRIDGE: bus.endpoint,
  }
  return { env, told: () => bus.calls.length, refused: () => [...store.refusals, ...bus.refusals] }
}

async function openGcp({ stack, secrets, common }: Opening): Promise<CloudStandIn> {
  const { SKYREEL_GCP_PROJECT: project = '', SKYREEL_SECRETS = '', SKYREEL_BUS = '' } = anEnv()
  const values = prefixed(SKYREEL_SECRETS, secrets)
  const store = stack.use(await openSecretManager({ project, token: TOKEN, secrets: values }))
  const bus = stack.use(await openPubSub({ project, token: TOKEN, topics: [SKYREEL_BUS] }))
  const env = {
    ...{ ...deploymentEnv.gcp, ...common },
    SKYREEL_GCP_SECRETS_URL: store.origin,
    SKYREEL_GCP_PUBSUB_URL: bus.origin,
  }
  return { env, told: () => bus.batches.length, refused: () => [...store.refusals, ...bus.refusals] }
}

async function openAzure({ stack, secrets, common }: Opening): Promise<CloudStandIn> {
  const identity = stack.use(await openIdentity())
  const vault = stack.use(await openKeyVault(identity, secrets))
  const queueEndpoint = deploymentEnv.azure.SKYREEL_QUEUE_ENDPOINT ?? ''
  const bus = stack.use(await openEventGrid({ identity, queueEndpoint, subscriptions: [] }))
  const env = {
    ...{ ...deploymentEnv.azure, ...common },
    ...{ SKYREEL_SECRETS: vault.origin, SKYREEL_BUS: bus.endpoint },
    ...{ IDENTITY_ENDPOINT: identity.identity.endpoint, IDENTITY_HEADER: identity.identity.header },
  }
  const refused = () => [identity, vault, bus].flatMap(({ refusals }) => refusals)
  return { env, told: () => bus.requests.length, refused }
}

const prefixed = (prefix: string, values: Env): Env =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]))
