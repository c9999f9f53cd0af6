import type { Uses } from '../ports/ports.ts'

/** A day of film in segments of four seconds comes to a tenth of it. What is longer was not written by us. */
const MOST_BYTES = 4 * 1024 ** 2

/** Text of a playlist in the media bucket; `undefined` where there is none. Throws for one that is too long to be ours. */
export async function readPlaylist({ storage }: Uses<'storage'>, key: string): Promise<string | undefined> {
  const found = await storage.get('media', key)
  if (!found) return undefined
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of found.body) {
    length += chunk.byteLength
    if (length > MOST_BYTES) throw new Error(`the playlist ${key} is longer than ${MOST_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}
