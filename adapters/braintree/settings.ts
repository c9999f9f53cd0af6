import * as z from 'zod/mini'
import type { Secrets } from '../../core/ports/secrets.ts'
import { KnownPlans } from '../provider-api/known-plans.ts'
import { filled, notAfter, readSecret } from '../provider-api/secret-form.ts'

/**
 * The secret `braintree`: `{"environment": "sandbox", "merchantId": "...",
 * "keys": [{"publicKey": "...", "privateKey": "...", "notAfter": "2027-01-31T00:00:00Z"}],
 * "plans": {"premium-monthly": {"planKey": "premium", "features": ["premium-titles"]}}}`.
 * A key pair signs the calls to Braintree and its webhooks; calls use the first that is good.
 */
const Settings = z.object({
  environment: z.enum(['sandbox', 'production']),
  merchantId: z.string().check(z.regex(/^\w{1,64}$/)),
  keys: z.array(
    z.object({ publicKey: z.string().check(z.regex(/^\w{1,64}$/)), privateKey: filled, notAfter }),
  ),
  plans: KnownPlans,
})
export type BraintreeSettings = z.infer<typeof Settings>
export type BraintreeKey = BraintreeSettings['keys'][number]

export const braintreeSettings = (secrets: Secrets): Promise<BraintreeSettings> =>
  readSecret(secrets, 'braintree', Settings)

export const isLive = ({ environment }: BraintreeSettings): boolean => environment === 'production'

export const API_ORIGIN = {
  sandbox: 'https://api.sandbox.braintreegateway.com',
  production: 'https://api.braintreegateway.com',
} as const
