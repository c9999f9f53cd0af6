import { playlistKind } from '../../core/playback/signed-playlist.ts'
import type { Cdn } from '../../core/ports/cdn.ts'
import type { Secrets } from '../../core/ports/secrets.ts'
import { checkKey } from '../../core/ports/storage.ts'
import { keyList } from '../node/key-list.ts'
import { type PlaylistGrant, playlistGrant, readPlaylistGrant } from '../node/playlist-grant.ts'
import type { AzureConfig } from './config.ts'
import { blobPath, blobSas } from './storage-sign.ts'

export interface AzureCdnOptions {
  readonly config: Pick<AzureConfig, 'storage' | 'buckets' | 'cdnOrigin'>
  /** Origin of our API, which hands out playlists. */
  readonly publicOrigin: string
  readonly secrets: Secrets
}

/**
 * Front Door checks no signatures of its own. It hands path and query on to the blob store, where a SAS opens one blob; a
 * playlist, which needs one for each of its files, comes from our API instead (core/video/delivery-routes.ts). Front Door
 * must keep answers by the whole query string: by the path alone it would give to everybody what one was granted.
 * Viewers share what it keeps, for URLs of one file differ by their end alone, and that is rounded.
 *
 * The grant of a playlist is bound to an address by our API. A segment's is not: `sip` of a SAS would be compared with the
 * address of Front Door, which is who asks the store.
 */
export function openAzureCdn({ config, publicOrigin, secrets }: AzureCdnOptions): Required<Cdn> {
  const fileUrl = async (key: string, expiresAt: Date) => {
    const [container, httpsOnly] = [config.buckets.media, config.cdnOrigin.startsWith('https:')]
    const grant = { account: config.storage.account, container, key, permissions: 'r', httpsOnly } as const
    const sas = blobSas(keyList(await secrets.get('storage-key'))[0], { ...grant, expiresAt })
    return `${config.cdnOrigin}${blobPath(container, key)}?${sas}`
  }
  const playlistUrl = async (key: string, facts: PlaylistGrant) => {
    const grant = playlistGrant(await secrets.get('delivery-key'), facts)
    return `${publicOrigin}/v1/delivery?${new URLSearchParams({ grant, key })}`
  }
  return {
    async sign(prefix, file, expiresAt, options = {}) {
      if (!prefix.endsWith('/')) throw new Error(`a prefix to sign ends with "/": ${prefix}`)
      const key = checkKey(prefix + file)
      const url = playlistKind(key)
        ? playlistUrl(key, { prefix, expiresAt, ...options })
        : fileUrl(key, expiresAt)
      return { url: await url, cookies: [] }
    },
    playlists: {
      open: async (grant, key, clientIp) =>
        readPlaylistGrant(await secrets.get('delivery-key'), grant, { key, clientIp }),
    },
  }
}
