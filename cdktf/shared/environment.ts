import * as z from 'zod'
import { brokenRule, OWN_SETTINGS } from './environment-settings.ts'

export const CLOUDS = ['aws', 'gcp', 'azure'] as const
export type Cloud = (typeof CLOUDS)[number]
export const ENVIRONMENTS = ['dev', 'staging', 'prod'] as const
export type EnvironmentName = (typeof ENVIRONMENTS)[number]

const text = (pattern: RegExp, rule: string) => z.string({ error: rule }).regex(pattern, rule)
const whole = (least: number, most: number, rule = `must be a whole number from ${least} to ${most}`) =>
  z.int({ error: rule }).min(least, rule).max(most, rule)

const host = () =>
  text(/^(?=.{4,253}$)([a-z0-9](-?[a-z0-9])*\.)+[a-z]{2,}$/, 'must be a host such as video.example.com')
const email = () => text(/^[^@\s]+@[^@\s]+\.[^@\s]+$/, 'must be an e-mail address')
const guid = () => text(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'must be a GUID in small letters')
const word = (rule = 'must be 1 to 63 of a-z, 0-9 and "-", beginning with a letter') =>
  text(/^[a-z][a-z0-9-]{0,62}$/, rule)

/** CloudWatch takes these and no others; the other two clouds take any of them. */
const LOG_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731] as const

