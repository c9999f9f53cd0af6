import type { BlobItem, ContainerClient } from '@azure/storage-blob'
import type { StoredObject } from '../../core/ports/storage.ts'
import { storedObject } from './storage-objects.ts'

const NAMES_A_REQUEST = 5000
const MOST = 1000

/**
 * Objects in the order of the bytes of their keys. The service has no way to begin behind a name, so a page reads the
 * names before it: one request for 5000 of them.
 */
export async function list(
  container: ContainerClient,
  want: { prefix: string; after?: string; limit: number },
): Promise<StoredObject[]> {
  const limit = Math.min(want.limit, MOST)
  const behind = want.after === undefined ? undefined : Buffer.from(want.after)
  const found: BlobItem[] = []
  if (limit <= 0) return []
  const pages = container.listBlobsFlat({ prefix: want.prefix }).byPage({ maxPageSize: NAMES_A_REQUEST })
  for await (const { segment } of pages)
    for (const item of segment.blobItems) {
      if (behind && Buffer.compare(Buffer.from(item.name), behind) <= 0) continue
      if (found.length >= limit && isSettled(found, item.name)) return first(found, limit)
      found.push(item)
    }
  return first(found, limit)
}

function first(found: readonly BlobItem[], limit: number): StoredObject[] {
  return found
    .toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
    .slice(0, limit)
    .map(({ name, properties }) => storedObject(name, properties))
}

/**
 * Whether nothing that is still to come belongs before what was found. The service orders names by UTF-16, where a
 * character beyond U+FFFF comes before U+E000; by bytes it is the other way round. So a name with such a character
 * waits for all names that share what stands before it.
 */
function isSettled(found: readonly BlobItem[], next: string): boolean {
  return found.every(({ name }) => {
    const at = name.search(/[\ud800-\udfff]/)
    return at < 0 || !next.startsWith(name.slice(0, at))
  })
}
