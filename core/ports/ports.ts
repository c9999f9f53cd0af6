import type { Config } from '../run/config.ts'
import type { Bus } from './bus.ts'
import type { Cdn } from './cdn.ts'
import type { Clock } from './clock.ts'
import type { Database } from './database.ts'
import type { Ids } from './ids.ts'
import type { Jobs } from './jobs.ts'
import type { KeyVault } from './key-vault.ts'
import type { LicenseServers } from './license-servers.ts'
import type { Media } from './media.ts'
import type { Passwords } from './passwords.ts'
import type { Payments } from './payments.ts'
import type { Queue } from './queue.ts'
import type { Secrets } from './secrets.ts'
import type { Storage } from './storage.ts'
import type { Tax } from './tax.ts'
import type { Thumbnailer } from './thumbnailer.ts'

/** Everything outside, one column of the grid. `media` is there only where a job's container holds the tools. */
export interface Ports {
  readonly config: Config
  readonly db: Database
  readonly storage: Storage
  readonly cdn: Cdn
  readonly bus: Bus
  readonly queue: Queue
  readonly jobs: Jobs
  readonly secrets: Secrets
  readonly keyVault: KeyVault
  readonly licenseServers: LicenseServers
  readonly passwords: Passwords
  readonly clock: Clock
  readonly ids: Ids
  readonly media: Media
  readonly thumbnailer: Thumbnailer
  readonly payments: Payments
  readonly tax: Tax
}

/** The part of the outside that a use case asks for. */
export type Uses<K extends keyof Ports> = Pick<Ports, K>
