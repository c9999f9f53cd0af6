import type { MemoryStore } from '../../../adapters/stripe-server/memory-store.ts'
import { tableOf } from '../../../adapters/stripe-server/operation-table.ts'
import { operations } from '../../../adapters/stripe-server/operations.ts'
import { type StripeServer, startStripeServer } from '../../../adapters/stripe-server/start.ts'
import {
  type Operation,
  type Params,
  StripeFailure,
  type StripeObject,
} from '../../../adapters/stripe-server/store.ts'

export const ACCOUNT_KEY = 'sk_test_histories'
const find = tableOf(operations)

/** The Stripe account of a history. What is done there is done at once; what we know of it we read over the wire. */
export interface Account {
  readonly server: StripeServer
  readonly store: MemoryStore
  /** Throws `StripeFailure` where Stripe refuses. */
  call(method: Operation['method'], path: string, params?: Params): StripeObject
  /** Lets time pass at Stripe, with all that it brings. Our own clock is another one. */
  pass(seconds: number): void
}

export async function openAccount(seed: number, start: Date): Promise<Account> {
  const server = await startStripeServer({
    port: 0,
    key: ACCOUNT_KEY,
    now: () => start,
    seed: `history ${seed}`,
  })
  // The server keeps its state in memory and shows it as the operations see it.
  const store = server.store as MemoryStore
  return {
    server,
    store,
    call(method, path, params = {}) {
      const found = find(method, path)
      if (!found) throw new Error(`there is no operation ${method} ${path}`)
      return store.atomically(() => found.operation.run(store, { params, path: found.path }))
    },
    pass: (seconds) => server.advance(new Date((store.now() + seconds) * 1000)),
  }
}

export const isRefusal = (error: unknown): error is StripeFailure => error instanceof StripeFailure
