import { azureNames } from '../../../cdktf/azure/settings-names.ts'
import type { StackOutputs } from '../../../cdktf/shared/outputs.ts'
import type { Place } from '../../../cdktf/shared/place.ts'
import type { Guarded } from '../column.ts'
import { allowBlobs } from './azure-caller.ts'
import { publishCode } from './azure-code.ts'
import { az } from './azure-command.ts'
import { copyStorageKey } from './azure-secrets.ts'
import { type PageGroup, pagesOf } from './pages.ts'

interface Release {
  readonly outputs: StackOutputs
  readonly dist: string
}

/**
 * The key that signs URLs, the code of every app that is to run the release, pages, and Front Door told of them. Files of
 * earlier releases stay: a page that is open in a browser loads its parts by their old names.
 */
export function publishOnAzure(place: Place, release: Release): readonly Guarded[] {
  const { outputs, dist } = release
  const { groups, changed } = pagesOf(dist)
  return [
    ...copyStorageKey(place),
    ...Object.entries(outputs.functions).flatMap(([name, fn]) =>
      publishCode(place, { ...fn, name, dist, app: fn.name }),
    ),
    allowPages(place, outputs.pages),
    ...groups.flatMap((group) => uploads(place, release, group)),
    purge(place, outputs.edge, changed),
  ]
}

function allowPages(place: Place, pages: string): Guarded {
  const [account = '', container = ''] = pages.split('/')
  return allowBlobs(place, { account, container, group: azureNames(place).resourceGroup })
}

/** The assets by their pattern; the pages one by one, since a pattern fits in all folders below and leaves none out. */
function uploads(place: Place, { outputs, dist }: Release, group: PageGroup): readonly Guarded[] {
  const { folder, extension, files } = group
  const [account = '', container = ''] = outputs.pages.split('/')
  const to = [
    ...['--account-name', account, '--auth-mode', 'login'],
    ...['--overwrite', 'true'],
    ...headers(group),
  ]
  if (folder === '')
    return files.map((file) =>
      az(
        place,
        `upload ${file}`,
        ...['storage', 'blob', 'upload', '--container-name', container, '--name', file],
        ...['--file', `${dist}/web/${file}`, ...to],
      ),
    )
  const batch = az(
    place,
    `upload ${folder}/*${extension}`,
    ...['storage', 'blob', 'upload-batch', '--source', `${dist}/web/${folder}`, '--destination', container],
    ...['--destination-path', folder, '--pattern', `*${extension}`, ...to],
  )
  return [batch]
}

const headers = ({ contentType, cacheControl }: PageGroup): readonly string[] => [
  ...['--content-type', contentType, '--content-cache-control', cacheControl],
]

/** Front Door is told in minutes; nothing waits for it. */
function purge(place: Place, edge: string, changed: readonly string[]): Guarded {
  const [profile = '', endpoint = ''] = edge.split('/')
  return az(
    place,
    'tell Front Door that pages have changed',
    ...['afd', 'endpoint', 'purge', '--resource-group', azureNames(place).resourceGroup],
    ...['--profile-name', profile, '--endpoint-name', endpoint, '--content-paths', ...changed],
    '--no-wait',
  )
}
