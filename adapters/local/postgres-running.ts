import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'

/** What `postmaster.pid` tells of a server. */
export interface Running {
  readonly pid: number
  readonly port: number
  readonly status: string
}

/** The server that holds the data folder by its own file; `undefined` without one or where it is being written. */
export async function readPidFile(data: string): Promise<Running | undefined> {
  try {
    const lines = (await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n')
    const pid = Number(lines[0])
    return pid > 0 ? { pid, port: Number(lines[3] ?? 0), status: (lines[7] ?? 'starting').trim() } : undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Whether the process lives and is a PostgreSQL server: pids are used again, and a dead one may linger as a zombie. */
export async function isPostgres(pid: number): Promise<boolean> {
  if (process.platform === 'linux') {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
    return /^\d+ \(postgres\) [^ZX]/.test(text)
  }
  const listed = await promisify(execFile)('ps', ['-p', String(pid), '-o', 'stat=,comm=']).catch(
    () => undefined,
  )
  return listed !== undefined && /^[^Z].*postgres/.test(listed.stdout.trim())
}

export const urlOf = (port: number, password: string): string =>
  `postgres://skyreel:${password}@127.0.0.1:${port}/postgres`

/** Whether the server on this port takes our password and serves this data folder. */
export async function answers(port: number, password: string, data: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: urlOf(port, password), connectionTimeoutMillis: 5000 })
  // pg throws from the event when the server closes an idle connection.
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<{ data_directory: string }>('show data_directory')
    return rows[0]?.data_directory === data
  } catch {
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}
