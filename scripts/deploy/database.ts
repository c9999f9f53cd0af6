import pg from 'pg'
import type { SecretName } from '../../cdktf/shared/needs.ts'
import type { Place } from '../../cdktf/shared/place.ts'
import { type DeployedRole, ensureRoles } from './database-roles.ts'
import { verified } from './database-url.ts'
import { ensureBranch } from './neon-branch.ts'
import { type Neon, type NeonOptions, openNeon } from './neon-client.ts'
import { APP_ROLE, DATABASE, OWNER_ROLE, READER_ROLE } from './neon-names.ts'
import { ensureProject } from './neon-project.ts'

export type DatabaseSecret = Extract<SecretName, 'database-url' | 'database-url-read'>

const ROLE_OF: Readonly<Record<DatabaseSecret, DeployedRole>> = {
  'database-url': APP_ROLE,
  'database-url-read': READER_ROLE,
}
export const DATABASE_SECRETS = Object.keys(ROLE_OF) as readonly DatabaseSecret[]

export interface EnsureDatabaseOptions {
  readonly place: Place
  readonly neon: NeonOptions
  /** The secrets that have a value in the cloud's store: their roles keep their passwords. Without it both get new ones. */
  readonly written?: ReadonlySet<SecretName>
  /** Of a preview: when Neon removes its branch, should nobody else do it. */
  readonly expiresAt?: Date
  readonly say?: (line: string) => void
}

export interface EnsuredDatabase {
  /** For the migration alone, on the host without a pooler. In memory only. */
  readonly ownerUrl: string
  /** To be written to the secret store at once: a password is told once, by whoever made it. */
  readonly urls: Readonly<Partial<Record<DatabaseSecret, string>>>
}

/**
 * The database of a deployment: project, branch and roles, made where they are missing. May be stopped at any point and run
 * again. Nothing of it is printed or written to a file. Throws `NeonRefused` with what Neon said.
 */
export async function ensureDatabase(options: EnsureDatabaseOptions): Promise<EnsuredDatabase> {
  const { place, expiresAt, written = new Set(), say = () => undefined } = options
  const neon = openNeon(options.neon)
  const project = await ensureProject(neon, place)
  const branch = await ensureBranch(neon, { place, project, expiresAt, say })
  const ownerUrl = await ownerUrlOf(neon, { project, branch, pooled: false })
  const renew = DATABASE_SECRETS.filter((secret) => !written.has(secret)).map((secret) => ROLE_OF[secret])
  const passwords = await asOwner(ownerUrl, (client) => ensureRoles(client, new Set(renew)))
  if (passwords.size === 0) return { ownerUrl, urls: {} }
  const pooled = await ownerUrlOf(neon, { project, branch, pooled: true })
  return { ownerUrl, urls: urlsOf(pooled, passwords) }
}

interface Where {
  readonly project: string
  readonly branch: string
  readonly pooled: boolean
}

async function ownerUrlOf(neon: Neon, { project, branch, pooled }: Where): Promise<string> {
  const { uri } = await neon.ask('tell how to connect', (api) =>
    api.getConnectionUri({
      ...{ projectId: project, branch_id: branch, pooled },
      ...{ database_name: DATABASE, role_name: OWNER_ROLE },
    }),
  )
  return uri
}

/** Through the pooler: a hundred functions with a socket each would be more connections than a small compute has. */
function urlsOf(pooled: string, passwords: ReadonlyMap<DeployedRole, string>): EnsuredDatabase['urls'] {
  const made = DATABASE_SECRETS.flatMap((secret) => {
    const password = passwords.get(ROLE_OF[secret])
    if (password === undefined) return []
    const url = new URL(pooled)
    url.username = ROLE_OF[secret]
    url.password = password
    return [[secret, url.href] as const]
  })
  return Object.fromEntries(made)
}

async function asOwner<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  // A compute that sleeps wakes within seconds.
  const client = new pg.Client({ connectionString: verified(url), connectionTimeoutMillis: 30_000 })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
