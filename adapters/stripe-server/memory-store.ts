import { idMaker } from './ids.ts'
import { type Store, type StripeEvent, StripeFailure, type StripeObject } from './store.ts'

/** What a finished operation has changed. Events are among the objects put, too. */
export interface Changes {
  readonly put: readonly StripeObject[]
  readonly removed: readonly string[]
  readonly events: readonly StripeEvent[]
}

/** Who asked for what happens now: events say it. */
export interface Cause {
  /** Id of the connected account (Stripe-Account). */
  readonly account?: string
  readonly requestId?: string
  readonly idempotencyKey?: string
}

export interface MemoryStore extends Store {
  /** All or nothing: when the work throws, its changes and events are taken back. One inside another joins it. */
  atomically<T>(work: () => T, cause?: Cause): T
  /** Called after each finished operation, and at the end of the turn for changes made outside of one. */
  onCommit(listener: (changes: Changes) => void): void
  /** Tells the listeners now of what was changed outside of an operation. */
  flush(): void
  /** Puts back what a journal has kept; nobody is told. */
  load(put: readonly StripeObject[], removed: readonly string[]): void
  /** Everything there is, oldest first. */
  everything(): Iterable<StripeObject>
  /** Moves the server's own clock forward, for good; never back. */
  skip(seconds: number): void
}

export interface MemoryStoreOptions {
  readonly now?: () => Date
  /** Makes ids repeat from run to run. */
  readonly seed?: string
  readonly apiVersion?: string
}

const CLOCK = 'skyreel_clock'

/** State of a Stripe account, in memory. */
export function openMemoryStore(options: MemoryStoreOptions = {}): MemoryStore {
  return new Memory(options)
}

class Memory implements MemoryStore {
  readonly newId: (prefix: string) => string
  readonly #byId = new Map<string, StripeObject>()
  readonly #byType = new Map<string, Map<string, StripeObject>>()
  readonly #listeners: ((changes: Changes) => void)[] = []
  readonly #options: MemoryStoreOptions
  #put = new Map<string, StripeObject>()
  #removed = new Set<string>()
  #events: StripeEvent[] = []
  #undo: (() => void)[] | undefined
  #cause: Cause = {}
  #willFlush = false

  constructor(options: MemoryStoreOptions) {
    this.#options = options
    this.newId = idMaker(options.seed)
  }

  get(id: string): StripeObject | undefined {
    return this.#byId.get(id)
  }

  all(type: string): readonly StripeObject[] {
    return [...(this.#byType.get(type)?.values() ?? [])]
  }

  put(object: StripeObject): void {
    const before = this.#byId.get(object.id)
    this.#undo?.push(() => (before ? this.#place(before) : this.#drop(object)))
    this.#place(object)
    this.#put.set(object.id, object)
    this.#removed.delete(object.id)
    this.#changed()
  }

  remove(id: string): void {
    const before = this.#byId.get(id)
    if (!before) return
    const others = this.#undo && this.all(before.object)
    this.#undo?.push(() => this.#reorder(others ?? []))
    this.#drop(before)
    this.#put.delete(id)
    this.#removed.add(id)
    this.#changed()
  }

  now(customerId?: string): number {
    const clock = customerId === undefined ? undefined : this.#testClock(customerId)
    return clock ?? this.#serverNow()
  }

  emit(type: string, object: StripeObject, previous?: Record<string, unknown>): void {
    const event = this.#event(type, object, previous)
    this.#undo?.push(() => void this.#events.pop())
    this.#events.push(event)
    this.put(event)
  }

  atomically<T>(work: () => T, cause: Cause = {}): T {
    if (this.#undo) return work()
    this.flush()
    this.#undo = []
    this.#cause = cause
    try {
      const result = work()
      this.#keep()
      return result
    } catch (error) {
      // A declined payment is refused and yet has happened: its charge and its events stay, as at Stripe.
      if (error instanceof StripeFailure && error.status === 402) this.#keep()
      else this.#takeBack()
      throw error
    } finally {
      this.#cause = {}
    }
  }

  onCommit(listener: (changes: Changes) => void): void {
    this.#listeners.push(listener)
  }

  flush(): void {
    if (this.#undo || (!this.#put.size && !this.#removed.size)) return
    const changes = { put: [...this.#put.values()], removed: [...this.#removed], events: this.#events }
    this.#forget()
    for (const listener of this.#listeners) listener(changes)
  }

  load(put: readonly StripeObject[], removed: readonly string[]): void {
    for (const object of put) this.#place(object)
    for (const id of removed) {
      const object = this.#byId.get(id)
      if (object) this.#drop(object)
    }
  }

  everything(): Iterable<StripeObject> {
    return this.#byId.values()
  }

  skip(seconds: number): void {
    if (seconds <= 0) return
    this.put({ id: CLOCK, object: 'skyreel.clock', ahead: this.#ahead() + Math.floor(seconds) })
  }

  #event(type: string, object: StripeObject, previous?: Record<string, unknown>): StripeEvent {
    const account = accountOf(object) ?? this.#cause.account
    const about = typeof object.customer === 'string' ? object.customer : undefined
    return {
      id: this.newId('evt'),
      object: 'event',
      api_version: this.#options.apiVersion ?? null,
      created: this.now(object.object === 'customer' ? object.id : about),
      // Objects are replaced, never changed, so the object as it is now stays as it is.
      data: previous ? { object, previous_attributes: previous } : { object },
      livemode: false,
      pending_webhooks: 0,
      request: { id: this.#cause.requestId ?? null, idempotency_key: this.#cause.idempotencyKey ?? null },
      type,
      ...(account ? { account } : {}),
    }
  }

  #serverNow(): number {
    const now = this.#options.now?.() ?? new Date()
    return Math.floor(now.getTime() / 1000) + this.#ahead()
  }

  #ahead(): number {
    const ahead = this.#byId.get(CLOCK)?.ahead
    return typeof ahead === 'number' ? ahead : 0
  }

  #testClock(customerId: string): number | undefined {
    const clock = this.#byId.get(customerId)?.test_clock
    const frozen = typeof clock === 'string' ? this.#byId.get(clock)?.frozen_time : undefined
    return typeof frozen === 'number' ? frozen : undefined
  }

  #place(object: StripeObject): void {
    this.#byId.set(object.id, object)
    const type = this.#byType.get(object.object)
    if (type) type.set(object.id, object)
    else this.#byType.set(object.object, new Map([[object.id, object]]))
  }

  // An object that comes back must stand where it stood: lists are by age.
  #reorder(objects: readonly StripeObject[]): void {
    for (const object of objects) this.#drop(object)
    for (const object of objects) this.#place(object)
  }

  #drop(object: StripeObject): void {
    this.#byId.delete(object.id)
    this.#byType.get(object.object)?.delete(object.id)
  }

  #changed(): void {
    if (this.#undo || this.#willFlush) return
    this.#willFlush = true
    queueMicrotask(() => {
      this.#willFlush = false
      this.flush()
    })
  }

  #keep(): void {
    this.#undo = undefined
    this.flush()
  }

  #takeBack(): void {
    const undo = this.#undo ?? []
    this.#undo = undefined
    for (const step of undo.reverse()) step()
    this.#forget()
  }

  #forget(): void {
    this.#put = new Map()
    this.#removed = new Set()
    this.#events = []
  }
}

// Of objects that belong to a connected account.
function accountOf({ id, object, _account: account }: StripeObject): string | undefined {
  if (object === 'account') return id
  return typeof account === 'string' ? account : undefined
}
