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
import { openGcpCdn } from './cdn.ts'
import { type Env, type GcpConfig, readGcpConfig } from './config.ts'
import { type Credentials, type GoogleApi, openGcpCredentials, openGoogleApi } from './credentials.ts'
import { openNeonDatabase } from './database.ts'
import { openLicenseServers } from './license-servers.ts'
import { openPayments } from './payments.ts'
import { openTax } from './tax.ts'

export interface GcpPortsOptions {
  readonly env: Env
  readonly log: Log
  readonly config: Config
  /** Where a container holds the tools. Without it every media tool throws `NotSupported`. */
  readonly media?: Media
}

export interface GcpColumn {
  readonly ports: Ports
  /** Closes the database's connections. */
  close(): Promise<void>
}

/** The Google column of the grid. Each driver is loaded at its first call. Throws where a variable is wrong. */
export function openGcpPorts({ env, log, config, media }: GcpPortsOptions): GcpColumn {
  const place = readGcpConfig(env)
  const credentials = openGcpCredentials({ token: place.token })
  const api = openGoogleApi({ credentials, clock })
  const secrets = withoutLeftOut(env, openSecrets(place, api))
  const database = openNeonDatabase({
    url: () => secrets.get(databaseSecret(env)),
    endpoint: place.neonProxy,
    log,
  })
  const ports: Ports = {
    ...{ config, db: database.db, secrets, clock },
    ...openMessages(place, api),
    storage: openStorage(place, { credentials, api, secrets }),
    // Not late: that it has `playlists` must be seen without a call.
    cdn: openGcpCdn({ ...place.cdn, publicOrigin: config.publicOrigin, secrets }),
    jobs: openJobs(place, { api, db: database.db }),
    keyVault: late(() => openKeyVault(place, api)),
    licenseServers: openLicenseServers(),
    passwords: argon2Passwords,
    ids: openIds(),
    media: media ?? noMedia('the media tools are only there where jobs run'),
    // Neither is late: the SDK behind them is loaded at the first call that needs it.
    payments: openPayments({ secrets, clock, api: config.stripeApi }),
    tax: openTax({ secrets, by: config.taxBy, sellerCountry: config.sellerCountry, api: config.stripeApi }),
    thumbnailer: late<Thumbnailer>(async () => (await import('./thumbnailer.ts')).openThumbnailer()),
  }
  return { ports, close: database.close }
}

function openSecrets({ project, secretPrefix: prefix, endpoints }: GcpConfig, api: GoogleApi): Secrets {
  return late<Secrets>(async () => {
    const { openGcpSecrets } = await import('./secrets.ts')
    return openGcpSecrets({ project, prefix, endpoint: endpoints.secrets, api, clock })
  })
}

function openMessages({ project, bus, consumers, endpoints }: GcpConfig, api: GoogleApi) {
  const topic = { project, name: bus, endpoint: endpoints.pubsub, api }
  return {
    bus: late<Bus>(async () => (await import('./bus.ts')).openGcpBus(topic)),
    queue: late<Queue>(async () => (await import('./queue.ts')).openGcpQueue({ topic, consumers })),
  }
}

function openStorage(
  { buckets, endpoints, serviceAccount }: GcpConfig,
  by: { credentials: Credentials; api: GoogleApi; secrets: Secrets },
): Storage {
  return late<Storage>(async () => {
    const [{ openGcpStorage }, { openSigningKeys }] = await Promise.all([
      import('./storage.ts'),
      import('./storage-key.ts'),
    ])
    const signingKey = openSigningKeys({ ...by, iam: endpoints.iam, serviceAccount })
    return openGcpStorage({
      endpoint: endpoints.storage,
      buckets,
      credentials: by.credentials,
      signingKey,
      clock,
    })
  })
}

function openJobs(
  { project, location, jobs, endpoints }: GcpConfig,
  by: { api: GoogleApi; db: Database },
): Jobs {
  return late<Jobs>(async () => {
    const [{ openGcpJobs }, { aloneByDatabase }] = await Promise.all([
      import('./jobs.ts'),
      import('./jobs-alone.ts'),
    ])
    const where = { project, location, jobs, endpoint: endpoints.run }
    return openGcpJobs({ ...where, api: by.api, clock, alone: aloneByDatabase(by.db) })
  })
}

async function openKeyVault({ keyVaultKey: key, endpoints }: GcpConfig, api: GoogleApi): Promise<KeyVault> {
  if (key === undefined)
    throw new NotSupported('this process is not told what wraps the keys of films: SKYREEL_KEY_VAULT_KEY')
  const { openGcpKeyVault } = await import('./key-vault.ts')
  return openGcpKeyVault({ key, endpoint: endpoints.kms, api })
}
