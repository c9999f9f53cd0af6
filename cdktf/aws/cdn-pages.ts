import { CloudfrontFunction } from '@cdktf/provider-aws/lib/cloudfront-function/index.js'
import { PAGE_FOLDERS } from '../shared/page-folders.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'

/**
 * What adapters/node/static.ts does with paths of folders, at the edge: index.html for one that ends with `/`, a redirect to
 * it without. All other paths pass as they are, so that the API's answer to an unknown one names it right. The language is
 * CloudFront's own dialect.
 */
export const PAGES_CODE = `var folders = ${JSON.stringify(PAGE_FOLDERS)}

function handler(event) {
  var request = event.request
  if (folders.indexOf(request.uri) !== -1) request.uri += 'index.html'
  else if (folders.indexOf(request.uri + '/') !== -1)
    return {
      statusCode: 308,
      statusDescription: 'Permanent Redirect',
      headers: { location: { value: request.uri + '/' } },
    }
  return request
}
`

/** The function's ARN. */
export const makePagesFunction = (stack: SkyreelStack): string =>
  new CloudfrontFunction(stack, 'cdn-pages', {
    ...{ name: `${stack.place.prefix}-pages`, runtime: 'cloudfront-js-2.0', publish: true },
    code: PAGES_CODE,
  }).arn
