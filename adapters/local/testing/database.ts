import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import type { Database } from '../../../core/ports/database.ts'
import { openDatabase } from '../database.ts'

export interface TestDatabase extends AsyncDisposable {
  readonly db: Database
  readonly url: string
}

/** A migrated, empty database of its own on the run's PostgreSQL; dropped when disposed. About 40 ms where the run's server lies in memory. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`
  const template = inject('templateUrl')
  await onServer(template, `create database ${name} template template strategy file_copy`)
  const url = withDatabase(template, name)
  const { db, close } = openDatabase(url, { connections: 6 })
  const dispose = async () => {
    await close()
    await onServer(template, `drop database ${name} with (force)`)
  }
  return { db, url, [Symbol.asyncDispose]: dispose }
}

async function onServer(template: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: withDatabase(template, 'postgres') })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

function withDatabase(url: string, name: string): string {
  const other = new URL(url)
  other.pathname = `/${name}`
  return other.href
}
