import { mentions, type Resource, type Rule, resources, type Stack, unless } from './stack.ts'
import { policies } from './statements-aws.ts'

const ALL_BLOCKED = [
  'block_public_acls',
  'block_public_policy',
  'ignore_public_acls',
  'restrict_public_buckets',
]

/** On AWS nobody reads a store but those who are let in by name. */
export const PUBLIC_ACCESS_AWS: readonly Rule[] = [
  {
    name: 'no bucket can be made public',
    on: ['aws'],
    find: (stack) => unless(resources(stack, 'aws_s3_bucket'), blocked(stack), 'can be made public'),
  },
  {
    name: 'no policy lets everybody in',
    on: ['aws'],
    find: (stack) =>
      policies(stack).flatMap(({ resource: { address }, statements }) =>
        statements
          .filter(({ effect, principals }) => effect === 'Allow' && principals.includes('*'))
          .map(({ sid }) => ({ address, says: `lets everybody in (${sid})` })),
      ),
  },
  {
    name: 'only our account, or a service for it, may call a function',
    on: ['aws'],
    find: (stack) =>
      unless(
        resources(stack, 'aws_lambda_permission'),
        ({ values }) => values.principal !== '*' && values.source_arn !== undefined,
        'may be called by anybody: principal and source_arn must say by whom',
      ),
  },
]

const blocked = (stack: Stack) => (bucket: Resource) =>
  resources(stack, 'aws_s3_bucket_public_access_block').some(
    (one) => mentions(one, bucket) && ALL_BLOCKED.every((name) => one.values[name] === true),
  )
