import { type NeonHttpClient, NeonHttpSession } from 'drizzle-orm/neon-http/session'
import { PgDatabase, PgDialect } from 'drizzle-orm/pg-core'
import type { Database } from '../../core/ports/database.ts'
import type { Log } from '../../core/run/log.ts'
import { NotSupported } from '../../core/run/not-supported.ts'
import { follow } from './follow.ts'
import type { NeonSocket } from './socket.ts'
import type { NeonStatements } from './statement.ts'

/** `host:port` of a plain stand-in for Neon's proxy: POST /sql and WebSocket /v1. For tests on one machine. */
export type NeonEndpoint = string

export interface NeonOptions {
  /** The connection string, awaited by the first query and looked at beside each other one: see `follow`. */
  readonly url: () => Promise<string>
  readonly endpoint?: NeonEndpoint | undefined
  /** A statement that runs longer is ended with an error; 30 by default. */
  readonly statementSeconds?: number | undefined
  /** WebSockets at most, one for each transaction at work; 8 by default. */
  readonly connections?: number | undefined
  readonly log?: Log | undefined
}

export interface NeonDatabase {
  readonly db: Database
  /** Waits for the transactions at work, then closes every WebSocket. */
  close(): Promise<void>
}

/**
 * Neon through drizzle: a single statement is one HTTP request, which leaves nothing open when a function is frozen;
 * `transaction` runs on a WebSocket, made at the first one. Both are loaded at their first use, and follow the connection
 * string where it changes.
 */
export function openNeonDatabase(options: NeonOptions): NeonDatabase {
  const { url, log } = options
  const statements = follow<NeonStatements>({
    ...{ url, log },
    open: async (at) => (await import('./statement.ts')).openNeonStatements(at, options),
  })
  const socket = follow<NeonSocket>({
    ...{ url, log },
    open: async (at) => (await import('./socket.ts')).openNeonSocket(at, options),
  })
  const http: NeonStatements = { query: async (...given) => (await statements.now()).query(...given) }
  const dialect = new PgDialect()
  const session = new NeonHttpSession(http as unknown as NeonHttpClient, dialect, undefined)
  const db = new PgDatabase(dialect, session, undefined) as unknown as Database
  Object.defineProperty(db, 'query', { get: noRelations })
  db.transaction = (async (work, config) =>
    (await socket.now()).transaction(work, config)) as Database['transaction']
  return { db, close: async () => (await socket.last())?.close() }
}

/** `db.query` wants every table of the platform before the first event: 2 to 4 ms of each cold start, and nobody uses it. */
function noRelations(): never {
  throw new NotSupported('drizzle’s relational queries on Neon: select from the tables instead')
}
