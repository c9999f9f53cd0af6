import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '../../adapters/local/database.ts'
import { startPostgres } from '../../adapters/local/postgres-server.ts'
import { openLocalSecrets } from '../../adapters/local/secrets.ts'
import { openNeonProxy } from '../../adapters/neon/testing/neon-proxy.ts'
import { openLog } from '../../adapters/node/log.ts'
import type { Cloud } from '../build/deployed.ts'
import { buildBundles } from './bundles.ts'
import type { Ground } from './cloud.ts'
import type { Front } from './front.ts'
import type { Logs } from './logs.ts'
import type { Steps } from './steps.ts'

export interface GroundWish {
  readonly cloud: Cloud
  readonly front: Front
  readonly logs: Logs
  readonly steps: Steps
  /** Bundles that were built before; they are built anew without. */
  readonly bundles?: string
}

export interface OpenGround extends Ground, AsyncDisposable {
  /** When the bundles are there. */
  readonly built: Promise<void>
  /** For what the run keeps until its end. */
  readonly folder: string
}

const BUILD_SECONDS = 240
const DATABASE_SECONDS = 120

/** A folder, a database behind a stand-in for Neon, secrets; the bundles are being built meanwhile. */
export async function openGround(wish: GroundWish): Promise<OpenGround> {
  const stack = new AsyncDisposableStack()
  try {
    const folder = await openFolder(stack)
    const out = wish.bundles ?? join(folder, 'dist')
    const built = wish.bundles ? Promise.resolve() : build(wish, out)
    // Whoever needs the bundles hears of it; until then nobody listens.
    built.catch(() => undefined)
    const database = await wish.steps.take('start PostgreSQL and migrate it', DATABASE_SECONDS, () =>
      openDatabase(folder, stack),
    )
    return {
      ...{ ...database, folder, built, logs: wish.logs, publicOrigin: wish.front.origin },
      secrets: { ...(await freshSecrets(folder)), 'database-url': database.databaseUrl },
      functionFolder: async (name) => {
        await built
        return join(out, wish.cloud, name)
      },
      mediaProgram: join(out, 'media/app/index.mjs'),
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    }
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

const build = ({ cloud, steps }: GroundWish, out: string) =>
  steps.take('build all bundles', BUILD_SECONDS, () => buildBundles(cloud, out))

async function openFolder(stack: AsyncDisposableStack): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'skyreel-e2e-'))
  stack.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  // For root: the user of PostgreSQL must be able to enter.
  await chmod(folder, 0o755)
  return folder
}

async function openDatabase(folder: string, stack: AsyncDisposableStack) {
  const postgres = join(folder, 'postgres')
  await mkdir(postgres)
  await chmod(postgres, 0o755)
  const server = await startPostgres({ folder: postgres, log: openLog({ level: 'warn' }), throwAway: true })
  stack.defer(() => server.stop())
  await migrate(server.url)
  const { hostname, port } = new URL(server.url)
  const proxy = stack.use(await openNeonProxy({ host: hostname, port: Number(port) }))
  return { databaseUrl: server.url, neonProxy: proxy.endpoint }
}

/** Made as a new installation makes them: nothing of one run opens anything of another. */
async function freshSecrets(folder: string) {
  const { get } = openLocalSecrets(join(folder, 'secrets'))
  return { 'token-key': await get('token-key'), 'delivery-key': await get('delivery-key') }
}
