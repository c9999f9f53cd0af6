import { openProxy, type ProxyOptions, type RunningProxy } from './proxy.ts'

/**
 * Front Door as far as players see it: one origin that hands requests on to the blob store, path and query as they are. It
 * verifies nothing; the store does. Nothing is cached.
 */
export function openFrontDoor(
  blobEndpoint: string,
  more: Pick<ProxyOptions, 'onAnswer' | 'tls'> = {},
): Promise<RunningProxy> {
  return openProxy({ upstream: blobEndpoint, ...more })
}
