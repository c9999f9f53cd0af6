import { createHmac, timingSafeEqual } from 'node:crypto'
import type { OpenedGrant } from '../../core/ports/cdn.ts'
import { keyList } from './key-list.ts'

export interface PlaylistGrant {
  /** Ends with `/`. */
  readonly prefix: string
  readonly expiresAt: Date
  readonly clientIp?: string
}

/**
 * `<expires>.<depth>.<hmac>`: opens every playlist below the first `depth` segments of a key until `expires`, from our API
 * (`GET /v1/delivery`). With `.ip` behind it for one address alone, which it does not name. `secret`: one key or a list.
 */
export const playlistGrant = (secret: string, grant: PlaylistGrant): string =>
  signed(keyList(secret)[0], grant)

/** What the grant opens, also when it is over; `undefined` for one that is not ours, or not for this key or this address. */
export function readPlaylistGrant(
  secret: string,
  grant: string,
  { key, clientIp }: { key: string; clientIp: string },
): OpenedGrant | undefined {
  const [, expires, depth, bound] = /^(\d{1,12})\.(\d{1,3})\.[\w-]{43}(\.ip)?$/.exec(grant) ?? []
  if (expires === undefined || depth === undefined) return undefined
  const segments = key.split('/').slice(0, Number(depth))
  const prefix = segments.map((segment) => `${segment}/`).join('')
  if (prefix.length >= key.length) return undefined
  const facts = { prefix, expiresAt: new Date(Number(expires) * 1000), ...(bound ? { clientIp } : {}) }
  return keyList(secret).some((one) => same(grant, signed(one, facts))) ? facts : undefined
}

function signed(key: string, { prefix, expiresAt, clientIp }: PlaylistGrant): string {
  const [expires, depth] = [Math.floor(expiresAt.getTime() / 1000), prefix.split('/').length - 1]
  const address = clientIp === undefined ? [] : [clientIp]
  // As JSON: no two lists of facts give the same text.
  const signature = createHmac('sha256', Buffer.from(key, 'base64url'))
    .update(JSON.stringify(['playlists', prefix, expires, ...address]))
    .digest('base64url')
  return `${expires}.${depth}.${signature}${clientIp === undefined ? '' : '.ip'}`
}

function same(given: string, ours: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(ours)]
  return a.length === b.length && timingSafeEqual(a, b)
}
