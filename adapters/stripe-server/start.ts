import type { Log } from '../../core/run/log.ts'
import { startDeliveries } from './deliver.ts'
import { type NewEndpoint, replaceEndpoint, rollSecret } from './endpoints.ts'
import { advance } from './engine/advance.ts'
import { changeSettings } from './engine/settings.ts'
import { keepJournal } from './journal.ts'
import { listen } from './listen.ts'
import { type MemoryStore, openMemoryStore } from './memory-store.ts'
import { expireSessions } from './resources/checkout-sessions.ts'
import { advanceConnectedPayouts } from './resources/connected-payouts.ts'
import type { Store } from './store.ts'

/** Time brings renewals and retries this often, when it is the real one. */
const TICK_MS = 5000
const RETRY_MS = 5000
const API_VERSION = '2026-10-28.endive'

export interface StripeServerOptions {
  /** 0 takes a free one. */
  readonly port: number
  /** The API key that callers must have. */
  readonly key: string
  /** Where everything is kept over a restart. Without it, in memory alone. */
  readonly file?: string
  readonly log?: Log
  /** A clock of the caller's: then time passes by `advance` alone. */
  readonly now?: () => Date
  /** Wait before a webhook's first retry. */
  readonly webhookRetryMs?: number
  /** Makes ids repeat from run to run. */
  readonly seed?: string
}
export interface StripeServer {
  readonly origin: string
  readonly host: string
  readonly port: number
  readonly key: string
  readonly store: Store
  /** Registers an address; one that is registered in this form already gets a new secret at once. */
  addEndpoint(endpoint: NewEndpoint): { id: string; secret: string }
  /** A new secret; the old one signs along for `overlapSeconds`, a day by default. */
  rollSecret(endpointId: string, options?: { overlapSeconds?: number }): { secret: string }
  /** Does all that time brings: until the server's present, or further, which moves its clock for good. */
  advance(to?: Date): void
  /** Resolves when every delivery that is due has been tried. */
  settle(): Promise<void>
  stop(): Promise<void>
}

/**
 * A Stripe of our own: state, API, hosted pages and signed webhooks, on the loopback alone. It moves no money. The real
 * SDK speaks to it with `host`, `port` and `protocol: 'http'`.
 */
export async function startStripeServer(options: StripeServerOptions): Promise<StripeServer> {
  const clock = options.now ?? (() => new Date())
  const store = openStore(options, clock)
  const retryMs = options.webhookRetryMs ?? RETRY_MS
  const deliveries = startDeliveries({ store, log: options.log, now: clock, retryMs })
  const advanceTo = (to?: Date) => catchUp(store, to)
  const listening = await listen({ ...options, store, advance: advanceTo })
  store.atomically(() => changeSettings(store, { origin: listening.origin }))
  const timer = options.now ? undefined : setInterval(() => catchUp(store), TICK_MS).unref()
  return {
    ...listening,
    key: options.key,
    store,
    addEndpoint: (endpoint) => register(store, endpoint),
    rollSecret: (id, more) => rollSecret(store, id, { now: clock(), ...more }),
    advance: advanceTo,
    settle: () => deliveries.settle(),
    async stop() {
      clearInterval(timer)
      await deliveries.stop()
      await listening.close()
    },
  }
}

function openStore(options: StripeServerOptions, now: () => Date): MemoryStore {
  const seed = options.seed === undefined ? {} : { seed: options.seed }
  const store = openMemoryStore({ now, apiVersion: API_VERSION, ...seed })
  if (options.file) keepJournal(store, options.file)
  return store
}

function catchUp(store: MemoryStore, to?: Date): void {
  const ahead = to ? Math.max(0, Math.floor(to.getTime() / 1000) - store.now()) : 0
  store.atomically(() => {
    advance(store, store.now() + ahead)
    store.skip(ahead)
    expireSessions(store)
    advanceConnectedPayouts(store)
  })
}

function register(store: MemoryStore, wanted: NewEndpoint): { id: string; secret: string } {
  const added = store.atomically(() => replaceEndpoint(store, { apiVersion: API_VERSION, ...wanted }))
  return { id: added.endpoint.id, secret: added.secret }
}
