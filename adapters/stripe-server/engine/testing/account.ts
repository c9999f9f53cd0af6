import { openMemoryStore } from '../../memory-store.ts'
import { tableOf } from '../../operation-table.ts'
import {
  type Operation,
  type Params,
  type StripeEvent,
  StripeFailure,
  type StripeObject,
} from '../../store.ts'
import { advance } from '../advance.ts'
import type { Customer, Objects } from '../objects.ts'
import { need } from '../objects-in-store.ts'
import { engineOperations } from '../operations.ts'
import { cardDetails, cardOfToken, TEST_CARDS, type TestCard } from '../test-cards.ts'

export const START = Date.UTC(2026, 0, 15, 12) / 1000
export const DAYS = 86_400

/** A Stripe account in memory whose time stands still until it is moved. */
export function openAccount() {
  let now = START
  const store = openMemoryStore({ now: () => new Date(now * 1000), seed: 'engine' })
  const call = caller(store)
  const account = {
    store,
    call,
    now: () => now,
    /** Lets time pass, with all that it brings. */
    pass(days: number) {
      now += Math.round(days * DAYS)
      store.atomically(() => advance(store, now))
    },
    events: (prefix = ''): string[] => eventsOf(store, prefix).map(({ type }) => type),
    lastEvent: (type: string): StripeEvent | undefined => eventsOf(store, type).at(-1),
    /** What the last event about an object has shown of it. */
    last: (id: string): StripeObject | undefined =>
      eventsOf(store, '').findLast(({ data }) => data.object.id === id)?.data.object,
    get: <K extends keyof Objects>(type: K, id: string | null): Objects[K] => need(store, type, id ?? ''),
    sum: (currency: string): number =>
      (store.all('balance_transaction') as unknown as { net: number; currency: string }[])
        .filter((entry) => entry.currency === currency)
        .reduce((total, { net }) => total + net, 0),
    price: (id: string, amount: number, more: Record<string, unknown> = {}) => {
      store.put(priceOf(id, amount, more))
      return id
    },
    customer: (token = 'pm_card_visa', more: Partial<Customer> = {}) => customerWith(store, token, more),
    method: (token: string, customer: string | null) => methodOf(store, token, customer),
  }
  return account
}
export type Account = ReturnType<typeof openAccount>

const eventsOf = (store: ReturnType<typeof openMemoryStore>, prefix: string) =>
  (store.all('event') as readonly StripeEvent[]).filter(({ type }) => type.startsWith(prefix))

/** Calls an operation as the server does: all or nothing, but that a declined card's attempt is kept. */
function caller(store: ReturnType<typeof openMemoryStore>) {
  return (method: Operation['method'], path: string, params: Params = {}): StripeObject => {
    const [operation, parts] = found(method, path)
    let declined: unknown
    const answer = store.atomically(() => {
      try {
        return operation.run(store, { params, path: parts })
      } catch (error) {
        if (!(error instanceof StripeFailure) || error.status !== 402) throw error
        declined = error
        return undefined
      }
    })
    if (answer === undefined) throw declined
    return answer
  }
}

const find = tableOf(engineOperations)

function found(method: string, path: string): [Operation, Readonly<Record<string, string>>] {
  const match = find(method, path)
  if (!match) throw new Error(`no operation ${method} ${path}`)
  return [match.operation, match.path]
}

function priceOf(id: string, amount: number, more: Record<string, unknown>): StripeObject {
  return {
    id,
    object: 'price',
    active: true,
    billing_scheme: 'per_unit',
    currency: 'eur',
    product: 'prod_one',
    recurring: { interval: 'month', interval_count: 1, meter: null, usage_type: 'licensed' },
    tax_behavior: 'exclusive',
    type: 'recurring',
    unit_amount: amount,
    unit_amount_decimal: String(amount),
    ...more,
  }
}

function customerWith(
  store: ReturnType<typeof openMemoryStore>,
  token: string,
  more: Partial<Customer>,
): string {
  const id = store.newId('cus')
  const method = token && methodOf(store, token, id)
  store.put({
    id,
    object: 'customer',
    balance: 0,
    created: store.now(),
    currency: null,
    email: 'ada@example.com',
    invoice_settings: { default_payment_method: method || null },
    ...more,
  })
  return id
}

function methodOf(store: ReturnType<typeof openMemoryStore>, token: string, customer: string | null): string {
  const id = store.newId('pm')
  const card = cardOfToken(token) ?? (TEST_CARDS[0] as TestCard)
  store.put({
    id,
    object: 'payment_method',
    card: cardDetails(card, { month: 12, year: 2030 }),
    created: store.now(),
    customer,
    type: 'card',
  })
  return id
}
