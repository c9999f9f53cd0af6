import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Bucket } from '../../core/ports/storage.ts'
import { keyList } from '../node/key-list.ts'

/** Everything that a signed part request binds. */
export interface SignedPart {
  readonly bucket: Bucket
  readonly key: string
  readonly upload: string
  readonly number: number
  readonly sizeBytes: number
  readonly expiresAt: Date
}

/** Path and query of the request that may store this part and nothing else. `secret`, here and below: one key or a list. */
export function signedPartUrl(secret: string, part: SignedPart): string {
  const expires = String(seconds(part.expiresAt))
  const query = new URLSearchParams({
    key: part.key,
    size: String(part.sizeBytes),
    expires,
    signature: partSignature(keyList(secret)[0], part),
  })
  return `/storage/${part.bucket}/${part.upload}/${part.number}?${query}`
}

/** Whether the signature is ours, over exactly these facts. Time is the caller's to look at. */
export function isPartSignature(secret: string, part: SignedPart, signature: string): boolean {
  return keyList(secret).some((key) => same(signature, partSignature(key, part)))
}

function partSignature(secret: string, part: SignedPart): string {
  const { bucket, key, upload, number, sizeBytes, expiresAt } = part
  return hmac(secret, ['part', bucket, key, upload, number, sizeBytes, seconds(expiresAt)])
}

/** What a grant is for: `opens` is a key, or a prefix that ends with `/`. */
export interface Grant {
  readonly opens: string
  readonly expiresAt: Date
  /** This address alone. */
  readonly clientIp?: string
}

/**
 * `<expires>.<depth>.<hmac>`: opens every object of the media bucket below the first `depth` segments until `expires`; with
 * depth 0 one object. With `.ip` behind it for one address alone, which it does not name.
 */
export const mediaGrant = (secret: string, grant: Grant): string => signed(keyList(secret)[0], grant)

function signed(key: string, { opens, expiresAt, clientIp }: Grant): string {
  const depth = opens.endsWith('/') ? opens.split('/').length - 1 : 0
  const address = clientIp === undefined ? [] : [clientIp]
  const signature = hmac(key, [depth === 0 ? 'file' : 'media', opens, seconds(expiresAt), ...address])
  return `${seconds(expiresAt)}.${depth}.${signature}${clientIp === undefined ? '' : '.ip'}`
}

/** Until when the grant opens the key; `undefined` for one that is not ours, of another prefix or for another address. */
export function readGrant(
  secret: string,
  grant: string,
  { key, clientIp }: { key: string; clientIp: string },
): { expiresAt: Date } | undefined {
  const [, expires, depth, bound] = /^(\d{1,12})\.(\d{1,3})\.[\w-]{43}(\.ip)?$/.exec(grant) ?? []
  if (expires === undefined || depth === undefined) return undefined
  const expiresAt = new Date(Number(expires) * 1000)
  const opens = depth === '0' ? key : prefixOf(key, Number(depth))
  if (depth !== '0' && opens.length >= key.length) return undefined
  const facts = { opens, expiresAt, ...(bound ? { clientIp } : {}) }
  return keyList(secret).some((one) => same(grant, signed(one, facts))) ? { expiresAt } : undefined
}

const prefixOf = (key: string, depth: number): string =>
  key
    .split('/')
    .slice(0, depth)
    .map((segment) => `${segment}/`)
    .join('')

const seconds = (time: Date): number => Math.floor(time.getTime() / 1000)

/** As JSON: no two lists of facts give the same text. */
function hmac(secret: string, facts: readonly (string | number)[]): string {
  return createHmac('sha256', Buffer.from(secret, 'base64url'))
    .update(JSON.stringify(facts))
    .digest('base64url')
}

function same(given: string, ours: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(ours)]
  return a.length === b.length && timingSafeEqual(a, b)
}
