import { type NeonHttpClient, NeonHttpSession } from 'drizzle-orm/neon-http/session'
import { PgDatabase, PgDialect } from 'drizzle-orm/pg-core'
import type { Database } from '../../core/ports/database.ts'
import type { Log } from '../../core/run/log.ts'
import { NotSupported } from '../../core/run/not-supported.ts'
import { late } from '../node/late.ts'
import type { NeonSocket } from './socket.ts'
import type { NeonStatements } from './statement.ts'

/** `host:port` of a plain stand-in for Neon's proxy: POST /sql and WebSocket /v1. For tests on one machine. */
export type NeonEndpoint = string

export interface NeonOptions {
  /** The connection string, asked for at the first query and again where that failed: secrets take a round trip. */
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
 * `transaction` runs on a WebSocket, made at the first one. Both are loaded at their first use.
 */
export function openNeonDatabase(options: NeonOptions): NeonDatabase {
  const statements = late<NeonStatements>(async () => {
    const { openNeonStatements } = await import('./statement.ts')
    return openNeonStatements(await options.url(), options)
  })
  let opened: NeonSocket | undefined
  const socket = late<Pick<NeonSocket, 'transaction'>>(async () => {
    const { openNeonSocket } = await import('./socket.ts')
    opened = openNeonSocket(await options.url(), options)
    return opened
  })
  const dialect = new PgDialect()
  const session = new NeonHttpSession(statements as unknown as NeonHttpClient, dialect, undefined)
  const db = new PgDatabase(dialect, session, undefined) as unknown as Database
  Object.defineProperty(db, 'query', { get: noRelations })
  db.transaction = ((work, config) => socket.transaction(work, config)) as Database['transaction']
  return { db, close: async () => opened?.close() }
}

/** `db.query` wants every table of the platform before the first event: 2 to 4 ms of each cold start, and nobody uses it. */
function noRelations(): never {
  throw new NotSupported('drizzle’s relational queries on Neon: select from the tables instead')
}
