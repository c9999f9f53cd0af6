import type {
  CloudfrontDistributionDefaultCacheBehavior,
  CloudfrontDistributionOrderedCacheBehavior,
} from '@cdktf/provider-aws/lib/cloudfront-distribution/index.js'
import { type RoutedApi, routedApis } from '../shared/routes.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { API, MEDIA, PAGES_OR_API } from './cdn-origins.ts'

/** Policies of CloudFront's own, the same in every account. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html */
const CACHED = '658327ea-f89d-4fab-a63d-7e88639e58f6'
const NOT_CACHED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad'
/** Everything but the host: the gateway finds its API by its own. */
const ALL_BUT_HOST = 'b689b0a8-53d0-40ab-baf2-68738e2966ac'

const READS = ['GET', 'HEAD']
const ALL = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']

export interface BehaviourOptions {
  readonly headers: { readonly pages: string; readonly others: string }
  readonly keyGroupId: string
  readonly pagesFunctionArn: string
}

/** What no other path takes: a page, else the API's word for what is not there. */
export const pagesBehaviour = (options: BehaviourOptions): CloudfrontDistributionDefaultCacheBehavior => ({
  ...{ targetOriginId: PAGES_OR_API, viewerProtocolPolicy: 'redirect-to-https' },
  ...{ allowedMethods: READS, cachedMethods: READS, cachePolicyId: CACHED, compress: true },
  responseHeadersPolicyId: options.headers.pages,
  functionAssociation: [{ eventType: 'viewer-request', functionArn: options.pagesFunctionArn }],
})

/** Films for whoever has a signed URL or cookies, and the API, of which nothing is ever kept. */
export const otherBehaviours = (
  stack: SkyreelStack,
  { headers, keyGroupId }: BehaviourOptions,
): CloudfrontDistributionOrderedCacheBehavior[] => [
  {
    ...{ pathPattern: '/videos/*', targetOriginId: MEDIA, viewerProtocolPolicy: 'https-only' },
    ...{ allowedMethods: READS, cachedMethods: READS, cachePolicyId: CACHED, compress: true },
    ...{ trustedKeyGroups: [keyGroupId], responseHeadersPolicyId: headers.others },
  },
  ...apiPatterns(routedApis(stack.plan)).map((pathPattern) => ({
    ...{ pathPattern, targetOriginId: API, viewerProtocolPolicy: 'https-only' },
    ...{ allowedMethods: ALL, cachedMethods: READS, cachePolicyId: NOT_CACHED, compress: false },
    ...{ originRequestPolicyId: ALL_BUT_HOST, responseHeadersPolicyId: headers.others },
  })),
]

/**
 * The first segment decides: `/v1/*` where there are more behind it, `/docs*` for a path and what is below it. A new route
 * then changes the gateway alone, which takes seconds; what a pattern catches too much, the gateway gives to the fallback.
 */
export function apiPatterns(apis: readonly RoutedApi[]): string[] {
  const patterns = apis.flatMap(({ prefixes }) =>
    prefixes.map((prefix) => {
      const [first = '', second] = prefix.slice(1).split('/')
      return second === undefined ? `/${first}*` : `/${first}/*`
    }),
  )
  return [...new Set(patterns)].sort()
}
