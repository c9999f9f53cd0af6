/** `uploads`: private, expires. `media`: private, read through the CDN port. */
export type Bucket = 'uploads' | 'media'
export const BUCKETS = ['uploads', 'media'] as const satisfies readonly Bucket[]

export interface StoredObject {
  readonly key: string
  readonly sizeBytes: number
  /** Opaque, quoted or not as the store has it; changes when the bytes change. */
  readonly etag: string
  readonly contentType: string
  readonly modifiedAt: Date
}

/** What a list tells: stores keep the type of an object elsewhere, and a request for each would be needed. */
export type ListedObject = Omit<StoredObject, 'contentType'>

export interface Part {
  /** From 1. */
  readonly number: number
  readonly sizeBytes: number
  readonly etag: string
}

export interface SignedRequest {
  readonly method: 'GET' | 'PUT'
  readonly url: string
  /** The client must send exactly these beside its own. */
  readonly headers: Readonly<Record<string, string>>
  /** Of the part, where the store's answer does not tell it (Azure): the client names it on completion. */
  readonly etag?: string
}

export type Bytes = Uint8Array | AsyncIterable<Uint8Array>

/**
 * Objects in buckets. Keys are 1 to 900 bytes of UTF-8 in segments parted by `/`; no segment is empty, `.` or `..`,
 * no control characters, no backslash. A key that breaks this throws `KeyRefused` before any driver sees it.
 * Writes are atomic: readers see the old object or the new one, never a part. Every finished write
 * (put or completeParts) makes the store itself emit `storage.object.created`.
 * Absence is a value; any other failure throws `StorageFailed` with its cause.
 */
export interface Storage {
  put(bucket: Bucket, key: string, body: Bytes, options: PutOptions): Promise<StoredObject>
  /** `range` counts bytes from 0, `end` inclusive; past the end it is cut, wholly outside throws `RangeRefused`. */
  get(
    bucket: Bucket,
    key: string,
    range?: ByteRange,
  ): Promise<{ object: StoredObject; body: AsyncIterable<Uint8Array> } | undefined>
  head(bucket: Bucket, key: string): Promise<StoredObject | undefined>
  /** Ordered by the bytes of the key. `after` is a key: the page begins behind it. `limit` at most 1000. */
  list(bucket: Bucket, options: { prefix: string; after?: string; limit: number }): Promise<ListedObject[]>
  /** Removing what is not there succeeds. */
  remove(bucket: Bucket, key: string): Promise<void>
  /** A URL that ffmpeg reads with ranges until `expiresAt`: `https:`, or `file:` where the store is a disk. */
  readUrl(bucket: Bucket, key: string, expiresAt: Date): Promise<string>

  /** Begins a multipart upload; the answer names it to the store. Nothing is visible until `completeParts`. */
  startParts(bucket: Bucket, key: string, options: PutOptions): Promise<string>
  /** A request that stores one part of exactly `sizeBytes` bytes, straight from the client. Repeating it replaces the part. */
  signPart(
    bucket: Bucket,
    key: string,
    upload: string,
    part: { number: number; sizeBytes: number; expiresAt: Date },
  ): Promise<SignedRequest>
  /** Parts stored so far by number; `undefined` for an upload that is unknown, completed or aborted. */
  listParts(bucket: Bucket, key: string, upload: string): Promise<Part[] | undefined>
  /**
   * Joins the parts in the order given. Throws `PartsRefused` (nothing changes) where a part is missing, its etag differs
   * or the numbers do not rise. Completing again after success returns the same object.
   */
  completeParts(
    bucket: Bucket,
    key: string,
    upload: string,
    parts: readonly Pick<Part, 'number' | 'etag'>[],
  ): Promise<StoredObject>
  /** Forgets the parts. Aborting what is unknown or completed succeeds and changes nothing. */
  abortParts(bucket: Bucket, key: string, upload: string): Promise<void>
}

export interface PutOptions {
  readonly contentType: string
  readonly cacheControl?: string
}
export interface ByteRange {
  readonly start: number
  readonly end?: number
}

export class StorageFailed extends Error {
  override readonly name = 'StorageFailed'
}
export class KeyRefused extends Error {
  override readonly name = 'KeyRefused'
}
export class RangeRefused extends Error {
  override readonly name = 'RangeRefused'
}
export class PartsRefused extends Error {
  override readonly name = 'PartsRefused'
}

const MAX_KEY_BYTES = 900
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
const FORBIDDEN = /[\u0000-\u001f\u007f\\]/

/** Throws `KeyRefused` for a key outside the rules above. Every driver calls it first. */
export function checkKey(key: string): string {
  const segments = key.split('/')
  const bad = segments.some((s) => s === '' || s === '.' || s === '..')
  if (bad || FORBIDDEN.test(key) || new TextEncoder().encode(key).length > MAX_KEY_BYTES)
    throw new KeyRefused(`refused key ${JSON.stringify(key.slice(0, 80))}`)
  return key
}

/** Removes every object under a prefix that ends with `/`; returns how many there were. */
export async function removeAll(storage: Storage, bucket: Bucket, prefix: string): Promise<number> {
  if (!prefix.endsWith('/')) throw new KeyRefused(`a prefix to remove must end with "/": ${prefix}`)
  let removed = 0
  for (;;) {
    const page = await storage.list(bucket, { prefix, limit: 1000 })
    if (page.length === 0) return removed
    for (const object of page) await storage.remove(bucket, object.key)
    removed += page.length
  }
}
