import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { StoredTrack } from '../playback/film-tracks.ts'

type Body = AsyncIterable<Uint8Array>

/** The number of a segment is its IV, as players reckon it from the playlist (RFC 8216, 5.2). */
function ivOf(segment: number): Uint8Array {
  const iv = Buffer.alloc(16)
  iv.writeUInt32BE(segment, 12)
  return iv
}

/** A whole segment under AES-128-CBC with PKCS7 padding, as METHOD=AES-128 of HLS has it (RFC 8216, 4.3.2.4). */
export async function* sealSegment(key: Uint8Array, segment: number, body: Body): AsyncGenerator<Uint8Array> {
  const cipher = createCipheriv('aes-128-cbc', key, ivOf(segment))
  for await (const chunk of body) yield cipher.update(chunk)
  yield cipher.final()
}

/** The segment again. Throws where the key or the number is another one, as far as the padding tells. */
export async function* openSegment(key: Uint8Array, segment: number, body: Body): AsyncGenerator<Uint8Array> {
  const cipher = createDecipheriv('aes-128-cbc', key, ivOf(segment))
  for await (const chunk of body) yield cipher.update(chunk)
  yield cipher.final()
}

/** Always at least one byte of padding. */
export const sealedBytes = (bytes: number): number => (Math.floor(bytes / 16) + 1) * 16

/** The track with each of its clear segments as large as it is once it is sealed. */
export const sealedTrack = (track: StoredTrack, keyId: string): StoredTrack => ({
  ...track,
  segments: track.segments.map((segment) => ({ ...segment, sizeBytes: sealedBytes(segment.sizeBytes) })),
  protection: { scheme: 'aes-128', keyId },
})
