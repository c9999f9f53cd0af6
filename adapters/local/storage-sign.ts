import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Bucket } from '../../core/ports/storage.ts'

/** Everything that a signed part request binds. */
export interface SignedPart {
  readonly bucket: Bucket
  readonly key: string
  readonly upload: string
  readonly number: number
  readonly sizeBytes: number
  readonly expiresAt: Date
}

/** Path and query of the request that may store this part and nothing else. */
export function signedPartUrl(secret: string, part: SignedPart): string {
  const expires = String(seconds(part.expiresAt))
  const query = new URLSearchParams({
    key: part.key,
    size: String(part.sizeBytes),
    expires,
    signature: partSignature(secret, part),
  })
  return `/storage/${part.bucket}/${part.upload}/${part.number}?${query}`
}

/** Whether the signature is ours, over exactly these facts. Time is the caller's to look at. */
export function isPartSignature(secret: string, part: SignedPart, signature: string): boolean {
  return same(signature, partSignature(secret, part))
}

function partSignature(secret: string, part: SignedPart): string {
  const { bucket, key, upload, number, sizeBytes, expiresAt } = part
  return hmac(secret, ['part', bucket, key, upload, number, sizeBytes, seconds(expiresAt)])
}

/** `<expires>.0.<hmac>`: opens this one object of the media bucket until `expires`. */
export function fileGrant(secret: string, key: string, expiresAt: Date): string {
  return `${seconds(expiresAt)}.0.${hmac(secret, ['file', key, seconds(expiresAt)])}`
}

/** `<expires>.<depth>.<hmac>`: opens every object of the media bucket below the first `depth` segments until `expires`. */
export function mediaGrant(secret: string, prefix: string, expiresAt: Date): string {
  const depth = prefix.split('/').length - 1
  return `${seconds(expiresAt)}.${depth}.${hmac(secret, ['media', prefix, seconds(expiresAt)])}`
}

/** Whether and until when the grant opens the key; `undefined` for one that is not ours or is of another prefix. */
export function readGrant(secret: string, grant: string, key: string): { expiresAt: Date } | undefined {
  const [, expires, depth] = /^(\d{1,12})\.(\d{1,3})\.[\w-]{43}$/.exec(grant) ?? []
  if (expires === undefined || depth === undefined) return undefined
  const expiresAt = new Date(Number(expires) * 1000)
  if (depth === '0') return same(grant, fileGrant(secret, key, expiresAt)) ? { expiresAt } : undefined
  const prefix = key
    .split('/')
    .slice(0, Number(depth))
    .map((segment) => `${segment}/`)
    .join('')
  if (prefix.length >= key.length) return undefined
  return same(grant, mediaGrant(secret, prefix, expiresAt)) ? { expiresAt } : undefined
}

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
