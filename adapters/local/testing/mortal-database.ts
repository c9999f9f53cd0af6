import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import * as schema from '../../../core/database/schema.ts'
import type { Database } from '../../../core/ports/database.ts'
import type { Ports } from '../../../core/ports/ports.ts'
import type { MeterProvider } from '../../../core/usage/testing/meter-provider.ts'

export class Crashed extends Error {
  override readonly name = 'Crashed'
}

/** Counts every moment at which a process can die: before and after each statement and each call of the provider. */
export interface Doom {
  moments: number
  dead: boolean
  step<T>(work: () => Promise<T>): Promise<T>
}

/** Dies at the nth moment (from 1) and stays dead. */
export function doom(nth: number): Doom {
  const state: Doom = {
    moments: 0,
    dead: false,
    async step(work) {
      pass()
      const result = await work()
      pass()
      return result
    },
  }
  const pass = () => {
    state.moments++
    if (state.moments === nth) state.dead = true
    if (state.dead) throw new Crashed(`died at moment ${nth}`)
  }
  return state
}

export interface MortalDatabase {
  readonly db: Database
  /** Cuts what is left of its connections. */
  bury(): Promise<void>
}

/** A database as one process sees it: its connections are cut when it dies, so PostgreSQL takes back what was open. */
export function openMortalDatabase(url: string, fate: Doom): MortalDatabase {
  const pool = new MortalPool(url, fate)
  return { db: drizzle({ client: pool, schema }), bury: () => pool.bury() }
}

export interface Mortal extends AsyncDisposable {
  readonly ports: Ports
  readonly doom: Doom
}

/** The ports of a process that dies at the nth moment: of its database, or of its calls to the provider. */
export function mortal(
  ports: Ports,
  { url, nth, provider }: { url: string; nth: number; provider: Pick<MeterProvider, 'before' | 'after'> },
): Mortal {
  const fate = doom(nth)
  const { db, bury } = openMortalDatabase(url, fate)
  provider.before = () => fate.step(async () => undefined)
  provider.after = () => fate.step(async () => undefined)
  const end = async () => {
    provider.before = async () => undefined
    provider.after = async () => undefined
    await bury()
  }
  return { ports: { ...ports, db }, doom: fate, [Symbol.asyncDispose]: end }
}

class MortalPool extends pg.Pool {
  private readonly taken = new Set<pg.PoolClient>()

  /** drizzle keeps a connection whose `begin` failed: the dead process would never end. */
  async bury(): Promise<void> {
    for (const client of this.taken) client.release(true)
    await this.end()
  }

  constructor(connectionString: string, fate: Doom) {
    super({ connectionString, max: 3 })
    this.on('error', () => undefined)
    const connect = super.connect.bind(this) as () => Promise<pg.PoolClient>
    const mortalClient = async () => {
      const client = await connect()
      this.taken.add(client)
      const query = (...given: unknown[]) =>
        fate.step(() => (client.query as (...g: unknown[]) => Promise<unknown>).apply(client, given))
      return new Proxy(client, {
        get: (target, field) => {
          if (field === 'query') return query
          // A connection of the dead is cut and not given back: its transaction ends with it.
          if (field === 'release')
            return () => {
              this.taken.delete(target)
              target.release(fate.dead)
            }
          return Reflect.get(target, field)
        },
      })
    }
    this.connect = mortalClient as unknown as typeof this.connect
    const query = async (...given: unknown[]) => {
      const client = await mortalClient()
      try {
        return await (client.query as (...g: unknown[]) => Promise<unknown>)(...given)
      } finally {
        client.release()
      }
    }
    this.query = query as unknown as typeof this.query
  }
}
