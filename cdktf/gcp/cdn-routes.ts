import type { ComputeBackendBucket } from '@cdktf/provider-google/lib/compute-backend-bucket/index.js'
import {
  ComputeUrlMap,
  type ComputeUrlMapPathMatcherPathRule,
} from '@cdktf/provider-google/lib/compute-url-map/index.js'
import { hostOf } from '../shared/host.ts'
import { NAMED_FOLDERS, PAGE_FOLDERS, TOP_FOLDERS, withoutSlash } from '../shared/page-folders.ts'
import { FALLBACK_API } from '../shared/routes.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import type { Api } from './api.ts'

export type Routes = ComputeUrlMap

/** Where `npm run build` puts the pages and what they load. */
const PAGE_PATHS = ['/index.html', ...TOP_FOLDERS.map((folder) => `${folder}*`), '/assets/*']

/**
 * Which backend a path is for. Films and pages have paths of their own; what is under none is the business of an API, that
 * answers 404 in our words.
 */
export function layRoutes(
  stack: SkyreelStack,
  { apis, media, pages }: { apis: readonly Api[]; media: ComputeBackendBucket; pages: ComputeBackendBucket },
): Routes {
  const fallback = apis.find(({ name }) => name === FALLBACK_API)
  if (fallback === undefined) throw new Error(`no API of the plan is called ${FALLBACK_API}`)
  return new ComputeUrlMap(stack, 'routes', {
    name: stack.place.prefix,
    defaultService: fallback.backend.id,
    hostRule: [{ hosts: [hostOf(stack.place)], pathMatcher: 'all' }],
    pathMatcher: [
      {
        name: 'all',
        defaultService: fallback.backend.id,
        pathRule: [
          { paths: ['/videos/*'], service: media.id },
          { paths: PAGE_PATHS, service: pages.id },
          ...pagesOfFolders(pages),
          ...slashesOfFolders(),
          ...apis.map(ruleOf),
        ],
      },
    ],
  })
}

/**
 * Paths that are no object: the bucket is private, so that its own setting for a main page need not hold for the edge. Of
 * several rules the longest path wins. https://cloud.google.com/load-balancing/docs/https/setting-up-url-rewrite
 */
const pagesOfFolders = ({ id: service }: ComputeBackendBucket): ComputeUrlMapPathMatcherPathRule[] =>
  PAGE_FOLDERS.map((folder) => ({
    ...{ paths: [folder], service },
    routeAction: { urlRewrite: { pathPrefixRewrite: `${folder}index.html` } },
  }))

/** As the local server does: the page's own links are relative to its folder. */
const slashesOfFolders = (): ComputeUrlMapPathMatcherPathRule[] =>
  NAMED_FOLDERS.map((folder) => ({
    paths: [withoutSlash(folder)],
    urlRedirect: { pathRedirect: folder, ...MOVED },
  }))

const MOVED = { redirectResponseCode: 'PERMANENT_REDIRECT', stripQuery: false } as const

const ruleOf = ({ prefixes, backend }: Api): ComputeUrlMapPathMatcherPathRule => ({
  paths: prefixes.flatMap((prefix) => [prefix, `${prefix}/*`]),
  service: backend.id,
})
