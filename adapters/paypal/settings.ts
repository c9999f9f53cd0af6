import * as z from 'zod/mini'
import type { Secrets } from '../../core/ports/secrets.ts'
import { KnownPlans } from '../provider-api/known-plans.ts'
import { filled, notAfter, readSecret } from '../provider-api/secret-form.ts'

/**
 * The secret `paypal`: `{"environment": "sandbox", "clientId": "...", "clientSecret": "...",
 * "webhooks": [{"id": "0EH40505U7160970P", "notAfter": "2027-01-31T00:00:00Z"}], "verifyBy": "certificate",
 * "plans": {"P-...": {"planKey": "premium", "features": ["premium-titles"]}}}`.
 * `verifyBy: "postback"` asks PayPal about each delivery instead. `toleranceSeconds` is 300 without it.
 */
const Settings = z.object({
  environment: z.enum(['live', 'sandbox']),
  clientId: filled,
  clientSecret: filled,
  webhooks: z.array(z.object({ id: z.string().check(z.regex(/^[A-Za-z0-9]{1,50}$/)), notAfter })),
  verifyBy: z._default(z.enum(['certificate', 'postback']), 'certificate'),
  toleranceSeconds: z._default(z.int().check(z.positive()), 300),
  plans: KnownPlans,
})
export type PaypalSettings = z.infer<typeof Settings>

export const paypalSettings = (secrets: Secrets): Promise<PaypalSettings> =>
  readSecret(secrets, 'paypal', Settings)

/** https://developer.paypal.com/api/rest/#api-endpoints */
export const API_ORIGIN = {
  live: 'https://api-m.paypal.com',
  sandbox: 'https://api-m.sandbox.paypal.com',
} as const
/** Certificates of the sandbox sign nothing that happened: each has its own host. */
export const CERTIFICATE_HOST = { live: 'api.paypal.com', sandbox: 'api.sandbox.paypal.com' } as const
