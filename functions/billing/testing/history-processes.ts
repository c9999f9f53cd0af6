import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import type { Database } from '../../../core/ports/database.ts'

export class Died extends Error {
  override readonly name = 'Died'
}

/** One process with its view of the database. */
export interface Life {
  readonly db: Database
  readonly isDead: () => boolean
  /** Another process begins where this one has ended well: making the view anew takes longer than most of them live. */
  again(fate: Fate): void
}
export interface Fate {
  /** The statement that it dies with, from 0. */
  readonly at: number
  /** Once that one has been run, with its answer lost. */
  readonly after: boolean
  /** Its connections are cut; else what is open on them is rolled back, as the server does with those that were cut. */
  readonly cut: boolean
}
export const IMMORTAL: Fate = { at: Number.POSITIVE_INFINITY, after: false, cut: false }

/** Where processes borrow connections, and who is told of their statements. */
export interface Lender {
  readonly pool: pg.Pool
  readonly onStatement: () => void
  /** The statement that a process has died with. */
  readonly onDeath: (statement: string) => void
}

/**
 * A process that dies at one of its statements, `begin` and `commit` among them: none comes after it, and the server takes
 * back what was open. All processes of a history borrow from one pool, since connecting would take longer than all that
 * they do; for that reason few connections are really cut.
 */
export function aLife(lender: Lender, fate: Fate): Life {
  const lent = new LentPool(lender, fate)
  // Without the schema: it serves `db.query` alone, which no one has, and takes a millisecond.
  const db = drizzle({ client: lent }) as unknown as Database
  return { db, isDead: () => lent.dead, again: (next) => lent.begin(next) }
}

type Query = (...given: unknown[]) => Promise<unknown>

class LentPool extends pg.Pool {
  dead = false
  private statements = 0
  private readonly taken = new Set<pg.PoolClient>()
  private readonly lender: Lender
  private fate: Fate

  constructor(lender: Lender, fate: Fate) {
    super()
    this.lender = lender
    this.fate = fate
    const take = async () => {
      if (this.dead) throw gone()
      const client = await lender.pool.connect()
      if (this.dead) {
        client.release()
        throw gone()
      }
      this.taken.add(client)
      return this.borrowed(client)
    }
    const queryOnce: Query = async (...given) => {
      const client = await take()
      try {
        return await (client.query as unknown as Query)(...given)
      } finally {
        client.release()
      }
    }
    this.connect = take as unknown as typeof this.connect
    this.query = queryOnce as unknown as typeof this.query
  }

  begin(fate: Fate): void {
    this.fate = fate
    this.statements = 0
  }

  private borrowed(client: pg.PoolClient): pg.PoolClient {
    const send = client.query.bind(client) as unknown as Query
    const query: Query = async (...given) => {
      if (this.dead) throw gone()
      const nth = this.statements++
      const { at, after } = this.fate
      this.lender.onStatement()
      if (nth !== at) return send(...prepared(given))
      if (after) await send(...given)
      this.die(textOf(given))
      throw new Died(`died ${after ? 'after' : 'before'} statement ${nth}`)
    }
    // Once the process is dead its clients are given back already.
    const release = () => void (this.taken.delete(client) && client.release())
    return new Proxy(client, {
      get: (target, field) =>
        field === 'query' ? query : field === 'release' ? release : Reflect.get(target, field),
    })
  }

  private die(statement: string): void {
    this.dead = true
    for (const client of this.taken) {
      if (this.fate.cut) cut(client)
      else
        void client.query('rollback').then(
          () => client.release(),
          (error: Error) => client.release(error),
        )
    }
    this.taken.clear()
    this.lender.onDeath(statement)
  }
}

const gone = () => new Died('the process is gone')

/** A dead process says no goodbye. */
function cut(client: pg.PoolClient): void {
  ;(client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy()
  client.release(true)
}

interface Config {
  readonly text: string
}
const isConfig = (given: unknown): given is Config =>
  typeof given === 'object' && given !== null && 'text' in given
const textOf = ([first]: readonly unknown[]): string => (isConfig(first) ? first.text : String(first))

const names = new Map<string, string>()
/** Longer ones have as many rows as chance would have it, and do not come again. */
const LONGEST = 4000

/** Under a name of its own PostgreSQL parses and plans a statement once for each connection. */
function prepared(given: readonly unknown[]): readonly unknown[] {
  const [first, params] = given
  if (!isConfig(first) || !Array.isArray(params) || params.length === 0 || first.text.length > LONGEST)
    return given
  const name = names.get(first.text) ?? `s${names.size}`
  names.set(first.text, name)
  return [{ ...first, name }, params]
}
