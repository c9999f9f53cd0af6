import { CloudfrontDistribution } from '@cdktf/provider-aws/lib/cloudfront-distribution/index.js'
import { Route53Record } from '@cdktf/provider-aws/lib/route53-record/index.js'
import { hostOf } from '../shared/host.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import type { HttpApi } from './api.ts'
import type { Buckets } from './buckets.ts'
import { otherBehaviours, pagesBehaviour } from './cdn-behaviours.ts'
import { makeHeaders } from './cdn-headers.ts'
import { originsOf, pagesOrApi } from './cdn-origins.ts'
import { makePagesFunction } from './cdn-pages.ts'

export interface CdnOptions {
  readonly buckets: Buckets
  readonly api: HttpApi
  readonly keyGroupId: string
  readonly certificateArn: string
}

/** One host for pages, API and media, so that the cookies that open a film reach it. */
export function makeCdn(stack: SkyreelStack, options: CdnOptions): CloudfrontDistribution {
  const { keyGroupId, certificateArn, buckets, api } = options
  const headers = makeHeaders(stack)
  const behaviours = { headers, keyGroupId, pagesFunctionArn: makePagesFunction(stack) }
  const distribution = new CloudfrontDistribution(stack, 'cdn', {
    ...{ comment: stack.place.stackId, enabled: true, httpVersion: 'http2and3' },
    isIpv6Enabled: takesIpv6(stack),
    aliases: [hostOf(stack.place)],
    // Europe, North America and Israel; elsewhere viewers come to the nearest of these. The others cost up to twice as much.
    priceClass: 'PriceClass_100',
    origin: originsOf(stack, buckets, api),
    originGroup: [pagesOrApi],
    defaultCacheBehavior: pagesBehaviour(behaviours),
    orderedCacheBehavior: otherBehaviours(stack, behaviours),
    restrictions: { geoRestriction: { restrictionType: 'none' } },
    viewerCertificate: {
      ...{ acmCertificateArn: certificateArn, sslSupportMethod: 'sni-only' },
      minimumProtocolVersion: 'TLSv1.2_2021',
    },
  })
  name(stack, distribution)
  return distribution
}

/** The host's addresses, old and new. An alias costs nothing to look up. */
function name(stack: SkyreelStack, { domainName, hostedZoneId }: CloudfrontDistribution): void {
  const alias = { name: domainName, zoneId: hostedZoneId, evaluateTargetHealth: false }
  const { zoneId } = stack.place.environment.aws
  for (const type of takesIpv6(stack) ? ['A', 'AAAA'] : ['A'])
    new Route53Record(stack, `host-${type.toLowerCase()}`, {
      ...{ zoneId, name: hostOf(stack.place), type, alias },
    })
}

/** CloudFront binds what is signed to IPv4 addresses alone. */
const takesIpv6 = ({ place }: SkyreelStack): boolean =>
  place.environment.settings.SKYREEL_PLAYBACK_BINDS_ADDRESS !== 'on'
