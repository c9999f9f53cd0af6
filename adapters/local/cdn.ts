import { playlistKind } from '../../core/playback/signed-playlist.ts'
import type { Cdn } from '../../core/ports/cdn.ts'
import type { Secrets } from '../../core/ports/secrets.ts'
import { checkKey } from '../../core/ports/storage.ts'
import { fileGrant, mediaGrant } from './storage-sign.ts'

/** Grants that are remembered: a list signs a poster for each video, and asks for the same ones again. */
const REMEMBERED = 10_000

/**
 * Playback URLs of this machine: `<origin>/media/<grant>/<key>`. The grant is in the path so that playlists stay relative.
 * That of a file which refers to no others opens it alone: who is shown a poster must not get at the film by its URL.
 */
export function openLocalCdn(options: { origin: string; secrets: Secrets }): Cdn {
  const grants = new Map<string, string>()
  const grantOf = async (prefix: string, file: string, expiresAt: Date) => {
    const alone = playlistKind(file) === undefined
    const opens = alone ? prefix + file : prefix
    const name = `${expiresAt.getTime()} ${opens}`
    const known = grants.get(name)
    if (known !== undefined) return known
    if (grants.size >= REMEMBERED) grants.clear()
    const grant = (alone ? fileGrant : mediaGrant)(
      await options.secrets.get('delivery-key'),
      opens,
      expiresAt,
    )
    grants.set(name, grant)
    return grant
  }
  return {
    async sign(prefix, file, expiresAt) {
      if (!prefix.endsWith('/')) throw new Error(`a prefix to sign ends with "/": ${prefix}`)
      const key = checkKey(prefix + file)
      const grant = await grantOf(prefix, file, expiresAt)
      const path = key.split('/').map(encodeURIComponent).join('/')
      return { url: `${options.origin}/media/${grant}/${path}`, cookies: [] }
    },
  }
}
