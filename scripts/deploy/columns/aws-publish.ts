import type { StackOutputs } from '../../../cdktf/shared/outputs.ts'
import type { Place } from '../../../cdktf/shared/place.ts'
import type { Guarded } from '../column.ts'
import { aws } from './aws-command.ts'
import { type PageGroup, pagesOf } from './pages.ts'

/**
 * Pages to their bucket, then the CDN forgets the old ones. Files of earlier releases stay: a page that is open in a
 * browser loads its parts by their old names.
 */
export function publishOnAws(
  place: Place,
  { outputs, dist }: { outputs: StackOutputs; dist: string },
): readonly Guarded[] {
  const { groups, changed } = pagesOf(dist)
  return [
    ...groups.map((group) => upload(place, outputs.pages, dist, group)),
    aws(
      place,
      'tell CloudFront that pages have changed',
      ...['cloudfront', 'create-invalidation', '--distribution-id', outputs.edge, '--paths', ...changed],
    ),
  ]
}

function upload(place: Place, bucket: string, dist: string, group: PageGroup): Guarded {
  const { folder, extension, contentType, cacheControl } = group
  const to = folder === '' ? '' : `${folder}/`
  return aws(
    place,
    `upload ${to}*${extension}`,
    ...['s3', ...COPY[folder], `${dist}/web/${to}`, `s3://${bucket}/${to}`, '--only-show-errors'],
    ...['--exclude', '*', '--include', `*${extension}`, ...(folder === '' ? ['--exclude', 'assets/*'] : [])],
    ...['--content-type', contentType, '--cache-control', cacheControl],
  )
}

/** A file whose name is a hash is the same wherever it is; a page may change and keep its size. */
const COPY = { assets: ['sync', '--size-only'], '': ['cp', '--recursive'] } as const
