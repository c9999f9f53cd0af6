import type { Log } from '../../core/run/log.ts'
import { present } from './expanding.ts'
import type { MemoryStore } from './memory-store.ts'
import { signatureOf } from './signature.ts'
import type { StripeEvent, StripeObject } from './store.ts'
import { isThinOnly, thinOf } from './thin-events.ts'

// Stripe sends several at a time, so they may arrive in another order than they happened in.
const IN_FLIGHT = 8
const ATTEMPTS = 10
const TIMEOUT_MS = 20_000

/** One event on its way to one endpoint. It is kept until it has arrived; `failed` is given up. */
export interface Delivery extends StripeObject {
  object: 'skyreel.delivery'
  event: string
  endpoint: string
  attempts: number
  state: 'pending' | 'failed'
}
export interface Endpoint extends StripeObject {
  object: 'webhook_endpoint'
  url: string
  status: 'enabled' | 'disabled'
  enabled_events: readonly string[]
  _form: 'snapshot' | 'thin'
  /** Of connected accounts alone, or of our own alone; null for all, as those have it that are registered by hand. */
  _connect: boolean | null
  _secrets: readonly { readonly secret: string; readonly until: number | null }[]
}

export interface DeliverOptions {
  readonly store: MemoryStore
  readonly log: Log | undefined
  /** For the signature: the receiver compares it with its own clock. */
  readonly now: () => Date
  /** Wait before the first retry; each further one takes twice as long. */
  readonly retryMs: number
}
export interface Deliveries {
  /** Resolves when every delivery that is due has been tried. */
  settle(): Promise<void>
  stop(): Promise<void>
}

/** Sends what happens in the store to its webhook endpoints, beside the calls and never in their way. */
export function startDeliveries(options: DeliverOptions): Deliveries {
  return new Sender(options)
}

class Sender implements Deliveries {
  readonly #options: DeliverOptions
  readonly #due: string[] = []
  readonly #running = new Set<Promise<void>>()
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #stopped = new AbortController()

  constructor(options: DeliverOptions) {
    this.#options = options
    options.store.onCommit(({ events }) => this.#plan(events))
    for (const each of options.store.all('skyreel.delivery'))
      if (each.state === 'pending') this.#due.push(each.id)
    this.#start()
  }

  async settle(): Promise<void> {
    this.#options.store.flush()
    while (this.#running.size) await Promise.race(this.#running)
  }

  async stop(): Promise<void> {
    this.#stopped.abort()
    for (const timer of this.#timers) clearTimeout(timer)
    this.#due.length = 0
    await Promise.all(this.#running)
  }

  #plan(events: readonly StripeEvent[]): void {
    if (!events.length) return
    const { store } = this.#options
    const endpoints = store.all('webhook_endpoint') as readonly Endpoint[]
    const wanted = events.flatMap((event) =>
      endpoints.filter((to) => wants(to, event)).map((to) => ({ event, to })),
    )
    if (!wanted.length) return
    store.atomically(() => {
      for (const { event, to } of wanted) this.#due.push(plan(store, event, to).id)
    })
    this.#start()
  }

  #start(): void {
    while (!this.#stopped.signal.aborted && this.#running.size < IN_FLIGHT) {
      const id = this.#due.shift()
      if (id === undefined) return
      const run: Promise<void> = this.#try(id).finally(() => {
        this.#running.delete(run)
        this.#start()
      })
      this.#running.add(run)
    }
  }

  async #try(id: string): Promise<void> {
    const { store, log } = this.#options
    const delivery = store.get(id) as Delivery | undefined
    const event = delivery && (store.get(delivery.event) as StripeEvent | undefined)
    const endpoint = delivery && (store.get(delivery.endpoint) as Endpoint | undefined)
    if (!delivery || !event || !endpoint) return store.remove(id)
    const failure = await this.#send(endpoint, event)
    if (this.#stopped.signal.aborted) return
    if (failure === undefined) return this.#arrived(delivery)
    log?.warn('webhook not delivered', { url: endpoint.url, type: event.type, because: failure })
    this.#again({ ...delivery, attempts: delivery.attempts + 1 })
  }

  async #send(endpoint: Endpoint, event: StripeEvent): Promise<string | undefined> {
    const body = bodyOf(this.#options.store, endpoint, event)
    const seconds = Math.floor(this.#options.now().getTime() / 1000)
    const secrets = endpoint._secrets.filter(({ until }) => until === null || until > seconds)
    const signature = signatureOf(
      body,
      secrets.map(({ secret }) => secret),
      seconds,
    )
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'stripe-signature': signature,
      'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
    }
    const signal = AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(TIMEOUT_MS)])
    try {
      const answer = await fetch(endpoint.url, { method: 'POST', headers, body, signal, redirect: 'manual' })
      await answer.arrayBuffer()
      return answer.ok ? undefined : `status ${answer.status}`
    } catch (error) {
      return (error as Error).message
    }
  }

  #arrived(delivery: Delivery): void {
    const { store } = this.#options
    store.atomically(() => {
      store.remove(delivery.id)
      const event = store.get(delivery.event)
      if (event) store.put({ ...event, pending_webhooks: Math.max(0, Number(event.pending_webhooks) - 1) })
    })
  }

  #again(delivery: Delivery): void {
    const { store, retryMs } = this.#options
    const lost = delivery.attempts >= ATTEMPTS
    store.put({ ...delivery, state: lost ? 'failed' : 'pending' })
    if (lost) return
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer)
        this.#due.push(delivery.id)
        this.#start()
      },
      retryMs * 2 ** (delivery.attempts - 1),
    )
    timer.unref()
    this.#timers.add(timer)
  }
}

function plan(store: MemoryStore, event: StripeEvent, endpoint: Endpoint): Delivery {
  const delivery: Delivery = {
    id: store.newId('dlv'),
    object: 'skyreel.delivery',
    event: event.id,
    endpoint: endpoint.id,
    attempts: 0,
    state: 'pending',
  }
  store.put(delivery)
  const now = store.get(event.id) ?? event
  store.put({ ...now, pending_webhooks: Number(now.pending_webhooks) + 1 })
  return delivery
}

function wants(
  { status, enabled_events: types, _form: form, _connect: connect }: Endpoint,
  event: StripeEvent,
): boolean {
  if (typeof connect === 'boolean' && connect !== (event.account !== undefined)) return false
  const type = form === 'thin' && !isThinOnly(event) ? `v1.${event.type}` : event.type
  if (status !== 'enabled' || (form === 'snapshot' && isThinOnly(event))) return false
  return types.includes('*') || types.includes(type)
}

function bodyOf(store: MemoryStore, endpoint: Endpoint, event: StripeEvent): string {
  return endpoint._form === 'thin'
    ? JSON.stringify(thinOf(event))
    : JSON.stringify(present(store, { ...event, pending_webhooks: 1 }), undefined, 2)
}
