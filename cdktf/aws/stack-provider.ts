import { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js'
import { tagsOf } from '../shared/place.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'

/** CloudFront takes certificates from this region alone, and has its metrics there. */
export const EDGE_REGION = 'us-east-1'

/** The provider of the environment's region, and the one of CloudFront's. Both refuse any other account. */
export function openProviders(stack: SkyreelStack): { readonly edge: AwsProvider } {
  const { accountId, region } = stack.place.environment.aws
  const common = { allowedAccountIds: [accountId], defaultTags: [{ tags: tagsOf(stack.place) }] }
  new AwsProvider(stack, 'aws', { region, ...common })
  return { edge: new AwsProvider(stack, 'aws-edge', { alias: 'edge', region: EDGE_REGION, ...common }) }
}
