import { openPayments } from '../../../adapters/local/payments.ts'
import { manualClock } from '../../../adapters/local/testing/clock.ts'
import { type StripeServer, startStripeServer } from '../../../adapters/stripe-server/start.ts'
import { seedPlans } from '../../../core/billing/seed-plans.ts'
import type { CheckoutStarted, CheckoutState, PlanList } from '../../../core/billing/wire.ts'
import type { ListedKind, PaymentProvider } from '../../../core/ports/payments.ts'
import { idFromUuid, type UserId } from '../../../core/run/id.ts'
import { type Caller, type Desk, openDesk } from './desk.ts'

/** Who may refund here. */
const STAFF: UserId = idFromUuid('usr', 'f'.repeat(32))
const KEY = 'sk_test_desk'

export interface Shop extends Desk {
  readonly stripe: StripeServer
  readonly provider: PaymentProvider
  readonly staff: Caller
  /** Of the plans that are sold here, by their keys: `premium-month`. */
  price(key: string): string
  /** Moves our clock and the provider's. */
  later(days: number): void
  /** Writes all that the provider has, as if every webhook had come. */
  mirror(kinds?: readonly ListedKind[]): Promise<void>
}

/**
 * The billing API before the local Stripe server, spoken to by the real SDK. No webhook comes by itself: what the API knows
 * without `mirror` it has looked up by itself.
 */
export async function openShop(): Promise<Shop> {
  const clock = manualClock()
  const stripe = await startStripeServer({ port: 0, key: KEY, now: () => clock.now() })
  const payments = openPayments({ secrets: { get: async () => KEY }, clock, api: stripe.origin })
  const ports = { payments, clock }
  const desk = await openDesk({ config: { billingStaff: [STAFF] }, ports })
  const provider = payments.of('stripe')
  const mirror = async (kinds = KINDS) => {
    for (const kind of kinds) for await (const object of provider.list(kind)) await desk.put(object)
  }
  await seedPlans(provider)
  await mirror(['product', 'price'])
  const { items } = await desk.nobody.get<PlanList>('/v1/plans')
  const prices = new Map(items.flatMap((plan) => plan.prices.map(({ key, id }) => [key, id])))
  return {
    ...desk,
    ...{ stripe, provider, mirror },
    staff: await desk.person('staff@example.org', STAFF),
    price: (key) => prices.get(key) ?? `there is no price ${key}`,
    later(days) {
      clock.advance(days * 86_400_000)
      stripe.advance(clock.now())
    },
    async [Symbol.asyncDispose]() {
      await desk[Symbol.asyncDispose]()
      await stripe.stop()
    },
  }
}
const KINDS: readonly ListedKind[] = [
  'product',
  'price',
  'customer',
  'subscription',
  'invoice',
  'payment',
  'refund',
]

export const GOOD_CARD = '4242 4242 4242 4242'
export const DECLINED_CARD = '4000 0000 0000 0002'

/** Fills in the provider's page as the customer would. */
export async function pay(checkoutUrl: string, number = GOOD_CARD): Promise<number> {
  const typed = {
    email: 'ada@example.org',
    number,
    expiry: '12 / 34',
    cvc: '123',
    name: 'Ada',
    country: 'DE',
  }
  const body = new URLSearchParams(typed)
  return (await fetch(checkoutUrl, { method: 'POST', body, redirect: 'manual' })).status
}

let keys = 0
export const aKey = (): string => `key-${++keys}`

export const startCheckout = async (who: Caller, body: unknown, key = aKey()): Promise<CheckoutStarted> =>
  (await who.keyed<CheckoutStarted>(key, 'POST', '/v1/subscribe', body)).body

export const stateOf = (who: Caller, { operationId }: CheckoutStarted): Promise<CheckoutState> =>
  who.get<CheckoutState>(`/v1/billing/checkout/${operationId}`)

/** Subscribes, pays and comes back; answers the subscription's id. */
export async function subscribed(who: Caller, body: unknown): Promise<string> {
  const started = await startCheckout(who, body)
  await pay(started.checkoutUrl)
  const { subscriptionId, status } = await stateOf(who, started)
  if (subscriptionId === null) throw new Error(`the checkout is ${status} and has no subscription`)
  return subscriptionId
}
