import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import * as schema from '../../../core/database/schema.ts'
import type { Database } from '../../../core/ports/database.ts'

/** The process is gone: nothing after this reaches the database. */
export class Crashed extends Error {
  override readonly name = 'Crashed'
}

export interface CrashingDatabase extends AsyncDisposable {
  readonly db: Database
  /** Statements that were sent so far, `begin` and `commit` too. */
  readonly statements: readonly string[]
}

/**
 * A pool on a real database whose process dies before its nth statement (from 0): that statement and all later ones throw,
 * and every connection is cut, so that the server rolls back what was open. `after: true` dies after it was sent and run,
 * with the answer lost.
 */
export function openCrashingDatabase(
  url: string,
  { at, after = false }: { at: number; after?: boolean },
): CrashingDatabase {
  const pool = new pg.Pool({ connectionString: url, max: 4 })
  pool.on('error', () => undefined)
  const statements: string[] = []
  let dead = false
  const clients = new Set<pg.Client>()
  const die = async () => {
    dead = true
    // Cut, not closed: a socket of a dead process says no goodbye to the server's transaction.
    for (const client of clients)
      (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy()
  }
  pool.on('connect', (client) => {
    client.on('error', () => undefined)
    clients.add(client as unknown as pg.Client)
    const send = client.query.bind(client) as (...given: unknown[]) => Promise<unknown>
    const query = async (...given: unknown[]) => {
      if (dead) throw new Crashed('the process is gone')
      statements.push(textOf(given[0]))
      if (statements.length - 1 !== at) return send(...given)
      if (after) await send(...given)
      await die()
      throw new Crashed(`died ${after ? 'after' : 'before'} statement ${at}`)
    }
    client.query = query as unknown as typeof client.query
  })
  const query = async (...given: unknown[]) => {
    const client = await pool.connect()
    try {
      return await (client.query as unknown as (...g: unknown[]) => Promise<unknown>)(...given)
    } finally {
      client.release(dead)
    }
  }
  pool.query = query as unknown as typeof pool.query
  // A dead pool is left alone: drizzle does not give back a connection whose `begin` has failed, and `end` waits for it.
  const close = async () => void (dead || (await pool.end()))
  return { db: drizzle({ client: pool, schema }), statements, [Symbol.asyncDispose]: close }
}

const textOf = (query: unknown): string =>
  typeof query === 'string' ? query : ((query as { text?: string }).text ?? '')
