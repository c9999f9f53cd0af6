import { CloudfrontResponseHeadersPolicy } from '@cdktf/provider-aws/lib/cloudfront-response-headers-policy/index.js'
import { pagePolicy } from '../../functions/entry/page-policy.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { uploadOrigin } from './buckets.ts'

const YEAR_SECONDS = 31_536_000

/** On every answer: TLS from now on, and types as they are told. */
const ALWAYS = {
  strictTransportSecurity: { accessControlMaxAgeSec: YEAR_SECONDS, includeSubdomains: false, override: true },
  contentTypeOptions: { override: true },
}

/** Ids of the policies: of pages, and of the API and media. */
export function makeHeaders(stack: SkyreelStack): { readonly pages: string; readonly others: string } {
  const { prefix } = stack.place
  const contentSecurityPolicy = pagePolicy([uploadOrigin(stack.place)])
  const pages = new CloudfrontResponseHeadersPolicy(stack, 'cdn-headers-pages', {
    name: `${prefix}-pages`,
    securityHeadersConfig: { ...ALWAYS, contentSecurityPolicy: { contentSecurityPolicy, override: true } },
  })
  const others = new CloudfrontResponseHeadersPolicy(stack, 'cdn-headers', {
    name: prefix,
    securityHeadersConfig: ALWAYS,
  })
  return { pages: pages.id, others: others.id }
}
