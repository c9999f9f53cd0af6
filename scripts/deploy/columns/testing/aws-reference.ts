import type { Flags } from './flags.ts'

/** https://docs.aws.amazon.com/cli/latest/reference/ as far as the column uses it. Each was also run by the real tool. */
export const AWS_FLAGS: Flags = {
  'sts get-caller-identity': '',
  's3api head-bucket': '--bucket! --expected-bucket-owner',
  's3api create-bucket': '--bucket! --create-bucket-configuration',
  's3api put-public-access-block': '--bucket! --public-access-block-configuration! --expected-bucket-owner',
  's3api put-bucket-encryption': '--bucket! --server-side-encryption-configuration! --expected-bucket-owner',
  's3api put-bucket-versioning': '--bucket! --versioning-configuration! --expected-bucket-owner',
  's3api put-bucket-lifecycle-configuration': '--bucket! --lifecycle-configuration --expected-bucket-owner',
  's3api put-bucket-policy': '--bucket! --policy! --expected-bucket-owner',
  's3 cp': '--recursive --only-show-errors --exclude --include --content-type --cache-control',
  's3 sync': '--size-only --only-show-errors --exclude --include --content-type --cache-control',
  'ecr get-login-password': '',
  'ecr describe-images': '--repository-name! --image-ids',
  'secretsmanager list-secret-version-ids': '--secret-id!',
  'secretsmanager put-secret-value': '--secret-id! --secret-string',
  'ssm put-parameter': '--name! --value! --type --overwrite',
  'cloudfront create-invalidation': '--distribution-id! --paths',
  'lambda list-aliases': '--function-name!',
  'lambda get-alias': '--function-name! --name!',
  'lambda create-alias': '--function-name! --name! --function-version!',
  'lambda update-alias': '--function-name! --name! --function-version --routing-config',
  'lambda get-function-configuration': '--function-name! --qualifier',
  'cloudwatch get-metric-data': '--metric-data-queries! --start-time! --end-time!',
  'logs filter-log-events': '--log-group-name --start-time --end-time --filter-pattern',
}
export const AWS_COMMON = '--region --query --output'

export const DOCKER_FLAGS: Flags = {
  login: '--username --password-stdin',
  'buildx build': '--platform --provenance --tag --push',
}