const Aws = z.strictObject({
  accountId: text(/^\d{12}$/, 'must be the 12 digits of an AWS account'),
  region: text(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region such as eu-central-1'),
  /** Where pages, API and media are served: one host, so that the delivery cookies reach the media. */
  host: host(),
  /** Id of the Route 53 zone that the host lies in. */
  zoneId: text(/^Z[A-Z0-9]{1,31}$/, 'must be the id of a hosted zone such as Z0123456789ABCDEFGHIJ'),
  /**
   * SSM parameters with the public keys that films may be signed with; `cdn-public-key` alone without it. Two while a new key
   * takes over: docs/deploy-aws.md. The first is what a secret `cdn-key` that is one key alone is signed as.
   */
  cdnKeys: z.optional(
    z
      .array(text(/^cdn-public-key(-[a-z0-9]{1,20})?$/, 'must be a name such as cdn-public-key-2'))
      .min(1, 'must name at least one key')
      .max(3, 'must be at most three keys'),
  ),
  /** Of the network that the container jobs run in; two /20 subnets are cut from it. */
  networkCidr: text(/^((25[0-5]|2[0-4]\d|1?\d?\d)\.){2}0\.0\/16$/, 'must be a /16 such as 10.20.0.0/16'),
})

const Gcp = z.strictObject({
  projectId: text(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, 'must be the id of a project'),
  projectNumber: text(/^\d{6,14}$/, 'must be the number of the project, in quotes'),
  region: text(/^[a-z]+-[a-z]+\d{1,2}$/, 'must be a region such as europe-west1'),
  host: host(),
  /** Name of the managed zone of Cloud DNS that the host lies in. */
  zoneName: word(),
  billingAccount: text(
    /^[0-9A-F]{6}(-[0-9A-F]{6}){2}$/,
    'must be a billing account such as 01ABCD-234567-89ABCD',
  ),
})

const Azure = z.strictObject({
  subscriptionId: guid(),
  tenantId: guid(),
  region: text(/^[a-z]+\d?$/, 'must be a location such as westeurope'),
  host: host(),
  /** The DNS zone that the host lies in, and its resource group. */
  zoneName: host(),
  zoneResourceGroup: text(/^[\w.()-]{1,89}[\w()-]$/, 'must be the name of a resource group'),
})

const Neon = z.strictObject({
  /** https://neon.com/docs/introduction/regions */
  region: text(/^(aws|azure|gcp)-[a-z0-9-]+$/, 'must be a region of Neon such as aws-eu-central-1'),
  postgresVersion: z.union([z.literal(16), z.literal(17), z.literal(18)], { error: 'must be 16, 17 or 18' }),
  /** Compute units that it grows to; it sleeps at none. */
  maxComputeUnits: z
    .number({ error: 'must be a number' })
    .min(0.25, 'must be at least 0.25')
    .max(16, 'must be at most 16'),
  historyHours: whole(0, 720),
})

const Canary = z.strictObject({
  /** Share of the requests that a new release gets, step by step; all of them follow. */
  stepsPercent: z.array(whole(1, 99)).max(10, 'must be at most ten steps'),
  minutesPerStep: whole(1, 120),
  /** Beyond these a release is taken back. */
  maxErrorPercent: z
    .number({ error: 'must be a number' })
    .min(0, 'must be at least 0')
    .max(50, 'must be at most 50'),
  maxP95Ms: whole(50, 30_000),
  /** With fewer requests in a step nothing can be said; the step is then judged by the smoke test alone. */
  minRequests: whole(0, 1_000_000),
})

const Settings = z
  .record(
    z.string().refine((name) => OWN_SETTINGS.includes(name), `must be one of ${OWN_SETTINGS.join(', ')}`),
    z.string({ error: 'must be text' }),
  )
  .superRefine((settings, { addIssue }) => {
    for (const [name, value] of Object.entries(settings)) {
      const message = brokenRule(name, value)
      if (message !== undefined) addIssue({ code: 'custom', path: [name], message })
    }
  })

export const PAYMENT_PROVIDERS = ['stripe', 'paypal', 'braintree', 'razorpay'] as const
export type PaymentProvider = (typeof PAYMENT_PROVIDERS)[number]
const UNLESS_NAMED: readonly PaymentProvider[] = ['stripe']

const Billing = z.strictObject({
  /** Providers that there are accounts of; Stripe alone without it. Secrets of others are not made: AWS has each paid for. */
  providers: z.optional(
    z.array(z.enum(PAYMENT_PROVIDERS, { error: `must be providers among ${PAYMENT_PROVIDERS.join(', ')}` }), {
      error: 'must be a list of providers',
    }),
  ),
  /** Name of the partner event source that Stripe has made in the AWS account: its events then come by EventBridge, too. */
  stripeEventSource: z.optional(
    text(
      /^aws\.partner\/stripe\.com\/[\w.-]{1,64}$/,
      'must be a partner event source such as aws.partner/stripe.com/ed_123',
    ),
  ),
  /** Id of the partner topic that Stripe has made in the Azure subscription, activated: its events then come by Event Grid, too. */
  stripePartnerTopicId: z.optional(
    text(
      /^\/subscriptions\/[0-9a-f-]{36}\/resourceGroups\/[\w.()-]{1,90}\/providers\/Microsoft\.EventGrid\/partnerTopics\/[a-zA-Z0-9-]{3,50}$/,
      'must be the resource id of a partner topic',
    ),
  ),
})

export const DRM_SYSTEMS = ['widevine', 'playready', 'fairplay'] as const
export const DRM_BY = ['own', 'axinom', 'doverunner', 'buydrm'] as const

const Drm = z.strictObject({
  /** Systems whose owner has given us what our own proxy signs with. Each is a secret; Clear Key needs none. */
  systems: z.optional(
    z.array(z.enum(DRM_SYSTEMS, { error: `must be systems among ${DRM_SYSTEMS.join(', ')}` }), {
      error: 'must be a list of systems',
    }),
  ),
  /** Who answers licences of those systems: our own proxies, or a vendor that takes signed entitlements. */
  by: z.optional(z.enum(DRM_BY, { error: `must be one of ${DRM_BY.join(', ')}` })),
  /** Whether somebody calls back for each licence, which needs the secret `drm-vendors` though no vendor answers. */
  callbacks: z.optional(z.boolean({ error: 'must be true or false' })),
  /** Whether packagers of others may ask for keys by SPEKE. */
  speke: z.optional(z.boolean({ error: 'must be true or false' })),
})

const namesStripe = ({ providers }: z.infer<typeof Billing>) => (providers ?? UNLESS_NAMED).includes('stripe')

const Environment = z
  .strictObject({
    name: z.enum(ENVIRONMENTS, { error: `must be one of ${ENVIRONMENTS.join(', ')}` }),
    /** Every name begins with it. Short, since Azure's storage accounts have 24 characters for all. */
    product: text(/^[a-z][a-z0-9]{1,8}$/, 'must be 2 to 9 of a-z and 0-9, beginning with a letter'),
    owner: word(),
    costCentre: word(),
    budget: z.strictObject({
      monthlyUsd: whole(1, 1_000_000),
      alertEmails: z.array(email()).min(1, 'must name at least one address'),
    }),
    retention: z.strictObject({
      logDays: z.literal([...LOG_DAYS], { error: `must be one of ${LOG_DAYS.join(', ')}` }),
      /** Uploads that nobody finished: the sweep ends them, and a day later the bucket's rule forgets their parts. */
      uploadDays: whole(1, 30),
      /** Messages of a dead-letter queue. SQS keeps none longer than 14 days, Azure's Event Grid and queues neither. */
      deadLetterDays: whole(1, 14),
    }),
    /** Terraform and `npm run destroy` then refuse to delete films, secrets and the database. */
    protectData: z.boolean({ error: 'must be true or false' }),
    canary: Canary,
    /** SKYREEL_ variables of functions/entry/config.ts that differ from their defaults. */
    settings: Settings,
    aws: Aws,
    gcp: Gcp,
    azure: Azure,
    neon: Neon,
    /** Which providers are paid by, and ways by which Stripe's events come beside its webhook: twice, and handled once. */
    billing: z.optional(Billing),
    /** What protected films are opened by beside Clear Key, which every deployment has. */
    drm: z.optional(Drm),
  })
  .refine(
    ({ canary }) => canary.stepsPercent.every((step, at, all) => at === 0 || step > (all[at - 1] ?? 0)),
    {
      path: ['canary', 'stepsPercent'],
      message: 'must grow from step to step',
    },
  )
  .refine(
    ({ billing = {} }) =>
      namesStripe(billing) || !(billing.stripeEventSource || billing.stripePartnerTopicId),
    {
      path: ['billing', 'providers'],
      message: "must name stripe, whose events come by the cloud's own bus",
    },
  )
  .refine(({ drm = {} }) => (drm.by ?? 'own') === 'own' || (drm.systems ?? []).length === 0, {
    path: ['drm', 'systems'],
    message: 'must be empty where a vendor answers: its systems stand in the secret drm-vendors',
  })
  .refine(({ name, protectData }) => name !== 'prod' || protectData, {
    path: ['protectData'],
    message: 'must be true in prod',
  })

export type Environment = z.infer<typeof Environment>

/** The payment providers that a deployment is made for. */
export const paymentProviders = ({ billing }: Environment): readonly PaymentProvider[] =>
  billing?.providers ?? UNLESS_NAMED

/** A wrong value in a file of cdktf/config. Each line is a field and its rule; the values are not repeated. */
export class WrongConfig extends Error {
  override readonly name = 'WrongConfig'
}

/** One environment, checked. Throws `WrongConfig`, which names every wrong field and the rule that it breaks. */
export function environment(given: z.input<typeof Environment>): Environment {
  const read = Environment.safeParse(given)
  if (read.success) return read.data
  const file = `cdktf/config/${typeof given?.name === 'string' ? given.name : '<environment>'}.ts`
  throw new WrongConfig(`${file} cannot be used:\n${read.error.issues.map(lineOf).join('\n')}`)
}

function lineOf(issue: z.core.$ZodIssue): string {
  const at = issue.path.map(String).join('.')
  if (issue.code !== 'unrecognized_keys') return `  ${at} ${issue.message}`
  return issue.keys
    .map((key) => `  ${at === '' ? key : `${at}.${key}`} is not a field: remove it, or mend its spelling`)
    .join('\n')
}
