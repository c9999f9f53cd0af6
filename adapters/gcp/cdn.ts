import { playlistKind } from '../../core/playback/signed-playlist.ts'
import type { Cdn } from '../../core/ports/cdn.ts'
import type { Secrets } from '../../core/ports/secrets.ts'
import { checkKey } from '../../core/ports/storage.ts'
import { cookieGrant, queryGrant } from './cdn-sign.ts'

export interface GcpCdnOptions {
  /** Origin of the load balancer before the media bucket. */
  readonly origin: string
  /** Under which name the edge knows the secret `cdn-key`. */
  readonly keyName: string
  /** The domain that the API and the media share. */
  readonly cookieDomain: string
  readonly secrets: Secrets
}

/**
 * Cloud CDN: the URL opens its file alone; the cookie, which only a file gets that refers to others, opens all that lies
 * under the prefix. The edge lets unsigned requests through; that they get 403 is because the bucket is private and the
 * edge alone may read it.
 */
export function openGcpCdn({ origin, keyName, cookieDomain, secrets }: GcpCdnOptions): Cdn {
  return {
    async sign(prefix, file, expiresAt) {
      if (!prefix.endsWith('/')) throw new Error(`a prefix to sign ends with "/": ${prefix}`)
      checkKey(prefix + file)
      const [path, key] = [`/${escaped(prefix)}`, await secrets.get('cdn-key')]
      const url = `${origin}${path}${escaped(file)}`
      const grant = (urlPrefix: string) => ({ urlPrefix, keyName, key, expiresAt })
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
    },
  }
}

/** Also what a cookie's path cannot hold, such as `;`. */
const escaped = (key: string): string => key.split('/').map(encodeURIComponent).join('/')
