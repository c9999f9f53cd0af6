import { type Place, shortHash } from './place.ts'

/** What a platform accepts as a name, and where that is written. */
export interface NameRule {
  readonly what: string
  readonly pattern: RegExp
  readonly longest: number
  readonly source: string
}

const rule = (what: string, pattern: RegExp, longest: number, source: string): NameRule => ({
  what,
  pattern,
  longest,
  source,
})

export const NAME_RULES = {
  // An account's own namespace, and the region's.
  bucket: rule(
    'S3 bucket',
    /^[a-z0-9][a-z0-9-]+[a-z0-9]$/,
    63,
    'https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html',
  ),
  lambda: rule(
    'Lambda function',
    /^[\w-]+$/,
    64,
    'https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html',
  ),
  iamRole: rule(
    'IAM role',
    /^[\w+=,.@-]+$/,
    64,
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html',
  ),
  sqsQueue: rule(
    'SQS queue',
    /^[\w-]+$/,
    80,
    'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html',
  ),
  schedule: rule(
    'EventBridge schedule',
    /^[\w.-]+$/,
    64,
    'https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html',
  ),
  cloudRun: rule(
    'Cloud Run service',
    /^[a-z]([a-z0-9-]*[a-z0-9])?$/,
    49,
    'https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.services',
  ),
  cloudRunJob: rule(
    'Cloud Run job',
    /^[a-z]([a-z0-9-]*[a-z0-9])?$/,
    63,
    'https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.jobs',
  ),
  serviceAccount: rule(
    'service account',
    /^[a-z][a-z0-9-]{4,}[a-z0-9]$/,
    30,
    'https://cloud.google.com/iam/docs/service-accounts-create',
  ),
  gcsBucket: rule(
    'Cloud Storage bucket',
    /^[a-z0-9][a-z0-9_-]+[a-z0-9]$/,
    63,
    'https://cloud.google.com/storage/docs/buckets#naming',
  ),
  pubsub: rule(
    'Pub/Sub topic or subscription',
    /^[A-Za-z][\w.~+%-]{2,}$/,
    255,
    'https://cloud.google.com/pubsub/docs/pubsub-basics#resource_names',
  ),
  functionApp: rule(
    'function app',
    /^[a-z0-9][a-z0-9-]*[a-z0-9]$/,
    60,
    'https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftweb',
  ),
  storageAccount: rule(
    'storage account',
    /^[a-z0-9]{3,}$/,
    24,
    'https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftstorage',
  ),
  storageQueue: rule(
    'storage queue',
    /^[a-z0-9](-?[a-z0-9]){2,}$/,
    63,
    'https://learn.microsoft.com/rest/api/storageservices/naming-queues-and-metadata',
  ),
  keyVault: rule(
    'key vault',
    /^[a-z](-?[a-z0-9])+$/,
    24,
    'https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftkeyvault',
  ),
  containerAppJob: rule(
    'Container Apps job',
    /^[a-z](-?[a-z0-9])*$/,
    32,
    'https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftapp',
  ),
  identity: rule(
    'user-assigned identity',
    /^[A-Za-z0-9][\w-]{2,}$/,
    128,
    'https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftmanagedidentity',
  ),
  registry: rule(
    'container registry',
    /^[a-z0-9]{5,}$/,
    50,
    'https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftcontainerregistry',
  ),
} as const satisfies Record<string, NameRule>
export type NameKind = keyof typeof NAME_RULES

/** A name that a platform would refuse, found before it is asked. */
export class NameRefused extends Error {
  override readonly name = 'NameRefused'
}

/**
 * `<prefix>-<short>`: the readable name where the platform takes it. Throws `NameRefused` with the rule and its source where
 * it does not: a name that is cut could be another function's.
 */
export function nameFor(place: Place, kind: NameKind, short: string): string {
  return checked(kind, `${place.prefix}-${short}`, short)
}

/** As `nameFor`, in a namespace that the whole world shares: with a hash of the account, so that it is ours and the same each time. */
export function globalName(place: Place, kind: NameKind, short: string, account: string): string {
  const hash = shortHash(`${account} ${place.stackId}`, 6)
  const { pattern, longest } = NAME_RULES[kind]
  const { product, name } = place.environment
  // 24 characters do not hold the whole word beside the rest.
  const words = [product, longest > 24 ? name : name.charAt(0), short, hash]
  return checked(kind, words.join(pattern.test('aa-aa') ? '-' : ''), short)
}

/** For platforms with names so short that ours do not fit (service accounts, container jobs): the end is a hash of the whole. */
export function shortName(place: Place, kind: NameKind, short: string): string {
  const whole = `${place.prefix}-${short}`
  const { longest } = NAME_RULES[kind]
  if (whole.length <= longest) return checked(kind, whole, short)
  const head = whole.slice(0, longest - 7).replace(/-+$/, '')
  return checked(kind, `${head}-${shortHash(whole, 6)}`, short)
}

function checked(kind: NameKind, name: string, short: string): string {
  const { what, pattern, longest, source } = NAME_RULES[kind]
  if (name.length > longest)
    throw new NameRefused(
      `${short}: the ${what} "${name}" has ${name.length} characters, at most ${longest} are allowed (${source})`,
    )
  if (!pattern.test(name))
    throw new NameRefused(
      `${short}: "${name}" is no name for a ${what}: it must match ${pattern.source} (${source})`,
    )
  return name
}
