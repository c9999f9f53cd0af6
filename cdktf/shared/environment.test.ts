import { describe, expect, it } from 'vitest'
import { type Environment, environment, WrongConfig } from './environment.ts'
import { CONFIG } from './wanted-stacks.ts'

type Changes = { readonly [K in keyof Environment]?: unknown }

/** The config of dev with some fields put in place of its own, and the lines of what is wrong with it. */
function refused(changes: Changes): readonly string[] {
  try {
    environment({ ...CONFIG.dev, ...changes } as Environment)
    return []
  } catch (error) {
    if (!(error instanceof WrongConfig)) throw error
    return error.message.split('\n').slice(1)
  }
}
const { aws, gcp, azure, neon, budget, retention, canary } = CONFIG.dev

describe('a config', () => {
  it.each(Object.values(CONFIG).map((config) => [config.name, config] as const))(
    'of %s is right',
    (_, config) => {
      expect(environment(config)).toEqual(config)
    },
  )
  it.each<[string, Changes, string]>([
    ['an unknown name', { name: 'production' }, 'name must be one of dev, staging, prod'],
    ['a product with a capital', { product: 'Skyreel' }, 'product must be 2 to 9 of a-z and 0-9'],
    ['a product that is too long', { product: 'skyreelvideo' }, 'product must be 2 to 9 of a-z and 0-9'],
    ['an owner with a space', { owner: 'the platform' }, 'owner must be 1 to 63 of a-z, 0-9 and "-"'],
    [
      'a budget of nothing',
      { budget: { ...budget, monthlyUsd: 0 } },
      'budget.monthlyUsd must be a whole number',
    ],
    [
      'a budget in text',
      { budget: { ...budget, monthlyUsd: '50' } },
      'budget.monthlyUsd must be a whole number',
    ],
    [
      'nobody to alarm',
      { budget: { ...budget, alertEmails: [] } },
      'budget.alertEmails must name at least one',
    ],
    ['no address', { budget: { ...budget, alertEmails: ['ops'] } }, 'budget.alertEmails.0 must be an e-mail'],
    [
      'log days of no cloud',
      { retention: { ...retention, logDays: 10 } },
      'retention.logDays must be one of 1, 3',
    ],
    ['dead letters kept too long', { retention: { ...retention, deadLetterDays: 15 } }, 'from 1 to 14'],
    ['protection in words', { protectData: 'no' }, 'protectData must be true or false'],
    ['prod without protection', { name: 'prod', protectData: false }, 'protectData must be true in prod'],
    [
      'canary steps that fall',
      { canary: { ...canary, stepsPercent: [50, 10] } },
      'canary.stepsPercent must grow',
    ],
    [
      'a canary step of all',
      { canary: { ...canary, stepsPercent: [100] } },
      'canary.stepsPercent.0 must be a whole',
    ],
    ['a setting that is none', { settings: { DEBUG: '1' } }, 'settings.DEBUG'],
    [
      'a setting that no function would start with',
      { settings: { SKYREEL_UPLOAD_MAX_BYTES: '50GB' } },
      'settings.SKYREEL_UPLOAD_MAX_BYTES must be a whole number within its bounds',
    ],
    [
      'a setting out of its bounds',
      { settings: { SKYREEL_ACCESS_TOKEN_SECONDS: '86400' } },
      'settings.SKYREEL_ACCESS_TOKEN_SECONDS must be a whole number within its bounds',
    ],
    ['a flag that is none', { settings: { SKYREEL_FLAGS: 'signup=off' } }, 'settings.SKYREEL_FLAGS must be'],
    ['a level that is none', { settings: { SKYREEL_LOG_LEVEL: 'trace' } }, 'SKYREEL_LOG_LEVEL must be debug'],
    [
      'a way to compute tax that is none',
      { settings: { SKYREEL_TAX_BY: 'hand' } },
      'settings.SKYREEL_TAX_BY must be table or stripe',
    ],
    [
      'a mode of billing that is none',
      { settings: { SKYREEL_BILLING_MODE: 'prod' } },
      'settings.SKYREEL_BILLING_MODE must be live or test',
    ],
    [
      'a provider that there is no driver of',
      { billing: { providers: ['stripe', 'adyen'] } },
      'billing.providers.1 must be providers among stripe, paypal, braintree, razorpay',
    ],
    [
      'events of Stripe by a bus, and no account at Stripe',
      { billing: { providers: ['paypal'], stripeEventSource: 'aws.partner/stripe.com/ed_123' } },
      'billing.providers must name stripe',
    ],
    [
      "Stripe's destination for its partner source",
      { billing: { stripeEventSource: 'ed_test_61Qz9aB2eZvKYlo2C' } },
      'billing.stripeEventSource must be a partner event source',
    ],
    [
      'a topic of our own for the partner topic',
      {
        billing: {
          stripePartnerTopicId: `/subscriptions/${azure.subscriptionId}/resourceGroups/skyreel-dev/providers/Microsoft.EventGrid/topics/bus`,
        },
      },
      'billing.stripePartnerTopicId must be the resource id',
    ],
    [
      'a system of DRM that there is no driver of',
      { drm: { systems: ['marlin'] } },
      'drm.systems.0 must be systems among widevine, playready, fairplay',
    ],
    [
      'systems of our own where a vendor answers',
      { drm: { systems: ['widevine'], by: 'axinom' } },
      'drm.systems must be empty where a vendor answers',
    ],
    [
      'who answers licences among the settings',
      { settings: { SKYREEL_DRM_BY: 'axinom' } },
      'settings.SKYREEL_DRM_BY Invalid key',
    ],
    [
      'a header of the country that no edge writes',
      { settings: { SKYREEL_COUNTRY_HEADER: 'cf-ipcountry' } },
      'settings.SKYREEL_COUNTRY_HEADER Invalid key',
    ],
    [
      'a network that does not begin at a /16',
      { aws: { ...aws, networkCidr: '10.20.30.0/16' } },
      'aws.networkCidr must be a /16',
    ],
    [
      'a network of no address',
      { aws: { ...aws, networkCidr: '10.300.0.0/16' } },
      'aws.networkCidr must be a /16',
    ],
    ['a short account', { aws: { ...aws, accountId: '123' } }, 'aws.accountId must be the 12 digits'],
    ['a region of another cloud', { aws: { ...aws, region: 'europe-west1' } }, 'aws.region must be a region'],
    [
      'a network that is too small',
      { aws: { ...aws, networkCidr: '10.0.0.0/24' } },
      'aws.networkCidr must be a /16',
    ],
    [
      'a URL for a host',
      { gcp: { ...gcp, host: 'https://a.example.com' } },
      'gcp.host must be a host such as',
    ],
    [
      'a number for an id',
      { gcp: { ...gcp, projectNumber: 123456789012 } },
      'must be the number of the project, in quotes',
    ],
    [
      'a GUID with capitals',
      { azure: { ...azure, tenantId: 'A'.repeat(36) } },
      'azure.tenantId must be a GUID',
    ],
    [
      'an old PostgreSQL',
      { neon: { ...neon, postgresVersion: 14 } },
      'neon.postgresVersion must be 16, 17 or 18',
    ],
    [
      'a field that is none',
      { aws: { ...aws, acountId: 'x' } },
      'aws.acountId is not a field: remove it, or mend',
    ],
    ['a cloud that is missing', { azure: undefined }, 'azure'],
  ])('is refused for %s', (_, changes, line) => {
    expect(refused(changes)).toEqual([expect.stringContaining(line)])
  })
  it('is refused with every wrong field at once', () => {
    const lines = refused({ owner: '', aws: { ...aws, accountId: '1', zoneId: 'zone' } })
    expect(lines.map((line) => line.trim().split(' ')[0])).toEqual(['owner', 'aws.accountId', 'aws.zoneId'])
  })
  it('is refused with the name of its file', () => {
    expect(() => environment({ ...CONFIG.staging, product: '' })).toThrow(
      /^cdktf\/config\/staging\.ts cannot be used/,
    )
  })
  it('is refused without the wrong value, which could be a secret put in the wrong place', () => {
    expect(refused({ owner: 'hunter2 hunter2' }).join()).not.toContain('hunter2')
  })
})
