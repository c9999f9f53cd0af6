import { S3Backend } from 'cdktf'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { stateStoreOf } from '../shared/state-store.ts'

/** The state lies in the environment's own bucket, locked by an object beside it: no table is needed. */
export function openBackend(stack: SkyreelStack): void {
  const { store, key } = stateStoreOf(stack.place)
  const { accountId, region } = stack.place.environment.aws
  new S3Backend(stack, { bucket: store, key, region, encrypt: true, allowedAccountIds: [accountId] })
  // The binding's own field asks for a newer floor of Terraform in cdktf.json, for all three clouds.
  stack.addOverride('terraform.backend.s3.use_lockfile', true)
}
