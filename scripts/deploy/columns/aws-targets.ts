import { type Holder, secretsOn } from '../../../cdktf/shared/needs.ts'

/** Terraform addresses of the image registry. A test holds them to the stack's text. */
export const awsRegistryTargets: readonly string[] = [
  'aws_ecr_repository.registry',
  'aws_ecr_lifecycle_policy.registry-lifecycle',
]

/** Terraform addresses of the secrets' containers. */
export const awsSecretTargets = (at: Holder): readonly string[] =>
  secretsOn(at).map((name) => `aws_secretsmanager_secret.secret-${name}`)
