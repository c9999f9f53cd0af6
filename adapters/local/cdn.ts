import type { Cdn } from '../../core/ports/cdn.ts'
import type { Secrets } from '../../core/ports/secrets.ts'
import { checkKey } from '../../core/ports/storage.ts'
import { mediaGrant } from './storage-sign.ts'

/** Grants that are remembered: a list signs a poster for each video, and asks for the same ones again. */
const REMEMBERED = 10_000

/** Playback URLs of this machine: `<origin>/media/<grant>/<key>`. The grant is in the path so that playlists stay relative. */
export function openLocalCdn(options: { origin: string; secrets: Secrets }): Cdn {
  const grants = new Map<string, string>()
  const grantOf = async (prefix: string, expiresAt: Date) => {
    const name = `${expiresAt.getTime()} ${prefix}`
    const known = grants.get(name)
    if (known !== undefined) return known
    if (grants.size >= REMEMBERED) grants.clear()
    const grant = mediaGrant(await options.secrets.get('delivery-key'), prefix, expiresAt)
    grants.set(name, grant)
    return grant
  }
  return {
    async sign(prefix, file, expiresAt) {
      if (!prefix.endsWith('/')) throw new Error(`a prefix to sign ends with "/": ${prefix}`)
      const key = checkKey(prefix + file)
      const grant = await grantOf(prefix, expiresAt)
      const path = key.split('/').map(encodeURIComponent).join('/')
      return { url: `${options.origin}/media/${grant}/${path}`, cookies: [] }
    },
  }
}
