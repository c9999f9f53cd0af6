import { join } from 'node:path'
import { openLocalBus } from '../adapters/local/bus.ts'
import { openLocalQueue } from '../adapters/local/queue.ts'
import { systemClock } from '../adapters/node/clock.ts'
import type { Ports, Uses } from '../core/ports/ports.ts'
import type { Config } from '../core/run/config.ts'
import type { Log } from '../core/run/log.ts'
import { cloudConfig } from '../functions/entry/cloud-config.ts'
import { onFunctions } from '../functions/entry/manifests.ts'
import { openPlatformDatabase } from './platform-database.ts'
import { readSettings, WrongSetting } from './settings.ts'

type Env = Readonly<Record<string, string | undefined>>

/** Where dead letters lie, and the queues that bring them back. */
export interface DeadLetterDesk extends AsyncDisposable {
  readonly uses: Uses<'db' | 'queue' | 'clock'>
  /** False where nothing runs that could take up what is replayed. */
  readonly mayRun: boolean
}

type OpenPorts = (options: { env: Env; log: Log; config: Config }) => { ports: Ports; close(): Promise<void> }

const CLOUDS: Readonly<Record<string, () => Promise<OpenPorts>>> = {
  aws: async () => (await import('../adapters/aws/ports.ts')).openAwsPorts,
  gcp: async () => (await import('../adapters/gcp/ports.ts')).openGcpPorts,
  azure: async () => (await import('../adapters/azure/ports.ts')).openAzurePorts,
}

/** The desk of this machine's platform, or of the deployment whose variables stand beside SKYREEL_CLOUD. */
export async function openDeadLetterDesk(env: Env, log: Log): Promise<DeadLetterDesk> {
  const cloud = env.SKYREEL_CLOUD
  if (cloud === undefined || cloud === 'local') return openLocalDesk(env, log)
  const open = Object.hasOwn(CLOUDS, cloud) ? CLOUDS[cloud] : undefined
  if (!open)
    throw new WrongSetting(`SKYREEL_CLOUD is one of ${Object.keys(CLOUDS).join(', ')}, not ${cloud}.`)
  const { ports, close } = (await open())({ env, log, config: cloudConfig(env) })
  return { uses: ports, mayRun: true, [Symbol.asyncDispose]: close }
}

async function openLocalDesk(env: Env, log: Log): Promise<DeadLetterDesk> {
  const settings = readSettings(env)
  const database = await openPlatformDatabase(settings, log)
  // Not started: it delivers nothing here, it leaves the events for the platform.
  const bus = await openLocalBus({ folder: join(settings.home, 'events'), clock: systemClock, log })
  const queue = openLocalQueue({ bus, consumers: onFunctions.map((fn) => fn.name) })
  const uses = { db: database.db, queue, clock: systemClock }
  return { uses, mayRun: database.inUse, [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() }
}
