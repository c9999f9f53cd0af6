import { CdnFrontdoorCustomDomainAssociation } from '@cdktf/provider-azurerm/lib/cdn-frontdoor-custom-domain-association/index.js'
import { CdnFrontdoorOrigin } from '@cdktf/provider-azurerm/lib/cdn-frontdoor-origin/index.js'
import type { CdnFrontdoorOriginGroup } from '@cdktf/provider-azurerm/lib/cdn-frontdoor-origin-group/index.js'
import type { CdnFrontdoorRoute } from '@cdktf/provider-azurerm/lib/cdn-frontdoor-route/index.js'
import type { StorageAccount } from '@cdktf/provider-azurerm/lib/storage-account/index.js'
import { TOP_FOLDERS, withoutSlash } from '../shared/page-folders.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import type { Buckets } from './buckets.ts'
import { type Edge, openOriginGroup, route } from './cdn-edge.ts'

/**
 * Where pages are: named one by one, for Front Door cannot ask a second origin for what the first does not have, and what is
 * no page is the API's to answer. A route takes 25 patterns (cdktf/shared/limits-azure.ts), and a test counts these.
 */
const PAGES = [
  ...['/', '/index.html', '/assets/*'],
  ...TOP_FOLDERS.flatMap((folder) => [withoutSlash(folder), `${folder}*`]),
]

/** Pages and films, from their stores. */
export const routeFiles = (
  stack: SkyreelStack,
  edge: Edge,
  { pages, buckets }: { pages: StorageAccount; buckets: Buckets },
): readonly CdnFrontdoorRoute[] => [routePages(stack, edge, pages), routeFilms(stack, edge, buckets)]

/** What a file says of itself decides how long it is kept: `no-cache` pages not at all, assets for a year. */
function routePages(stack: SkyreelStack, edge: Edge, pages: StorageAccount): CdnFrontdoorRoute {
  const group = openOriginGroup(stack, edge, 'pages')
  return route(stack, edge, {
    ...{
      id: 'pages',
      group,
      origins: [openStore(stack, 'pages', { group, hostName: pages.primaryWebHost })],
    },
    ...{ patterns: PAGES, ruleSets: [edge.rules.secure, edge.rules.pages] },
    cache: {
      ...{ queryStringCachingBehavior: 'IgnoreQueryString', compressionEnabled: true },
      // The provider refuses WebAssembly.
      contentTypesToCompress: [
        'text/html',
        'text/css',
        'text/javascript',
        'application/json',
        'image/svg+xml',
      ],
    },
  })
}

/**
 * The blob store looks at the signature in the query, and Front Door does not: what it keeps it must keep by the whole query,
 * or everybody would be given what one was granted.
 */
function routeFilms(stack: SkyreelStack, edge: Edge, { account, containers }: Buckets): CdnFrontdoorRoute {
  const group = openOriginGroup(stack, edge, 'media')
  return route(stack, edge, {
    ...{ id: 'media', group, ruleSets: [edge.rules.secure, edge.rules.films] },
    origins: [openStore(stack, 'media', { group, hostName: account.primaryBlobHost })],
    // A blob's path begins with its container.
    patterns: [`/${containers.media.name}/*`],
    cache: { queryStringCachingBehavior: 'UseQueryString', compressionEnabled: false },
  })
}

const openStore = (
  stack: SkyreelStack,
  name: string,
  { group, hostName }: { group: CdnFrontdoorOriginGroup; hostName: string },
): CdnFrontdoorOrigin =>
  new CdnFrontdoorOrigin(stack, `origin-${name}`, {
    ...{ name, cdnFrontdoorOriginGroupId: group.id, hostName, originHostHeader: hostName },
    ...{ certificateNameCheckEnabled: true, enabled: true },
  })

/** Ties our name to all routes. */
export const nameRoutes = (stack: SkyreelStack, { domainId }: Edge, routes: readonly CdnFrontdoorRoute[]) =>
  new CdnFrontdoorCustomDomainAssociation(stack, 'edge-routes', {
    cdnFrontdoorCustomDomainId: domainId,
    cdnFrontdoorRouteIds: routes.map(({ id }) => id),
  })
