import * as z from 'zod/mini'
import type { Secrets } from '../../core/ports/secrets.ts'
import { KnownPlans } from '../provider-api/known-plans.ts'
import { filled, notAfter, readSecret } from '../provider-api/secret-form.ts'

/**
 * The secret `razorpay`. Test and live mode have keys and webhooks of their own, and `keyId` tells which it is:
 * `{"keyId": "rzp_test_...", "keySecret": "...", "webhookSecrets": [{"secret": "...", "notAfter": "2027-01-31T00:00:00Z"}],
 * "accountId": "acc_...", "plans": {"plan_...": {"planKey": "premium", "features": ["premium-titles"]}}}`.
 * With `accountId` events of another account are put aside.
 */
const Settings = z.object({
  keyId: z.string().check(z.regex(/^rzp_(test|live)_\w+$/)),
  keySecret: filled,
  webhookSecrets: z.array(z.object({ secret: filled, notAfter })),
  accountId: z.optional(filled),
  plans: KnownPlans,
})
export type RazorpaySettings = z.infer<typeof Settings>

export const razorpaySettings = (secrets: Secrets): Promise<RazorpaySettings> =>
  readSecret(secrets, 'razorpay', Settings)

export const isLive = ({ keyId }: RazorpaySettings): boolean => keyId.startsWith('rzp_live_')
