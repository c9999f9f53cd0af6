import type Stripe from 'stripe'
import type { PlanDraft } from '../../core/billing/payment-requests.ts'
import { type PaymentProvider, PaymentRefused } from '../../core/ports/payments.ts'
import type { ApiClient } from './api-client.ts'
import { isSamePrice, type PriceDraft, priceParams } from './price-draft.ts'
import { idOf } from './read-fields.ts'

/** Plans as products with prices. https://docs.stripe.com/products-prices/manage-prices */
export const planCalls = (client: ApiClient): Pick<PaymentProvider, 'savePlan'> => ({
  async savePlan(plan) {
    const productId = await saveProduct(plan, client)
    const meters = await metersByName(plan, client)
    const priceIds: string[] = []
    for (const draft of plan.prices) priceIds.push(await savePrice(draft, { productId, meters }, client))
    return { productId, priceIds }
  },
})

async function saveProduct(plan: PlanDraft, client: ApiClient): Promise<string> {
  const fields = {
    name: plan.name,
    description: plan.description,
    metadata: {
      plan_key: plan.key,
      audience: plan.audience,
      rank: String(plan.rank),
      features: plan.features.join(','),
    },
  }
  const known = await findProduct(plan.key, client)
  const saved = await client.call((stripe) =>
    known
      ? stripe.products.update(known, { ...fields, active: true })
      : // Of two that make it at once the second is refused: the id is the plan's.
        stripe.products.create({ id: `skyreel_${plan.key}`, ...fields }),
  )
  return saved.id
}

/** Listed, not searched: Stripe's search lags behind by a minute and would make a second one. */
async function findProduct(key: string, client: ApiClient): Promise<string | undefined> {
  for await (const product of client.each((stripe) => stripe.products.list({ limit: 100 })))
    if (product.metadata.plan_key === key) return product.id
  return undefined
}

/** A price cannot be changed: a new one takes its key over, and those who have the old one keep it. */
async function savePrice(
  draft: PriceDraft,
  of: { productId: string; meters: ReadonlyMap<string, string> },
  client: ApiClient,
): Promise<string> {
  const wanted = priceParams(draft, of)
  const query = { lookup_keys: [draft.key], limit: 1, expand: ['data.currency_options'] }
  const before = (await client.call((stripe) => stripe.prices.list(query))).data[0]
  if (before?.active && idOf(before.product) === of.productId && isSamePrice(before, wanted)) return before.id
  const made = await client.call(async (stripe) => stripe.prices.create(await inSdk(wanted)))
  if (before) await client.call((stripe) => stripe.prices.update(before.id, { active: false }))
  return made.id
}

/** Decimals go out as the SDK's own type, which is loaded by now. */
async function inSdk({
  unit_amount_decimal: text,
  ...params
}: ReturnType<typeof priceParams>): Promise<Stripe.PriceCreateParams> {
  if (text === undefined) return params
  const { default: SDK } = await import('stripe')
  return { ...params, unit_amount_decimal: SDK.Decimal.from(text) }
}

/** Ids of the meters that the plan's prices name. */
async function metersByName(plan: PlanDraft, client: ApiClient): Promise<ReadonlyMap<string, string>> {
  const names = new Set(plan.prices.flatMap(({ meter }) => meter ?? []))
  const found = new Map<string, string>()
  if (names.size === 0) return found
  for await (const meter of client.each((stripe) => stripe.billing.meters.list({ limit: 100 })))
    if (names.has(meter.event_name) && meter.status === 'active') found.set(meter.event_name, meter.id)
  for (const name of names)
    if (!found.has(name))
      throw new PaymentRefused('meter_missing', `there is no meter ${name}: save it first`)
  return found
}
