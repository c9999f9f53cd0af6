import { createHmac, timingSafeEqual } from 'node:crypto'

/** `<expires>.<depth>.<hmac>`: opens every playlist below the first `depth` segments of a key until `expires`. */
export function playlistGrant(secret: string, prefix: string, expiresAt: Date): string {
  const [expires, depth] = [Math.floor(expiresAt.getTime() / 1000), prefix.split('/').length - 1]
  // As JSON: no two lists of facts give the same text.
  const signature = createHmac('sha256', Buffer.from(secret, 'base64url'))
    .update(JSON.stringify(['azure-playlists', prefix, expires]))
    .digest('base64url')
  return `${expires}.${depth}.${signature}`
}

/** What the grant opens, also when it is over; `undefined` for one that is not ours or not for this key. */
export function readPlaylistGrant(
  secret: string,
  grant: string,
  key: string,
): { prefix: string; expiresAt: Date } | undefined {
  const [, expires, depth] = /^(\d{1,12})\.(\d{1,3})\.[\w-]{43}$/.exec(grant) ?? []
  if (expires === undefined || depth === undefined) return undefined
  const segments = key.split('/').slice(0, Number(depth))
  const prefix = segments.map((segment) => `${segment}/`).join('')
  const expiresAt = new Date(Number(expires) * 1000)
  if (prefix.length >= key.length || !same(grant, playlistGrant(secret, prefix, expiresAt))) return undefined
  return { prefix, expiresAt }
}

function same(given: string, ours: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(ours)]
  return a.length === b.length && timingSafeEqual(a, b)
}
