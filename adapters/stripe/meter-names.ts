import type Stripe from 'stripe'
import type { ApiClient } from './api-client.ts'

/** The event name of the meter that a price is counted by; null for prices that are not metered. */
export interface MeterNames {
  ofMeter(meterId: string): Promise<string | null>
  ofPrice(priceId: string): Promise<string | null>
}

/** Neither a price's meter nor a meter's name ever changes, so they are asked for once. */
export function openMeterNames(client: ApiClient): MeterNames {
  const names = new Map<string, string | null>()
  const once = async (id: string, ask: () => Promise<string | null>) => {
    const known = names.get(id)
    if (known !== undefined) return known
    const name = await ask()
    names.set(id, name)
    return name
  }
  const ofMeter = (id: string) =>
    once(id, async () => (await client.call((stripe) => stripe.billing.meters.retrieve(id))).event_name)
  return {
    ofMeter,
    ofPrice: (id) =>
      once(id, async () => {
        const price = await client.find((stripe) => stripe.prices.retrieve(id))
        return price?.recurring?.meter ? ofMeter(price.recurring.meter) : null
      }),
  }
}

/** The meter of a price that is at hand. */
export const meterOf = async (price: Stripe.Price, names: MeterNames): Promise<string | null> =>
  price.recurring?.meter ? names.ofMeter(price.recurring.meter) : null
