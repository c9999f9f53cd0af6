import {
  blocks,
  inner,
  mentions,
  type Resource,
  type Rule,
  resources,
  type Stack,
  text,
  unless,
} from './stack.ts'

// Google and Azure encrypt everything that they keep, and have no switch for it. SNS topics of alarms carry names alone.

/** What AWS keeps for us, it keeps encrypted; and on every cloud the keys of our own are renewed. */
export const ENCRYPTION_RULES: readonly Rule[] = [
  {
    name: 'every bucket is encrypted at rest',
    on: ['aws'],
    find: (stack) => unless(resources(stack, 'aws_s3_bucket'), encrypted(stack), 'is not encrypted at rest'),
  },
  {
    name: 'every queue is encrypted at rest',
    on: ['aws'],
    find: (stack) =>
      unless(
        resources(stack, 'aws_sqs_queue'),
        ({ values }) => values.sqs_managed_sse_enabled === true || values.kms_master_key_id !== undefined,
        'is not encrypted at rest',
      ),
  },
  {
    name: 'every key of a key service is renewed by it, at least once a year',
    on: ['aws', 'gcp', 'azure'],
    find: (stack) =>
      unless(keys(stack), (key) => daysBetweenVersions(key) <= 366, 'is not renewed by itself'),
  },
  {
    name: 'every image registry is encrypted and scanned',
    on: ['aws'],
    find: (stack) =>
      unless(
        resources(stack, 'aws_ecr_repository'),
        ({ values }) =>
          text(inner(values, 'encryption_configuration').encryption_type) !== '' &&
          inner(values, 'image_scanning_configuration').scan_on_push === true,
        'is not encrypted, or not scanned on push',
      ),
  },
]

const encrypted = (stack: Stack) => (bucket: Resource) =>
  resources(stack, 'aws_s3_bucket_server_side_encryption_configuration').some(
    (one) =>
      mentions(one, bucket) &&
      blocks(one.values, 'rule').some(
        (rule) => text(inner(rule, 'apply_server_side_encryption_by_default').sse_algorithm) !== '',
      ),
  )

const keys = (stack: Stack): readonly Resource[] => [
  ...resources(stack, 'aws_kms_key'),
  ...resources(stack, 'google_kms_crypto_key'),
  ...resources(stack).filter(({ values }) => text(values.type).startsWith('Microsoft.KeyVault/vaults/keys@')),
]

/** AWS counts days, Google seconds, and Azure writes a duration of ISO 8601. Never where it is not said. */
function daysBetweenVersions({ values }: Resource): number {
  if (values.enable_key_rotation === true) return Number(values.rotation_period_in_days ?? 365)
  const [, seconds] = /^(\d+)s$/.exec(text(values.rotation_period)) ?? []
  if (seconds !== undefined) return Number(seconds) / 86_400
  const [action] = blocks(inner(values, 'body', 'properties', 'rotationPolicy'), 'lifetimeActions')
  const after = action && text(inner(action, 'trigger').timeAfterCreate)
  const [, days] = /^P(\d+)D$/.exec(after ?? '') ?? []
  return days === undefined ? Number.POSITIVE_INFINITY : Number(days)
}
