import { ComputeBackendBucket } from '@cdktf/provider-google/lib/compute-backend-bucket/index.js'
import { StorageBucketIamMember } from '@cdktf/provider-google/lib/storage-bucket-iam-member/index.js'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import type { Api } from './api.ts'
import type { Buckets } from './buckets.ts'
import { layFront } from './cdn-front.ts'
import { mediaHeaders, pageHeaders } from './cdn-headers.ts'
import { layRoutes, type Routes } from './cdn-routes.ts'
import type { Certificate } from './certificates.ts'
import type { Network } from './network.ts'
import type { Roles } from './permissions-roles.ts'
import { backendBucketName, serviceAgent } from './settings-names.ts'

export interface Edge {
  readonly routes: Routes
  readonly media: ComputeBackendBucket
  readonly pages: ComputeBackendBucket
}

/** How long the edge keeps a file that it gave to a signed request. Keys of films are never written twice. */
const MEDIA_SECONDS = 86_400

/** The one host of pages, API and media, and the two buckets behind it. */
export function layEdge(
  stack: SkyreelStack,
  by: { buckets: Buckets; apis: readonly Api[]; network: Network; certificate: Certificate; roles: Roles },
): Edge {
  const [media, pages] = [mediaBucket(stack, by), pagesBucket(stack, by)]
  const routes = layRoutes(stack, { apis: by.apis, media, pages })
  layFront(stack, { ...by, routes })
  return { routes, media, pages }
}

interface Behind {
  readonly buckets: Buckets
  readonly roles: Roles
}

/**
 * Films. The account that reads for Cloud CDN reads for signed requests alone; an unsigned one has none, and the bucket is
 * private. Google makes that account with the project's first signing key, which is why the deployment adds the key (its
 * value shall lie in no state) before the rest of the stack is applied.
 */
function mediaBucket(stack: SkyreelStack, { buckets, roles }: Behind): ComputeBackendBucket {
  const made = new ComputeBackendBucket(stack, 'cdn-media', {
    name: backendBucketName(stack.place, 'media'),
    bucketName: buckets.media.name,
    enableCdn: true,
    cdnPolicy: {
      cacheMode: 'USE_ORIGIN_HEADERS',
      signedUrlCacheMaxAgeSec: MEDIA_SECONDS,
      // A film's next file may not be there yet: that must not be remembered.
      negativeCaching: false,
      requestCoalescing: true,
    },
    customResponseHeaders: [...mediaHeaders],
  })
  read(stack, 'media', { bucket: buckets.media.name, agent: 'cloud-cdn-fill', roles, after: made })
  return made
}

/** Pages, for everyone: here it is the load balancer's own account that reads, for requests without a signature. */
function pagesBucket(stack: SkyreelStack, { buckets, roles }: Behind): ComputeBackendBucket {
  const made = new ComputeBackendBucket(stack, 'cdn-pages', {
    name: backendBucketName(stack.place, 'pages'),
    bucketName: buckets.pages.name,
    enableCdn: true,
    compressionMode: 'AUTOMATIC',
    // The publication gives each file its own cache-control.
    cdnPolicy: { cacheMode: 'USE_ORIGIN_HEADERS', negativeCaching: false, requestCoalescing: true },
    customResponseHeaders: [...pageHeaders(stack.place)],
  })
  read(stack, 'pages', { bucket: buckets.pages.name, agent: 'https-lb', roles, after: made })
  return made
}

/** Google makes the account with the backend bucket: the grant before it would name nobody. */
const read = (
  stack: SkyreelStack,
  id: 'media' | 'pages',
  {
    bucket,
    agent,
    roles,
    after,
  }: { bucket: string; agent: string; roles: Roles; after: ComputeBackendBucket },
) =>
  new StorageBucketIamMember(stack, `grant-edge-${id}`, {
    bucket,
    role: roles['storage-read'].id,
    member: serviceAgent(stack.place, agent),
    dependsOn: [after],
  })
