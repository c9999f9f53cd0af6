import type { Jobs } from '../../core/ports/jobs.ts'
import type { KeyVault } from '../../core/ports/key-vault.ts'
import type { Media } from '../../core/ports/media.ts'
import type { Ports } from '../../core/ports/ports.ts'
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
import { type AwsAccess, readAwsConfig } from './config.ts'
import { openAwsCredentials } from './credentials.ts'
import { openNeonDatabase } from './database.ts'
import { openLicenseServers } from './license-servers.ts'
import { openPayments } from './payments.ts'
import { openTax } from './tax.ts'

export interface AwsPortsOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly log: Log
  readonly config: Config
  /** Without it every media tool throws `NotSupported`. */
  readonly media?: Media
}

export interface AwsColumn {
  readonly ports: Ports
  close(): Promise<void>
}

/**
 * The AWS column of the grid: every driver, and its SDK, is loaded at the first call of its port. Throws at once where a
 * variable of the deployment is missing or wrong.
 */
export function openAwsPorts({ env, log, config, media }: AwsPortsOptions): AwsColumn {
  const access: AwsAccess = { config: readAwsConfig(env), credentials: openAwsCredentials(env) }
  const ids = openIds()
  const store = late(async () => (await import('./secrets.ts')).openAwsSecrets({ ...access, clock }))
  const secrets = withoutLeftOut(env, store)
  const url = () => secrets.get(databaseSecret(env))
  const database = openNeonDatabase({ url, endpoint: access.config.neonProxy, log })
  const ports: Ports = {
    ...{ config, clock, ids, secrets, db: database.db },
    storage: late(async () => (await import('./storage.ts')).openAwsStorage({ ...access, clock, ids })),
    cdn: late(async () => (await import('./cdn.ts')).openAwsCdn({ ...access, secrets })),
    bus: late(async () => (await import('./bus.ts')).openAwsBus({ ...access, clock })),
    queue: late(async () => (await import('./queue.ts')).openAwsQueue(access)),
    jobs: late(() => openJobs(access)),
    keyVault: late(() => openKeyVault(access)),
    licenseServers: openLicenseServers(),
    passwords: argon2Passwords,
    media: media ?? noMedia('the media tools are only there where jobs run'),
    // Neither is late: the SDK behind them is loaded at the first call that needs it.
    payments: openPayments({ secrets, clock, api: config.stripeApi }),
    tax: openTax({ secrets, by: config.taxBy, sellerCountry: config.sellerCountry, api: config.stripeApi }),
    thumbnailer: late(async () => (await import('./thumbnailer.ts')).openThumbnailer()),
  }
  return { ports, close: () => database.close() }
}

async function openJobs(access: AwsAccess): Promise<Jobs> {
  const { jobs } = access.config
  if (!jobs)
    throw new NotSupported('this process is not told where jobs run: SKYREEL_JOB_CLUSTER and the others')
  return (await import('./jobs.ts')).openAwsJobs({ ...access, jobs, clock })
}

async function openKeyVault(access: AwsAccess): Promise<KeyVault> {
  const key = access.config.keyVaultKey
  if (key === undefined)
    throw new NotSupported('this process is not told what wraps the keys of films: SKYREEL_KEY_VAULT_KEY')
  return (await import('./key-vault.ts')).openAwsKeyVault({ ...access, key })
}
