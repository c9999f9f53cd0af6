import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { startPostgres } from '../../../adapters/local/postgres-server.ts'
import { openLog } from '../../../adapters/node/log.ts'

/** One branch's PostgreSQL. Roles are a cluster's, so each branch has its own. */
export interface NeonCluster extends AsyncDisposable {
  /** Of the server's superuser, which Neon gives to nobody. */
  readonly rootUrl: string
  readonly passwords: Map<string, string>
}

export const newPassword = () => `npg_${randomBytes(12).toString('base64url')}`

/** An empty PostgreSQL with the group that Neon puts the roles of its API in. */
export async function openCluster(): Promise<NeonCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'skyreel-neon-'))
  // For root: the server's user must be able to enter.
  await chmod(folder, 0o755)
  const server = await startPostgres({ folder, log: openLog({ level: 'warn' }), throwAway: true })
  await onCluster(server.url, [
    'create role neon_superuser nologin createdb createrole bypassrls',
    'grant pg_read_all_data, pg_write_all_data to neon_superuser',
  ])
  const dispose = async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
    await rm(server.clusterFolder, { recursive: true, force: true })
  }
  return { rootUrl: server.url, passwords: new Map(), [Symbol.asyncDispose]: dispose }
}

/** A role as the API makes it. */
export async function makeApiRole(cluster: NeonCluster, role: string, database: string): Promise<void> {
  const password = newPassword()
  cluster.passwords.set(role, password)
  await onCluster(cluster.rootUrl, [
    `create role ${role} login createdb createrole in role neon_superuser password ${pg.escapeLiteral(password)}`,
    `create database ${database} owner ${role}`,
  ])
}

/** What a branch takes over: roles with their passwords. Rows are left out; nothing here looks at them. */
export async function inherit(from: NeonCluster, to: NeonCluster, database: string): Promise<void> {
  const rows = await onCluster(from.rootUrl, [
    'select rolname, rolpassword, rolcreaterole from pg_authid where rolcanlogin and not rolsuper order by oid',
  ])
  for (const { rolname, rolpassword, rolcreaterole } of rows) {
    const kind = rolcreaterole === true ? 'createdb createrole in role neon_superuser' : ''
    await onCluster(to.rootUrl, [`create role ${rolname} login ${kind} password '${rolpassword}'`])
    if (rolcreaterole === true) await onCluster(to.rootUrl, [`create database ${database} owner ${rolname}`])
    else
      await onCluster(to.rootUrl, [
        `grant ${rolname} to ${[...from.passwords.keys()].join(', ')} with admin option`,
      ])
  }
  for (const [role, password] of from.passwords) to.passwords.set(role, password)
}

export async function setRolePassword(cluster: NeonCluster, role: string): Promise<string> {
  const password = newPassword()
  cluster.passwords.set(role, password)
  await onCluster(cluster.rootUrl, [`alter role ${role} password ${pg.escapeLiteral(password)}`])
  return password
}

/** Rows of the last statement. */
async function onCluster(
  url: string,
  statements: readonly string[],
): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    let rows: readonly Record<string, unknown>[] = []
    for (const statement of statements) rows = (await client.query(statement)).rows
    return rows
  } finally {
    await client.end()
  }
}
