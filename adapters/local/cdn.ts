import { playlistKind } from '../../core/playback/signed-playlist.ts'
import type { Cdn } from '../../core/ports/cdn.ts'
import type { Secrets } from '../../core/ports/secrets.ts'
import { checkKey } from '../../core/ports/storage.ts'
import { type Grant, mediaGrant } from './storage-sign.ts'

/** Grants that are remembered: a list signs a poster for each video, and asks for the same ones again. */
const REMEMBERED = 10_000

/**
 * Playback URLs of this machine: `<origin>/media/<grant>/<key>`. The grant is in the path so that playlists stay relative.
 * That of a file which refers to no others opens it alone: who is shown a poster must not get at the film by its URL.
 */
export function openLocalCdn(options: { origin: string; secrets: Secrets }): Cdn {
  const grants = new Map<string, string>()
  let signer = ''
  const grantOf = async (grant: Grant) => {
    const secret = await options.secrets.get('delivery-key')
    if (secret !== signer || grants.size >= REMEMBERED) grants.clear()
    signer = secret
    const name = `${grant.expiresAt.getTime()} ${grant.clientIp ?? ''} ${grant.opens}`
    const made = grants.get(name) ?? mediaGrant(secret, grant)
    grants.set(name, made)
    return made
  }
  return {
    async sign(prefix, file, expiresAt, binding = {}) {
      if (!prefix.endsWith('/')) throw new Error(`a prefix to sign ends with "/": ${prefix}`)
      const key = checkKey(prefix + file)
      const grant = await grantOf({ opens: playlistKind(file) ? prefix : key, expiresAt, ...binding })
      const path = key.split('/').map(encodeURIComponent).join('/')
      return { url: `${options.origin}/media/${grant}/${path}`, cookies: [] }
    },
  }
}
