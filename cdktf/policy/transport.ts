import {
  blocks,
  inner,
  mentions,
  type Resource,
  type Rule,
  resources,
  type Stack,
  text,
  unless,
  type Values,
} from './stack.ts'
import { policies } from './statements-aws.ts'

/** TLS of 1.2 at least, and nothing without it. */
export const TRANSPORT_RULES: readonly Rule[] = [
  {
    name: 'buckets and queues refuse what comes without TLS',
    on: ['aws'],
    find: (stack) =>
      unless(
        [...resources(stack, 'aws_s3_bucket'), ...resources(stack, 'aws_sqs_queue')],
        refusesPlain(stack),
        'takes requests without TLS',
      ),
  },
  {
    name: 'the CDN speaks TLS 1.2 or newer, to clients and to origins',
    on: ['aws'],
    find: (stack) =>
      unless(
        resources(stack, 'aws_cloudfront_distribution'),
        ({ values }) => speaksTls(values),
        'speaks without TLS 1.2',
      ),
  },
  {
    name: 'the load balancer speaks TLS 1.2 or newer',
    on: ['gcp'],
    find: (stack) =>
      unless(
        resources(stack, 'google_compute_target_https_proxy'),
        (proxy) =>
          resources(stack, 'google_compute_ssl_policy').some(
            (policy) => mentions(proxy, policy) && /^TLS_1_[23]$/.test(text(policy.values.min_tls_version)),
          ),
        'has no policy of TLS 1.2',
      ),
  },
  {
    name: 'plain HTTP is sent on to HTTPS and gets nothing else',
    on: ['gcp'],
    find: (stack) =>
      unless(
        resources(stack, 'google_compute_target_http_proxy'),
        (proxy) =>
          resources(stack, 'google_compute_url_map').some(
            (map) =>
              mentions(proxy, map) &&
              inner(map.values, 'default_url_redirect').https_redirect === true &&
              map.values.path_matcher === undefined,
          ),
        'answers without TLS',
      ),
  },
  {
    name: 'stores speak TLS 1.2 or newer',
    on: ['azure'],
    find: (stack) =>
      unless(
        resources(stack, 'azurerm_storage_account'),
        ({ values }) =>
          values.https_traffic_only_enabled !== false && /^TLS1_[23]$/.test(text(values.min_tls_version)),
        'speaks without TLS 1.2',
      ),
  },
  {
    name: 'sites speak TLS 1.2 or newer',
    on: ['azure'],
    find: (stack) =>
      unless(
        resources(stack, 'azapi_resource').filter(({ values }) =>
          /^Microsoft\.Web\/sites@/.test(text(values.type)),
        ),
        ({ values }) => {
          const properties = inner(values, 'body', 'properties')
          return (
            properties.httpsOnly === true &&
            /^1\.[23]$/.test(text(inner(properties, 'siteConfig').minTlsVersion))
          )
        },
        'speaks without TLS 1.2',
      ),
  },
  {
    name: 'Front Door speaks TLS to clients and to origins',
    on: ['azure'],
    find: (stack) => [
      ...unless(
        resources(stack, 'azurerm_cdn_frontdoor_route'),
        ({ values }) => values.https_redirect_enabled === true && values.forwarding_protocol === 'HttpsOnly',
        'answers or asks without TLS',
      ),
      ...unless(
        resources(stack, 'azurerm_cdn_frontdoor_custom_domain'),
        ({ values }) => inner(values, 'tls').minimum_tls_version !== 'TLS10',
        'speaks TLS 1.0',
      ),
    ],
  },
]

const refusesPlain = (stack: Stack) => (resource: Resource) =>
  policies(stack).some(
    ({ resource: policy, statements }) =>
      policy.type.endsWith('_policy') &&
      mentions({ ...policy, values: { of: policy.values.bucket ?? policy.values.queue_url } }, resource) &&
      statements.some(
        ({ effect, hasCondition, principals }) =>
          effect === 'Deny' && hasCondition && principals.includes('*'),
      ) &&
      /"aws:SecureTransport\\?":\\?"false/.test(JSON.stringify(policy.values).replaceAll('\\', '')),
  )

function speaksTls(values: Values): boolean {
  const clients = [...blocks(values, 'default_cache_behavior'), ...blocks(values, 'ordered_cache_behavior')]
  const origins = blocks(values, 'origin').flatMap((origin) => blocks(origin, 'custom_origin_config'))
  return (
    /^TLSv1\.[23]/.test(text(inner(values, 'viewer_certificate').minimum_protocol_version)) &&
    clients.every(
      ({ viewer_protocol_policy: says }) => says === 'https-only' || says === 'redirect-to-https',
    ) &&
    origins.every(
      ({ origin_protocol_policy: says, origin_ssl_protocols: spoken }) =>
        says === 'https-only' && JSON.stringify(spoken) === '["TLSv1.2"]',
    )
  )
}
