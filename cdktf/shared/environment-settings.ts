import { cloudConfig } from '../../functions/entry/cloud-config.ts'
import { logLevel } from '../../functions/entry/cloud-env.ts'
import { SETTINGS } from '../../functions/entry/config.ts'

/** `retention.uploadDays` sets the other one, so that the sweep and the bucket's rule agree. */
export const OWN_SETTINGS: readonly string[] = SETTINGS.filter((name) => name !== 'SKYREEL_UPLOAD_DAYS')

const RULES: Readonly<Record<string, string>> = {
  SKYREEL_FLAGS: 'must be flags of core/run/flags.ts, such as open-signup=off',
  SKYREEL_LOG_LEVEL: 'must be debug, info, warn or error',
  SKYREEL_BILLING_MODE: 'must be live or test',
  SKYREEL_BILLING_ACCOUNT: 'must be an account such as acct_1Qz9aB2eZvKYlo2C',
  SKYREEL_BILLING_STAFF: 'must be ids of users, such as usr_ and 32 hex digits, with commas between them',
  SKYREEL_TAX_BY: 'must be table or stripe',
  SKYREEL_SELLER_COUNTRY: 'must be a country such as DE',
}
const NUMBER = 'must be a whole number within its bounds in core/run/config.ts'

/** The rule that a setting breaks: every function would refuse it, each at its start. `undefined` where it is well. */
export function brokenRule(name: string, value: string): string | undefined {
  const env = { SKYREEL_PUBLIC_ORIGIN: 'https://video.example.com', [name]: value }
  try {
    cloudConfig(env)
    logLevel(env)
    return undefined
  } catch {
    // Their own words hold the value, which could be a secret put in the wrong place.
    return RULES[name] ?? NUMBER
  }
}
