import { join } from 'node:path'
import { openLocalBus } from '../adapters/local/bus.ts'
import { openLocalQueue } from '../adapters/local/queue.ts'
import { systemClock } from '../adapters/node/clock.ts'
import type { Uses } from '../core/ports/ports.ts'
import type { Log } from '../core/run/log.ts'
import { onFunctions } from '../functions/entry/manifests.ts'
import { openDeploymentPorts } from './deployment-ports.ts'
import { openPlatformDatabase } from './platform-database.ts'
import { readSettings } from './settings.ts'

type Env = Readonly<Record<string, string | undefined>>

/** Where dead letters lie, and the queues that bring them back. */
export interface DeadLetterDesk extends AsyncDisposable {
  readonly uses: Uses<'db' | 'queue' | 'clock'>
  /** False where nothing runs that could take up what is replayed. */
  readonly mayRun: boolean
}

/** The desk of this machine's platform, or of the deployment whose variables stand beside SKYREEL_CLOUD. */
export async function openDeadLetterDesk(env: Env, log: Log): Promise<DeadLetterDesk> {
  const deployment = await openDeploymentPorts(env, log)
  if (!deployment) return openLocalDesk(env, log)
  return { uses: deployment.ports, mayRun: true, [Symbol.asyncDispose]: deployment.close }
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
