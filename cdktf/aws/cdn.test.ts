import { runInNewContext } from 'node:vm'
import { beforeAll, describe, expect, it } from 'vitest'
import { pagePolicy } from '../../functions/entry/page-policy.ts'
import { NAMED_FOLDERS, PAGE_FOLDERS, withoutSlash } from '../shared/page-folders.ts'
import { CONFIG } from '../shared/wanted-stacks.ts'
import { apiPatterns } from './cdn-behaviours.ts'
import { PAGES_CODE } from './cdn-pages.ts'
import { type Attributes, type Synthesized, synthAws } from './testing/synth.ts'

let dev: Synthesized
beforeAll(async () => {
  dev = await synthAws()
})
const cdn = () => dev.resource('aws_cloudfront_distribution', 'cdn')
const behaviour = (path: string): Attributes =>
  cdn().ordered_cache_behavior.find((one: Attributes) => one.path_pattern === path)

/** As CloudFront calls it. */
const asked = (uri: string): Attributes =>
  runInNewContext(`${PAGES_CODE}\nhandler({ request: { uri: ${JSON.stringify(uri)}, method: 'GET' } })`)

describe('the pages at the edge', () => {
  it.each<readonly [string, string]>([
    ...PAGE_FOLDERS.map((folder) => [folder, `${folder}index.html`] as const),
    ['/assets/studio-1.js', '/assets/studio-1.js'],
    ['/nothing/', '/nothing/'],
  ])('%s is the file %s', (path, file) => {
    expect(asked(path).uri).toBe(file)
  })
  it.each(NAMED_FOLDERS)('lead from %s without its slash to the folder', (folder) => {
    const headers = { location: { value: folder } }
    expect(asked(withoutSlash(folder))).toMatchObject({ statusCode: 308, headers })
  })
  it('have the policy of the local server, and may send parts to the bucket', () => {
    const { bucket } = dev.resource('aws_s3_bucket', 'bucket-uploads')
    const { security_headers_config: headers } = dev.resource(
      'aws_cloudfront_response_headers_policy',
      'cdn-headers-pages',
    )
    expect(headers.content_security_policy.content_security_policy).toBe(
      pagePolicy([`https://${bucket}.s3.eu-central-1.amazonaws.com`]),
    )
  })
  it('leave what is none to the API', () => {
    expect(cdn().origin_group).toEqual([
      {
        origin_id: cdn().default_cache_behavior.target_origin_id,
        failover_criteria: { status_codes: [404] },
        member: [{ origin_id: 'pages' }, { origin_id: 'api' }],
      },
    ])
  })
})

describe('films at the edge', () => {
  it('are not reached by IPv6 where URLs are bound to addresses', async () => {
    const { settings } = CONFIG.dev
    const bound = await synthAws({
      change: { settings: { ...settings, SKYREEL_PLAYBACK_BINDS_ADDRESS: 'on' } },
    })
    const records = Object.keys(bound.all('aws_route53_record'))
    expect([
      cdn().is_ipv6_enabled,
      bound.resource('aws_cloudfront_distribution', 'cdn').is_ipv6_enabled,
      records.includes('host-aaaa'),
    ]).toEqual([true, false, false])
  })
  it('are for who has a signature of our key', () => {
    expect(behaviour('/videos/*').trusted_key_groups).toEqual([
      `\${aws_cloudfront_key_group.cdn-key-group.id}`,
    ])
  })
  it('are for who has a signature of any of the keys, while a new one takes over', async () => {
    const { aws } = CONFIG.dev
    const cdnKeys = ['cdn-public-key', 'cdn-public-key-2']
    const two = await synthAws({ change: { aws: { ...aws, cdnKeys } } })
    expect(two.resource('aws_cloudfront_key_group', 'cdn-key-group').items).toEqual([
      `\${aws_cloudfront_public_key.cdn-key.id}`,
      `\${aws_cloudfront_public_key.cdn-key-2.id}`,
    ])
  })
  it('are looked for before anything else', () => {
    expect(cdn().ordered_cache_behavior[0].path_pattern).toBe('/videos/*')
  })
  it('need the public key alone, which a state may hold', () => {
    const { encoded_key: key } = dev.resource('aws_cloudfront_public_key', 'cdn-key')
    expect(key).toContain('data.aws_ssm_parameter.cdn-public-key.insecure_value')
  })
})

describe('the API at the edge', () => {
  const isApi = (one: Attributes) => one.target_origin_id === 'api'
  it('is never cached', () => {
    const policies = cdn()
      .ordered_cache_behavior.filter(isApi)
      .map((one: Attributes) => one.cache_policy_id)
    // The id of CloudFront's own policy CachingDisabled.
    expect(new Set(policies)).toEqual(new Set(['4135ea2d-6df8-44a3-9df3-4b5a84be39ad']))
  })
  it('is found by the first segment of its paths', () => {
    const apis = [{ name: 'a', prefixes: ['/v1/videos', '/v1/me', '/docs', '/openapi.json'] }]
    expect(apiPatterns(apis)).toEqual(['/docs*', '/openapi.json*', '/v1/*'])
  })
  it('is reached by TLS 1.2 alone', () => {
    const api = cdn().origin.find((one: Attributes) => one.origin_id === 'api')
    expect(api.custom_origin_config).toMatchObject({
      origin_protocol_policy: 'https-only',
      origin_ssl_protocols: ['TLSv1.2'],
    })
  })
})
