import type { TokenCredential } from '@azure/core-auth'
import { sql } from 'drizzle-orm'
import type { Bus } from '../../core/ports/bus.ts'
import type { Database } from '../../core/ports/database.ts'
import type { Jobs } from '../../core/ports/jobs.ts'
import type { KeyVault } from '../../core/ports/key-vault.ts'
import type { Media } from '../../core/ports/media.ts'
import type { Ports } from '../../core/ports/ports.ts'
import type { Queue } from '../../core/ports/queue.ts'
import type { Secrets } from '../../core/ports/secrets.ts'
import type { Storage } from '../../core/ports/storage.ts'
import type { Thumbnailer } from '../../core/ports/thumbnailer.ts'
import type { Config } from '../../core/run/config.ts'
import type { Log } from '../../core/run/log.ts'
import { NotSupported } from '../../core/run/not-supported.ts'
import { noMedia } from '../local/no-media.ts'
import { systemClock as clock } from '../node/clock.ts'
import { databaseSecret } from '../node/database-secret.ts'
import { openIds } from '../node/ids.ts'
import { late } from '../node/late.ts'
import { withoutLeftOut } from '../node/left-out-secrets.ts'
import { argon2Passwords } from '../node/passwords.ts'
import { openAzureCdn } from './cdn.ts'
import { type AzureConfig, readAzureConfig } from './config.ts'
import { openManagedIdentity } from './credentials.ts'
import { openNeonDatabase } from './database.ts'
import { openLicenseServers } from './license-servers.ts'
import { openPayments } from './payments.ts'
import { openTax } from './tax.ts'

export interface AzurePortsOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly log: Log
  readonly config: Config
  /** Without it every media tool throws `NotSupported`. */
  readonly media?: Media
}

/** The Azure column of the grid. Nothing is connected and no SDK loaded before a port is used. */
export function openAzurePorts(options: AzurePortsOptions): { ports: Ports; close(): Promise<void> } {
  const config = readAzureConfig(options.env)
  const credential = openManagedIdentity(config.identity, clock)
  const ids = openIds()
  const vault = late<Secrets>(async () => {
    const { openAzureSecrets } = await import('./secrets.ts')
    return openAzureSecrets({ vault: config.vault, credential, clock })
  })
  const secrets = withoutLeftOut(options.env, vault)
  const database = openNeonDatabase({
    url: () => secrets.get(databaseSecret(options.env)),
    endpoint: config.neonProxy,
    log: options.log,
  })
  const ports: Ports = {
    ...{ config: options.config, db: database.db, secrets, clock, ids, passwords: argon2Passwords },
    storage: late<Storage>(async () => {
      const { openAzureStorage } = await import('./storage.ts')
      return openAzureStorage({ config, credential, secrets, ids })
    }),
    // Not late: it has no SDK, and `playlists` is no method.
    cdn: openAzureCdn({ config, publicOrigin: options.config.publicOrigin, secrets }),
    bus: late<Bus>(async () => {
      const { openAzureBus } = await import('./bus.ts')
      return openAzureBus({ config, credential, clock })
    }),
    queue: late<Queue>(async () => {
      const { openAzureQueue } = await import('./queue.ts')
      return openAzureQueue({ config, credential })
    }),
    jobs: late<Jobs>(async () => {
      const { openAzureJobs } = await import('./jobs.ts')
      return openAzureJobs({ config, credential, clock, alone: aloneBy(database.db) })
    }),
    keyVault: late(() => openKeyVault(config, credential)),
    licenseServers: openLicenseServers(),
    // Neither is late: the SDK behind them is loaded at the first call that needs it.
    payments: openPayments({ secrets, clock, api: options.config.stripeApi }),
    tax: openTax({
      secrets,
      by: options.config.taxBy,
      sellerCountry: options.config.sellerCountry,
      api: options.config.stripeApi,
    }),
    thumbnailer: late<Thumbnailer>(async () => {
      const { openThumbnailer } = await import('./thumbnailer.ts')
      return openThumbnailer()
    }),
    media: options.media ?? noMedia('the media tools are only there where jobs run'),
  }
  return { ports, close: () => database.close() }
}

/** One at a time over all processes, by a lock that the database gives back when the transaction ends, however it ends. */
const aloneBy =
  (db: Database) =>
  <T>(id: string, body: () => Promise<T>): Promise<T> =>
    db.transaction(async (tx) => {
      await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`azure-job ${id}`}, 0))`)
      return body()
    })

async function openKeyVault(
  { keyVaultKey: key }: AzureConfig,
  credential: TokenCredential,
): Promise<KeyVault> {
  if (key === undefined)
    throw new NotSupported('this process is not told what wraps the keys of films: SKYREEL_KEY_VAULT_KEY')
  const { openAzureKeyVault } = await import('./key-vault.ts')
  return openAzureKeyVault({ key, credential, clock })
}
