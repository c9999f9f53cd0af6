import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool, PoolClient } from '@neondatabase/serverless'
import { drizzle } from 'drizzle-orm/neon-serverless'
import { NeonSession, NeonTransaction } from 'drizzle-orm/neon-serverless/session'
import { PgDialect, type PgTransactionConfig } from 'drizzle-orm/pg-core'
import * as schema from '../../core/database/schema.ts'
import type { Database, Transaction } from '../../core/ports/database.ts'
import { endsWithin } from '../node/ends-within.ts'
import type { NeonOptions } from './database.ts'
import { RELATIONS } from './relations.ts'
import { asError, IDLE_MS, openPool, statementMs } from './socket-pool.ts'

export interface NeonSocket {
  /** Every statement on a WebSocket. */
  readonly db: Database
  transaction<T>(work: (tx: Transaction) => Promise<T>, config?: PgTransactionConfig): Promise<T>
  close(): Promise<void>
}

const ATTEMPTS = 3
const FIRST_PAUSE_MS = 50
/** For `begin` and `rollback`, which need no work of the server. */
const ANSWER_SECONDS = 5

interface Sockets {
  readonly pool: Pool
  /** When each idle one was given back, by the wall clock: the monotonic one may stand still during a freeze. */
  readonly since: WeakMap<PoolClient, number>
  readonly options: NeonOptions
}

/** Transactions on WebSockets, as many at once as the pool holds. Connects at the first one. */
export function openNeonSocket(url: string, options: NeonOptions): NeonSocket {
  const sockets: Sockets = { pool: openPool(url, options), since: new WeakMap(), options }
  const transaction: NeonSocket['transaction'] = (work, config) => transact(sockets, work, config)
  const db: Database = drizzle({ client: sockets.pool, schema })
  db.transaction = transaction as Database['transaction']
  return { db, transaction, close: () => sockets.pool.end() }
}

const answerSeconds = ({ statementSeconds }: NeonOptions) =>
  Math.min(ANSWER_SECONDS, statementSeconds ?? ANSWER_SECONDS)

async function transact<T>(
  sockets: Sockets,
  work: (tx: Transaction) => Promise<T>,
  config: PgTransactionConfig | undefined,
): Promise<T> {
  const client = await begin(sockets, config)
  try {
    const dialect = new PgDialect()
    const session = new NeonSession(client, dialect, RELATIONS)
    const result = await work(new NeonTransaction(dialect, session, RELATIONS) as unknown as Transaction)
    await client.query('commit').catch(rethrow)
    giveBack(sockets, client)
    return result
  } catch (error) {
    await undo(sockets, client)
    throw error
  }
}

function rethrow(thrown: unknown): never {
  throw asError(thrown)
}

/** Until `begin` has answered nothing has happened yet: a lost connection is replaced. Never afterwards. */
async function begin(sockets: Sockets, config: PgTransactionConfig | undefined): Promise<PoolClient> {
  for (let attempt = 1; ; attempt += 1) {
    let client: PoolClient | undefined
    try {
      client = await take(sockets)
      // A socket that died unseen takes what is written and says nothing.
      if (await endsWithin(client.query(beginning(config, sockets.options)), answerSeconds(sockets.options)))
        return client
      throw new Error('the database did not answer')
    } catch (error) {
      client?.release(true)
      if (attempt === ATTEMPTS || !isConnectionLost(error)) throw asError(error)
      sockets.options.log?.warn('a database connection is replaced', { attempt, error: asError(error) })
      await sleep(FIRST_PAUSE_MS * 4 ** (attempt - 1))
    }
  }
}

async function take({ pool, since }: Sockets): Promise<PoolClient> {
  for (;;) {
    const client = await pool.connect()
    if (Date.now() - (since.get(client) ?? Date.now()) < IDLE_MS) return client
    client.release(true)
  }
}

/**
 * One round trip. The limits are the transaction's own: Neon's pooler refuses them at connecting. The second one frees the
 * rows that a frozen function holds.
 */
function beginning(config: PgTransactionConfig = {}, options: NeonOptions): string {
  const { isolationLevel, accessMode, deferrable } = config
  const how = [
    isolationLevel && `isolation level ${isolationLevel}`,
    accessMode,
    deferrable === undefined ? undefined : deferrable ? 'deferrable' : 'not deferrable',
  ]
  const milliseconds = statementMs(options)
  return `begin ${how.filter(Boolean).join(' ')}; set local statement_timeout = ${milliseconds}; set local idle_in_transaction_session_timeout = ${milliseconds}`
}

/** PostgreSQL's own errors have five characters; of those, class 08 and 57P tell of the connection or the server. */
function isConnectionLost(error: unknown): boolean {
  const { code } = (typeof error === 'object' && error !== null ? error : {}) as { code?: unknown }
  return typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code) || /^(?:08|57P)/.test(code)
}

function giveBack({ since }: Sockets, client: PoolClient): void {
  since.set(client, Date.now())
  client.release()
}

/** A socket that cannot roll back is closed: the server then does it by itself. */
async function undo(sockets: Sockets, client: PoolClient): Promise<void> {
  try {
    if (await endsWithin(client.query('rollback'), answerSeconds(sockets.options)))
      return giveBack(sockets, client)
  } catch (error) {
    sockets.options.log?.warn('a transaction ended with its connection', { error: asError(error) })
  }
  client.release(true)
}
