import type {
  CloudfrontDistributionOrigin,
  CloudfrontDistributionOriginGroup,
} from '@cdktf/provider-aws/lib/cloudfront-distribution/index.js'
import { CloudfrontOriginAccessControl } from '@cdktf/provider-aws/lib/cloudfront-origin-access-control/index.js'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import type { HttpApi } from './api.ts'
import type { Buckets } from './buckets.ts'

export const API = 'api'
export const MEDIA = 'media'
const PAGES = 'pages'
export const PAGES_OR_API = 'pages-or-api'

/** The two private buckets, whose requests CloudFront signs, and the gateway. */
export function originsOf(
  stack: SkyreelStack,
  buckets: Buckets,
  api: HttpApi,
): CloudfrontDistributionOrigin[] {
  const signed = new CloudfrontOriginAccessControl(stack, 'cdn-access', {
    ...{ name: stack.place.prefix, originAccessControlOriginType: 's3' },
    ...{ signingBehavior: 'always', signingProtocol: 'sigv4' },
  })
  const bucket = (originId: string, { domainName }: { domainName: string }) => ({
    ...{ originId, domainName, originAccessControlId: signed.id },
  })
  return [bucket(PAGES, buckets.pages), bucket(MEDIA, buckets.media), gateway(api)]
}

/** It answers within 30 seconds, with its own time-out at the latest: that answer must still get through. */
const gateway = ({ host }: HttpApi): CloudfrontDistributionOrigin => ({
  ...{ originId: API, domainName: host },
  customOriginConfig: {
    ...{ httpPort: 80, httpsPort: 443, originProtocolPolicy: 'https-only', originSslProtocols: ['TLSv1.2'] },
    originReadTimeout: 35,
  },
})

/** What is no page is asked of the API, which answers with a problem+json instead of S3's XML. */
export const pagesOrApi: CloudfrontDistributionOriginGroup = {
  originId: PAGES_OR_API,
  failoverCriteria: { statusCodes: [404] },
  member: [{ originId: PAGES }, { originId: API }],
}
