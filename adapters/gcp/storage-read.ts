import { CRC32C } from '@google-cloud/storage'
import type { Clock } from '../../core/ports/clock.ts'
import { type ByteRange, RangeRefused, StorageFailed, type StoredObject } from '../../core/ports/storage.ts'
import type { Credentials } from './credentials.ts'
import type { Facts } from './storage-objects.ts'

export interface Reading {
  readonly endpoint: string
  readonly credentials: Credentials
  readonly clock: Clock
  /** The store's own name of the bucket. */
  readonly bucket: string
  readonly key: string
  /** What the store has under the key now. */
  readonly describe: () => Promise<Facts | undefined>
}
export type Found = { readonly object: StoredObject; readonly body: AsyncIterable<Uint8Array> }

/** How often the object may be replaced, or the store be away, between the look at it and its opening. */
const ATTEMPTS = 5
const FIRST_PAUSE_MS = 50

/**
 * Opens the very generation that it describes: a reader keeps it while the object is replaced or removed. Past Google's
 * library, whose read streams answer late and warn of leaks where there are none.
 */
export async function readObject(at: Reading, range: ByteRange | undefined): Promise<Found | undefined> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const facts = await at.describe()
    if (!facts) return undefined
    const span = cut(range, facts.object.sizeBytes)
    const response = await ask(at, facts.generation, span)
    if (response.ok) return { object: facts.object, body: bytesOf(response, facts, range === undefined) }
    const why = await response.text()
    // Replaced in between: the new one can be opened at once.
    if (response.status === 404) continue
    if (response.status !== 429 && response.status < 500)
      throw new Error(`the store answered ${response.status}: ${why.slice(0, 200)}`)
    await at.clock.sleep(FIRST_PAUSE_MS * 2 ** attempt)
  }
  throw new Error(`the object could not be opened in ${ATTEMPTS} attempts`)
}

function cut(range: ByteRange | undefined, sizeBytes: number): string | undefined {
  if (!range) return undefined
  const end = Math.min(range.end ?? sizeBytes - 1, sizeBytes - 1)
  if (range.start >= 0 && range.start <= end) return `bytes=${range.start}-${end}`
  throw new RangeRefused(`bytes ${range.start}-${range.end ?? ''} of ${sizeBytes}`)
}

async function ask({ endpoint, credentials, bucket, key }: Reading, generation: string, range?: string) {
  const path = `/storage/v1/b/${encodeURIComponent(bucket)}/o/${encodeURIComponent(key)}`
  return fetch(`${endpoint}${path}?alt=media&generation=${generation}`, {
    headers: {
      authorization: `Bearer ${await credentials.token()}`,
      // Bytes as they are stored: a range of inflated ones means nothing.
      'accept-encoding': 'identity',
      ...(range === undefined ? {} : { range }),
    },
  })
}

async function* bytesOf(response: Response, facts: Facts, whole: boolean): AsyncGenerator<Uint8Array> {
  const sum = new CRC32C()
  try {
    for await (const chunk of response.body ?? []) {
      if (whole) sum.update(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
      yield chunk
    }
  } catch (cause) {
    throw new StorageFailed(`reading ${facts.object.key} broke off`, { cause })
  }
  if (whole && facts.crc32c !== undefined && sum.toString() !== facts.crc32c)
    throw new StorageFailed(`the bytes of ${facts.object.key} do not fit their checksum`)
}
