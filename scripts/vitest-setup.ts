import { chmod, mkdtemp, rm } from 'node:fs/promises'
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
  const folder = await mkdtemp(join(tmpdir(), 'skyreel-test-'))
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
