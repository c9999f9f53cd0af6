import { join } from 'node:path'
import type { Bus } from '../../core/ports/bus.ts'
import type { Media } from '../../core/ports/media.ts'
import type { Ports } from '../../core/ports/ports.ts'
import type { Config } from '../../core/run/config.ts'
import type { Log } from '../../core/run/log.ts'
import { NotSupported } from '../../core/run/not-supported.ts'
import { systemClock } from '../node/clock.ts'
import { endsWithin } from '../node/ends-within.ts'
import { openIds } from '../node/ids.ts'
import { late } from '../node/late.ts'
import { argon2Passwords } from '../node/passwords.ts'
import { type LocalBus, openLocalBus, type Subscriber } from './bus.ts'
import { openLocalCdn } from './cdn.ts'
import { localConfig } from './config.ts'
import { openDatabase } from './database.ts'
import { tellParent } from './job-child.ts'
import { type JobRunner, type LocalJobs, openLocalJobs } from './jobs.ts'
import { openLocalKeyVault } from './key-vault.ts'
import { openLicenseServers } from './license-servers.ts'
import { noMedia } from './no-media.ts'
import { openPayments } from './payments.ts'
import { openLocalQueue } from './queue.ts'
import { type GivenSecrets, openLocalSecrets } from './secrets.ts'
import { type LocalStorage, openLocalStorage } from './storage.ts'
import { openTax } from './tax.ts'

export interface LocalPortsOptions {
  /** Folder of objects, secrets and events. Several processes may open the same one. */
  readonly home: string
  readonly databaseUrl: string
  /** Under which clients reach the platform: `http://localhost:8080`. */
  readonly origin: string
  readonly log: Log
  readonly config?: Partial<Config>
  /** Secrets that come from elsewhere than the folder. */
  readonly givenSecrets?: GivenSecrets
  /** Where jobs run in. Without it this is a job's own process: it starts no others. */
  readonly jobRunner?: JobRunner
  /** Without it every media tool throws `NotSupported`. */
  readonly media?: Media
  /** Consumers of this process. Without them events are left in the folder for the process that has them. */
  readonly subscribers?: (ports: Ports) => readonly Subscriber[]
  /** Names of the functions that messages may be sent to; none by default. */
  readonly consumers?: readonly string[]
}

export interface LocalColumn {
  readonly ports: Ports
  /** The same as in `ports`, with what only this machine's side needs. */
  readonly storage: LocalStorage
  readonly bus: LocalBus
  readonly jobs: LocalJobs
  /** Finishes deliveries, stops jobs, closes the database. */
  close(): Promise<void>
}

/** The local column of the grid. The caller has started and migrated the database. */
export async function openLocalPorts(options: LocalPortsOptions): Promise<LocalColumn> {
  const { home, origin, log } = options
  const base = {
    clock: systemClock,
    ids: openIds(),
    secrets: openLocalSecrets(join(home, 'secrets'), options.givenSecrets),
    log,
  }
  const bus = await openLocalBus({ folder: join(home, 'events'), ...base })
  const publish = publisher(bus, options)
  const storage = await openLocalStorage({
    folder: join(home, 'objects'),
    origin,
    ...base,
    // A job writes thousands of objects that nobody waits for.
    ...(options.subscribers ? { onCreated: (event) => publish.publish([event]) } : {}),
  })
  const jobs = openJobs(options, bus)
  const config = localConfig(origin, options.config)
  const database = openDatabase(options.databaseUrl, { log })
  const close = async () => {
    await Promise.all([jobs.close(), bus.stop()])
    if (!(await endsWithin(database.close(), DATABASE_STOP_SECONDS))) log.warn('database work is cut off')
  }
  const ports: Ports = {
    config,
    db: database.db,
    storage,
    cdn: openLocalCdn({ origin, secrets: base.secrets }),
    bus: publish,
    queue: openLocalQueue({ bus, consumers: options.consumers ?? [] }),
    jobs,
    secrets: base.secrets,
    keyVault: openLocalKeyVault(base),
    licenseServers: openLicenseServers(),
    passwords: argon2Passwords,
    clock: base.clock,
    ids: base.ids,
    media: options.media ?? noMedia('the media tools are only there where jobs run'),
    payments: openPayments({ secrets: base.secrets, clock: base.clock, api: config.stripeApi }),
    tax: openTax({
      secrets: base.secrets,
      by: config.taxBy,
      sellerCountry: config.sellerCountry,
      api: config.stripeApi,
    }),
    thumbnailer: late(async () =>
      (await import('./thumbnailer.ts')).openThumbnailer({ scratchFolder: join(home, 'scratch') }),
    ),
  }
  try {
    if (options.subscribers) await bus.start(options.subscribers(ports))
    return { ports, storage, bus, jobs, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** A delivery that hangs within a transaction would keep its connection, and with it the whole platform. */
const DATABASE_STOP_SECONDS = 5

function publisher(bus: LocalBus, { subscribers }: LocalPortsOptions): Bus {
  if (subscribers) return bus
  return {
    async publish(events) {
      await bus.publish(events)
      tellParent()
    },
  }
}

function openJobs({ jobRunner, log }: LocalPortsOptions, bus: LocalBus): LocalJobs {
  if (!jobRunner) return noJobs
  const look = () => void bus.look().catch((error: unknown) => log.error('events of a job wait', { error }))
  return openLocalJobs({ runner: jobRunner, log, onMessage: look })
}

const refuse = (what: string) => async (): Promise<never> => {
  throw new NotSupported(what)
}

const noJobs: LocalJobs = {
  start: refuse('a job does not start jobs'),
  stop: refuse('a job does not stop jobs'),
  state: async () => 'unknown',
  close: async () => undefined,
}
