import { access, chmod, constants, mkdtemp, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { migrate } from '../adapters/local/database.ts'
import { startPostgres } from '../adapters/local/postgres-server.ts'
import { openLog } from '../adapters/node/log.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Of the database `template`: migrated, without rows, never connected to by a test. */
    templateUrl: string
  }
}

/** One PostgreSQL a run, with a migrated template that each test copies. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(await fastFolder(), 'skyreel-test-'))
  // For root: the server's user must be able to enter.
  await chmod(folder, 0o755)
  const log = openLog({ level: 'warn' })
  const server = await startPostgres({ folder, log, throwAway: true })
  project.provide('templateUrl', await makeTemplate(server.url))
  return async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

const IN_MEMORY = '/dev/shm'
/** A run's databases, logs and what it leaves behind come to less than half of it. */
const ROOM_BYTES = 3 * 1024 ** 3

/** A test's database is some 700 files: copying them takes 18 ms in memory and 250 to 370 on a disk, thousands of times a run. */
async function fastFolder(): Promise<string> {
  try {
    await access(IN_MEMORY, constants.W_OK)
    const { bavail, bsize } = await statfs(IN_MEMORY)
    return bavail * bsize >= ROOM_BYTES ? IN_MEMORY : tmpdir()
  } catch {
    // There is none, as on macOS, or it is not for us.
    return tmpdir()
  }
}

async function makeTemplate(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query('create database template')
  await client.end()
  const template = new URL(url)
  template.pathname = '/template'
  await migrate(template.href)
  return template.href
}
