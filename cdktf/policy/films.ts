import {
  blocks,
  inner,
  list,
  named,
  type Resource,
  type Rule,
  record,
  resources,
  type Stack,
  text,
  unless,
  type Values,
} from './stack.ts'

/** Films are for signed requests, and what users sent is for functions: a private bucket says nothing of who reads for the edge. */
export const FILM_RULES: readonly Rule[] = [
  {
    name: 'films are given to signed requests alone',
    on: ['aws'],
    find: (stack) =>
      resources(stack, 'aws_cloudfront_distribution').flatMap((cdn) =>
        [inner(cdn.values, 'default_cache_behavior'), ...blocks(cdn.values, 'ordered_cache_behavior')]
          .filter((one) => leadsToFilms(stack, cdn, one) && list(one.trusted_key_groups).length === 0)
          .map(({ path_pattern: path }) => ({
            address: cdn.address,
            says: `gives films to everybody (${path})`,
          })),
      ),
  },
  {
    name: 'no bucket is read by a CDN of others',
    on: ['aws'],
    find: (stack) =>
      unless(resources(stack, 'aws_s3_bucket_policy'), isForOwnCdn(stack), 'is read by others'),
  },
  {
    name: 'films are given to signed requests alone',
    on: ['gcp'],
    find: (stack) =>
      unless(
        resources(stack, 'google_storage_bucket_iam_member').filter((one) =>
          isOfFilms(stack, one.values.bucket),
        ),
        (grant) => isOurs(stack, grant) || isSigned(stack, grant),
        'lets others read films',
      ),
  },
]

const isOfFilms = (stack: Stack, expression: unknown): boolean =>
  /^bucket-(media|uploads)$/.test(named(stack, expression)?.id ?? '')

/** An origin, or a group of them of which each may be asked. */
function leadsToFilms(stack: Stack, { values }: Resource, { target_origin_id: target }: Values): boolean {
  const group = blocks(values, 'origin_group').find(({ origin_id: id }) => id === target)
  const ids = group === undefined ? [target] : blocks(group, 'member').map(({ origin_id: id }) => id)
  return blocks(values, 'origin').some(
    ({ origin_id: id, domain_name: host }) => ids.includes(id) && isOfFilms(stack, host),
  )
}

const isForOwnCdn =
  (stack: Stack) =>
  ({ values }: Resource): boolean =>
    blocks(record(JSON.parse(text(values.policy))), 'Statement')
      .filter(({ Effect: effect }) => effect === 'Allow')
      .every((one) => {
        const { 'aws:SourceArn': source } = inner(one, 'Condition', 'StringEquals')
        return named(stack, source)?.type === 'aws_cloudfront_distribution'
      })

const isOurs = (stack: Stack, { values }: Resource): boolean =>
  named(stack, values.member)?.type === 'google_service_account'

/** This account of Google's reads for signed requests, `https-lb` for all others. */
const isSigned = (stack: Stack, { values }: Resource): boolean =>
  named(stack, values.bucket)?.id === 'bucket-media' && /@cloud-cdn-fill\./.test(text(values.member))
