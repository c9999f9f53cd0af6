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

/** What AWS keeps for us, it keeps encrypted. */
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
