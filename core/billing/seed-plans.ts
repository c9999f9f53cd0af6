import type { PaymentProvider } from '../ports/payments.ts'
import { METER_NAMES, METERS } from '../usage/model.ts'
import { DEFAULT_PLANS } from './default-plans.ts'
import type { PlanDraft } from './payment-requests.ts'

/**
 * Makes the plans that the provider does not have yet, with the meters that they count by; answers the keys of those made.
 * A plan that is there is left as it is: what a business has changed must not change back.
 */
export async function seedPlans(
  provider: PaymentProvider,
  wanted: readonly PlanDraft[] = DEFAULT_PLANS,
): Promise<readonly string[]> {
  const there = new Set<string | null>()
  for await (const object of provider.list('product'))
    if (object.kind === 'product') there.add(object.planKey)
  const missing = wanted.filter(({ key }) => !there.has(key))
  if (missing.length === 0) return []
  for (const name of METER_NAMES) await provider.saveMeter({ name, displayName: METERS[name].says })
  for (const plan of missing) await provider.savePlan(plan)
  return missing.map(({ key }) => key)
}
