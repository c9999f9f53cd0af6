import { cloudConfig } from '../../functions/entry/cloud-config.ts'
import { logLevel } from '../../functions/entry/cloud-env.ts'
import { SETTINGS } from '../../functions/entry/config.ts'

/**
 * `retention.uploadDays` sets one of the others, so that the sweep and the bucket's rule agree; `drm.by` the second, beside the
 * secrets of it; and the edge that a stack lays the third: a header that no edge sets would be believed of any client.
 */
const OF_THE_STACK = ['SKYREEL_UPLOAD_DAYS', 'SKYREEL_DRM_BY', 'SKYREEL_COUNTRY_HEADER']
export const OWN_SETTINGS: readonly string[] = SETTINGS.filter((name) => !OF_THE_STACK.includes(name))

const RULES: Readonly<Record<string, string>> = {
  SKYREEL_FLAGS: 'must be flags of core/run/flags.ts, such as open-signup=off',
  SKYREEL_LOG_LEVEL: 'must be debug, info, warn or error',
  SKYREEL_BILLING_MODE: 'must be live or test',
  SKYREEL_BILLING_ACCOUNT: 'must be an account such as acct_1Qz9aB2eZvKYlo2C',
  SKYREEL_BILLING_STAFF: 'must be ids of users, such as usr_ and 32 hex digits, with commas between them',
  SKYREEL_TAX_BY: 'must be table or stripe',
  SKYREEL_SELLER_COUNTRY: 'must be a country such as DE',
  SKYREEL_PLAYBACK_BINDS_ADDRESS: 'must be on or off',
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
