import { EcrLifecyclePolicy } from '@cdktf/provider-aws/lib/ecr-lifecycle-policy/index.js'
import { EcrRepository } from '@cdktf/provider-aws/lib/ecr-repository/index.js'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'

/** Images that are kept: the running one, and enough to go back to. Each costs some cents a month. */
const KEPT_IMAGES = 5

/** The repository of the media image. A tag is the hash of what it was built from, so none is ever written twice. */
export function makeRegistry(stack: SkyreelStack): EcrRepository {
  const { prefix, environment } = stack.place
  const repository = new EcrRepository(stack, 'registry', {
    name: `${prefix}-media`,
    imageTagMutability: 'IMMUTABLE',
    imageScanningConfiguration: { scanOnPush: true },
    encryptionConfiguration: [{ encryptionType: 'AES256' }],
    // An image is built again from the same sources.
    forceDelete: !environment.protectData,
  })
  const selection = { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: KEPT_IMAGES }
  const rules = [{ rulePriority: 1, description: 'the newest', selection, action: { type: 'expire' } }]
  new EcrLifecyclePolicy(stack, 'registry-lifecycle', {
    repository: repository.name,
    policy: JSON.stringify({ rules }),
  })
  return repository
}
