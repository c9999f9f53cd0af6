import type { StackOutputs } from '../../../cdktf/shared/outputs.ts'
import type { Place } from '../../../cdktf/shared/place.ts'
import type { Guarded } from '../column.ts'
import { gcloud } from './gcp-command.ts'
import { pinTraffic } from './gcp-traffic.ts'
import { type PageGroup, pagesOf } from './pages.ts'

/**
 * Traffic that no longer follows the newest revision, pages, and the CDN told of them. Files of
 * earlier releases stay: a page that is open in a browser loads its parts by their old names.
 */
export function publishOnGcp(
  place: Place,
  { outputs, dist }: { outputs: StackOutputs; dist: string },
): readonly Guarded[] {
  const { groups, changed } = pagesOf(dist)
  return [
    ...Object.values(outputs.functions).map(({ name }) => pinTraffic(place, name)),
    ...groups.map((group) => upload(place, outputs.pages, dist, group)),
    // One path at a time is what the command takes.
    ...changed.map((path) =>
      gcloud(
        place,
        `tell Cloud CDN that ${path} has changed`,
        ...[
          'compute',
          'url-maps',
          'invalidate-cdn-cache',
          outputs.edge,
          `--path=${path}`,
          '--global',
          '--async',
        ],
      ),
    ),
  ]
}

/** `rsync` with all but one kind left out: the one command that sets headers and uploads only what differs. */
function upload(place: Place, bucket: string, dist: string, group: PageGroup): Guarded {
  const { folder, extension, contentType, cacheControl } = group
  const to = folder === '' ? '' : `/${folder}`
  const others = `^(?!.*\\${extension}$).*$`
  return gcloud(
    place,
    `upload ${to.slice(1)}${to === '' ? '' : '/'}*${extension}`,
    ...['storage', 'rsync', `${dist}/web${to}`, `gs://${bucket}${to}`, '--recursive'],
    `--exclude=${folder === '' ? `^assets/.*|${others}` : others}`,
    ...[`--content-type=${contentType}`, `--cache-control=${cacheControl}`],
  )
}
