import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { APP_ROLE, READER_ROLE } from './neon-names.ts'

// Neon makes every role of its API a member of neon_superuser, which may read and write all of it. So the roles of functions
// are made by SQL, where a role may do nothing until it is granted.

export type DeployedRole = typeof APP_ROLE | typeof READER_ROLE
export const DEPLOYED_ROLES: readonly DeployedRole[] = [APP_ROLE, READER_ROLE]

/** What a role may be; the password comes last. */
const ATTRIBUTES = 'login nosuperuser nocreatedb nocreaterole noreplication nobypassrls'

/** Makes a role, or gives it a new password. */
const roleStatement = (role: DeployedRole, exists: boolean): string =>
  `${exists ? 'alter' : 'create'} role ${role} ${exists ? 'login' : ATTRIBUTES} password`

/** Shut for everybody who is not granted something; run before the roles are of use. */
const closing = (database: string): readonly string[] => [
  `revoke all on database ${database} from public`,
  'revoke create on schema public from public',
]

/** What each role may do with what is there, and with what later migrations of the same owner make. */
export const grantsOf = (database: string, role: DeployedRole): readonly string[] => {
  const rows = role === APP_ROLE ? 'select, insert, update, delete' : 'select'
  const sequences = role === APP_ROLE ? 'usage, select' : 'select'
  return [
    `grant connect on database ${database} to ${role}`,
    `grant usage on schema public to ${role}`,
    `grant ${rows} on all tables in schema public to ${role}`,
    `grant ${sequences} on all sequences in schema public to ${role}`,
    `alter default privileges in schema public grant ${rows} on tables to ${role}`,
    `alter default privileges in schema public grant ${sequences} on sequences to ${role}`,
  ]
}

/** What a first deployment runs, with the password left out. */
export const firstStatements = (database: string): readonly string[] => [
  ...closing(database),
  ...DEPLOYED_ROLES.map((role) => `${roleStatement(role, false)} '...'`),
]

/** The roles that the database has of those that functions use. */
export async function existingRoles(client: pg.Client): Promise<ReadonlySet<DeployedRole>> {
  const { rows } = await client.query<{ rolname: DeployedRole }>(
    'select rolname from pg_roles where rolname = any($1)',
    [DEPLOYED_ROLES],
  )
  return new Set(rows.map(({ rolname }) => rolname))
}

/**
 * Makes the roles that are missing, and gives a new password to those of `renew`. Answers the passwords that are new: those of
 * others nobody can read. Throws what PostgreSQL throws.
 */
export async function ensureRoles(
  client: pg.Client,
  renew: ReadonlySet<DeployedRole>,
): Promise<ReadonlyMap<DeployedRole, string>> {
  const there = await existingRoles(client)
  for (const statement of closing(await databaseOf(client))) await client.query(statement)
  const passwords = new Map<DeployedRole, string>()
  for (const role of DEPLOYED_ROLES.filter((one) => renew.has(one) || !there.has(one)))
    passwords.set(role, await setPassword(client, role, there.has(role)))
  return passwords
}

/**
 * The plain password goes over TLS: Neon's control plane answers a SCRAM verifier with "Neon only supports being given
 * plaintext passwords".
 */
async function setPassword(client: pg.Client, role: DeployedRole, exists: boolean): Promise<string> {
  const password = randomBytes(32).toString('base64url')
  await client.query(`${roleStatement(role, exists)} ${pg.escapeLiteral(password)}`)
  // Beside its missing grants: a mistake in these then still writes nothing.
  if (role === READER_ROLE) await client.query(`alter role ${role} set default_transaction_read_only = on`)
  return password
}

/** Grants the roles that are there what they may do. Run after every migration: a new table is granted at once. */
export async function grantRoles(client: pg.Client): Promise<void> {
  const there = await existingRoles(client)
  const database = await databaseOf(client)
  for (const role of DEPLOYED_ROLES.filter((one) => there.has(one)))
    for (const statement of grantsOf(database, role)) await client.query(statement)
}

async function databaseOf(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ name: string }>('select current_database() as name')
  return pg.escapeIdentifier(rows[0]?.name ?? '')
}
