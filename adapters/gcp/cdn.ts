import { playlistKind } from '../../core/playback/signed-playlist.ts'
import type { Cdn } from '../../core/ports/cdn.ts'
import type { Secrets } from '../../core/ports/secrets.ts'
import { checkKey } from '../../core/ports/storage.ts'
import { listIn } from '../node/key-list.ts'
import { type PlaylistGrant, playlistGrant, readPlaylistGrant } from '../node/playlist-grant.ts'
import { cookieGrant, queryGrant } from './cdn-sign.ts'

export interface GcpCdnOptions {
  /** Origin of the load balancer before the media bucket. */
  readonly origin: string
  /** Under which name the edge knows the secret `cdn-key`, where that is a key alone. */
  readonly keyName: string
  /** The domain that the API and the media share. */
  readonly cookieDomain: string
  /** Origin of our API, which hands out playlists that are for one address. */
  readonly publicOrigin: string
  readonly secrets: Secrets
}

/**
 * Cloud CDN: the URL opens its file alone; the cookie, which only a file gets that refers to others, opens all that lies
 * under the prefix. The edge lets unsigned requests through; that they get 403 is because the bucket is private and the
 * edge alone may read it.
 *
 * Its signed requests know no address. A playlist for one comes from our API, which does (core/video/delivery-routes.ts),
 * with each file in it signed by itself; the files open for whoever has their URL.
 */
export function openGcpCdn(options: GcpCdnOptions): Required<Cdn> {
  const { secrets, publicOrigin } = options
  const boundUrl = async (key: string, facts: PlaylistGrant) => {
    const grant = playlistGrant(await secrets.get('delivery-key'), facts)
    return `${publicOrigin}/v1/delivery?${new URLSearchParams({ grant, key })}`
  }
  return {
    async sign(prefix, file, expiresAt, { clientIp } = {}) {
      if (!prefix.endsWith('/')) throw new Error(`a prefix to sign ends with "/": ${prefix}`)
      const key = checkKey(prefix + file)
      if (clientIp !== undefined && playlistKind(file) !== undefined)
        return { url: await boundUrl(key, { prefix, expiresAt, clientIp }), cookies: [] }
      return deliver(options, { prefix, file, expiresAt })
    },
    playlists: {
      open: async (grant, key, clientIp) =>
        readPlaylistGrant(await secrets.get('delivery-key'), grant, { key, clientIp }),
    },
  }
}

async function deliver(
  { origin, cookieDomain, ...keys }: GcpCdnOptions,
  { prefix, file, expiresAt }: { prefix: string; file: string; expiresAt: Date },
) {
  const path = `/${escaped(prefix)}`
  const url = `${origin}${path}${escaped(file)}`
  const key = await signingKey(keys)
  const grant = (urlPrefix: string) => ({ urlPrefix, ...key, expiresAt })
  // Of this file alone: who is shown a poster must not get at the film by its URL.
  const signed = `${url}?${queryGrant(grant(url))}`
  if (playlistKind(file) === undefined) return { url: signed, cookies: [] }
  const rules = [
    `Domain=${cookieDomain}`,
    `Path=${path}`,
    `Expires=${expiresAt.toUTCString()}`,
    'HttpOnly',
    // A player on another site sends it as well; browsers take that over HTTPS alone.
    ...(origin.startsWith('https:') ? ['Secure', 'SameSite=None'] : ['SameSite=Lax']),
  ]
  const cookie = `Cloud-CDN-Cookie=${cookieGrant(grant(origin + path))}`
  return { url: signed, cookies: [[cookie, ...rules].join('; ')] }
}

/** The first of a JSON list of `{name, key}`, or the key that is the whole secret. */
async function signingKey({ secrets, keyName }: Pick<GcpCdnOptions, 'secrets' | 'keyName'>) {
  const secret = await secrets.get('cdn-key')
  if (!secret.trimStart().startsWith('[')) return { keyName, key: secret }
  const { name, key } = (listIn(secret)[0] ?? {}) as Readonly<Record<string, unknown>>
  if (typeof name !== 'string' || typeof key !== 'string')
    throw new Error('the first key in the secret cdn-key has no name or no key')
  return { keyName: name, key }
}

/** Also what a cookie's path cannot hold, such as `;`. */
const escaped = (key: string): string => key.split('/').map(encodeURIComponent).join('/')
