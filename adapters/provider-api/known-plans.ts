import * as z from 'zod/mini'
import type { ProductObject } from '../../core/billing/provider-objects.ts'

/**
 * What our plans give, by the provider's id: these providers have no metadata to keep it in. `planKey` is that of
 * the plan at Stripe, so that both are shown as one.
 */
export const KnownPlans = z.optional(
  z.record(
    z.string(),
    z.object({
      planKey: z.string(),
      audience: z._default(z.enum(['viewer', 'organisation']), 'viewer'),
      features: z.array(z.string()),
      rank: z._default(z.int(), 0),
    }),
  ),
)
export type KnownPlans = z.infer<typeof KnownPlans>

type Gives = Pick<ProductObject, 'planKey' | 'audience' | 'features' | 'rank'>

/** A plan that the operator has not listed gives nothing. */
export const givenBy = (plans: KnownPlans, id: string): Gives =>
  (plans && Object.hasOwn(plans, id) ? plans[id] : undefined) ?? {
    ...{ planKey: null, audience: 'viewer', features: [], rank: 0 },
  }
