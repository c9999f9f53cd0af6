import type { Uses } from '../ports/ports.ts'
import { isSoldIn } from './metered-parts.ts'
import { type Currency, currencyOf } from './money.ts'
import { amountsOf, findPrice, type PricedPlan } from './plans.ts'
import { badField } from './problems.ts'

export interface Sale extends PricedPlan {
  readonly currency: Currency
  readonly amountMinor: number
}
interface Wanted {
  readonly priceId: string
  /** Without it the price's own. */
  readonly currency?: string | undefined
  readonly audience?: 'viewer' | 'organisation'
  /** Where the fields came in: named by the problem. */
  readonly where: 'body' | 'query'
}

/** A price that can be subscribed to now, in this currency. Throws 422 naming what is wrong with it. */
export async function salePrice(
  { db, payments, config }: Uses<'db' | 'payments' | 'config'>,
  { priceId, currency: code, audience, where }: Wanted,
): Promise<Sale> {
  const field = `${where}.priceId`
  const found = await findPrice(db, payments.primary, priceId)
  if (
    !found ||
    found.plan.deletedAt ||
    found.price.deletedAt ||
    found.plan.livemode !== config.billingLivemode
  )
    throw badField(field, 'unknown', 'is no price of a plan')
  const { plan, price } = found
  if (!plan.active || !price.active) throw badField(field, 'not_sold', 'is not sold any more')
  if (price.interval === null || price.meter !== null)
    throw badField(field, 'not_a_subscription', 'is billed along with another price, or once')
  if (audience !== undefined && plan.audience !== audience)
    throw badField(field, 'audience', AUDIENCE_SAYS[plan.audience])
  const currency = currencyOf(code ?? price.currency)
  const amountMinor = amountsOf(price)[currency]
  if (!isSoldIn(price, currency) || amountMinor === undefined)
    throw badField(`${where}.currency`, 'not_sold', `is none that this price is sold in`)
  return { plan, price, currency, amountMinor }
}

const AUDIENCE_SAYS = {
  viewer: 'is a plan for persons: leave organisationId out',
  organisation: 'is a plan for organisations: name one by organisationId',
} as const
