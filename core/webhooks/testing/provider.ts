import type { Gone, ObjectRef, ProviderEvent, ProviderObject } from '../../billing/provider-objects.ts'
import { type PaymentProvider, type Payments, WebhookRefused } from '../../ports/payments.ts'
import { NotSupported } from '../../run/not-supported.ts'

/**
 * A provider of payments in memory. A webhook of it is the JSON of its events and is signed by the header
 * `signature: good`; what is fetched is what `objects` holds at that moment.
 */
export interface MemoryProvider extends PaymentProvider {
  readonly objects: Map<string, ProviderObject>
  /** Ids of parts, by which another object is found. */
  readonly parts: Map<string, string>
  readonly told: ProviderEvent[]
  readonly fetched: ObjectRef[]
  /** Runs before a fetch answers, after it has read. */
  onFetch: (ref: ObjectRef) => Promise<void>
  down: Error | undefined
}

export function memoryProvider(): MemoryProvider {
  const objects = new Map<string, ProviderObject>()
  const [parts, told, fetched] = [new Map<string, string>(), [] as ProviderEvent[], [] as ObjectRef[]]
  const provider: Partial<MemoryProvider> = {
    name: 'stripe',
    ...{ objects, parts, told, fetched, down: undefined, onFetch: async () => undefined },
    async readWebhook({ body, headers }) {
      if (headers.signature !== 'good') throw new WebhookRefused('signature', 'wrong signature')
      return revived(JSON.parse(new TextDecoder().decode(body)))
    },
    readBusEvent: (async (payload: unknown) => revived(payload)) as never,
    async fetch(ref) {
      fetched.push(ref)
      if (provider.down) throw provider.down
      const found = objects.get(parts.get(ref.id) ?? ref.id)
      const answer: ProviderObject | Gone = found ?? { gone: true, ...ref }
      await provider.onFetch?.(ref)
      return answer
    },
    async *events({ after }) {
      yield* told.slice(after === undefined ? 0 : told.findIndex((event) => event.eventId === after) + 1)
    },
    async *list(kind) {
      yield* [...objects.values()].filter((object) => object.kind === kind)
    },
  }
  return new Proxy(provider as MemoryProvider, {
    get(target, field) {
      if (field in target || typeof field === 'symbol' || field === 'then') return Reflect.get(target, field)
      throw new NotSupported(`the provider in memory has no ${field}`)
    },
  })
}

export const paymentsOf = (provider: PaymentProvider): Payments => ({ primary: 'stripe', of: () => provider })

const revived = (payload: unknown): ProviderEvent[] =>
  (payload as ProviderEvent[]).map((event) => ({ ...event, createdAt: new Date(event.createdAt) }))

let made = 0
/** An event about the subscription `sub_1`, unless told otherwise. */
export function anEvent(facts: Partial<ProviderEvent> = {}): ProviderEvent {
  made += 1
  const eventId = facts.eventId ?? `evt_${made}`
  return {
    provider: 'stripe',
    eventId,
    dedupeId: eventId,
    type: 'customer.subscription.updated',
    about: { kind: 'subscription', id: 'sub_1', accountId: null },
    livemode: false,
    account: null,
    createdAt: new Date('2026-01-01T00:00:00.000Z'),
    ...facts,
  }
}

/** A delivery as `memoryProvider` signs it. */
export const delivered = (...events: readonly ProviderEvent[]) => ({
  body: new TextEncoder().encode(JSON.stringify(events)),
  headers: { signature: 'good', 'content-type': 'application/json' },
})
