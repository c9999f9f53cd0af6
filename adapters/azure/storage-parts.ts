import type { BlockBlobClient, ContainerClient } from '@azure/storage-blob'
import { type Part, PartsRefused, type PutOptions, type StoredObject } from '../../core/ports/storage.ts'
import { type BlockNames, blockIdOf } from './storage-blocks.ts'
import { codeOf, isMissing, isOvertaken } from './storage-errors.ts'
import { describe, headersOf, storedObject } from './storage-objects.ts'

/**
 * A multipart upload is a set of blocks of the blob that are not committed yet. All of its state is in the store's own list
 * of them: block 0 says by its length whether the upload is open or aborted, block n is part n. So there is no marker
 * to lose, to list or to be told of as an object, and whatever makes the store drop the blocks ends the upload honestly:
 * another write of the same key, or a week without a new block (its own rules; Azurite forgets them at a commit alone).
 */
const STATE_BLOCK = 0
const [OPEN, ABORTED] = [Uint8Array.of(0), Uint8Array.of(0, 0)]

/** The upload's name: what its blocks are called by, and how the object is to be stored. */
interface Upload {
  readonly token: string
  readonly how: PutOptions
}
const uploadName = ({ token, how }: Upload): string =>
  `${token}.${Buffer.from(JSON.stringify(how)).toString('base64url')}`

function readUpload(name: string): Upload | undefined {
  const [, token, how] = /^([\w-]{22})\.([\w-]+)$/.exec(name) ?? []
  if (token === undefined || how === undefined) return undefined
  return { token, how: JSON.parse(Buffer.from(how, 'base64url').toString()) as PutOptions }
}

/** What the signed request names beside the blob. */
export function partQuery(upload: string, number: number): string {
  const { token } = readUpload(upload) ?? {}
  if (token === undefined) throw new PartsRefused('there is no such upload')
  return `comp=block&blockid=${encodeURIComponent(blockIdOf(token, number))}`
}

export async function startParts(blob: BlockBlobClient, names: BlockNames, how: PutOptions): Promise<string> {
  const upload = { token: names.begin(), how }
  await blob.stageBlock(blockIdOf(upload.token, STATE_BLOCK), OPEN, OPEN.byteLength)
  return uploadName(upload)
}

/** The parts by number; `undefined` for an upload that is unknown, completed or aborted. */
export async function listParts(blob: BlockBlobClient, name: string): Promise<Part[] | undefined> {
  const upload = readUpload(name)
  const blocks = upload && (await blocksOf(blob, upload.token))
  if (blocks?.find(({ number }) => number === STATE_BLOCK)?.sizeBytes !== OPEN.byteLength) return undefined
  return blocks.filter(({ number }) => number !== STATE_BLOCK).sort((a, b) => a.number - b.number)
}

async function blocksOf(blob: BlockBlobClient, token: string): Promise<Part[]> {
  try {
    const { uncommittedBlocks = [] } = await blob.getBlockList('uncommitted')
    return uncommittedBlocks.flatMap(({ name, size }) => {
      const [, of, number] = /^([\w-]{22})\.(\d{5})$/.exec(Buffer.from(name, 'base64').toString()) ?? []
      return of === token ? [{ number: Number(number), sizeBytes: size, etag: etagOf(size) }] : []
    })
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

/**
 * The store tells name and size of a block and nothing else, so its size is all that tells two versions of a part apart: a
 * part sent again with other bytes of the same length has the same etag here.
 */
export const etagOf = (sizeBytes: number): string => `size-${sizeBytes}`

/** Under this name the object says which upload it was made of, so that completing again finds it. */
const MADE_OF = 'skyreelupload'

export async function completeParts(
  container: ContainerClient,
  { key, upload: name }: { key: string; upload: string },
  wanted: readonly Pick<Part, 'number' | 'etag'>[],
): Promise<StoredObject> {
  const upload = readUpload(name)
  if (!upload) throw new PartsRefused('there is no such upload')
  const before = await describe(container, key)
  if (before?.metadata[MADE_OF] === upload.token) return before.object
  const blob = container.getBlockBlobClient(key)
  const stored = await listParts(blob, name)
  // Who completed it between the two requests has taken the blocks.
  const now = stored ? undefined : await describe(container, key)
  if (now?.metadata[MADE_OF] === upload.token) return now.object
  if (!stored) throw new PartsRefused('there is no such upload')
  return commit(container, { key, upload, before: before?.object.etag }, partsNamed(stored, wanted))
}

function partsNamed(stored: readonly Part[], wanted: readonly Pick<Part, 'number' | 'etag'>[]): Part[] {
  const there = new Map(stored.map((part) => [part.number, part]))
  if (wanted.length === 0) throw new PartsRefused('an upload has at least one part')
  return wanted.map(({ number, etag }, i) => {
    if (number <= (wanted[i - 1]?.number ?? 0)) throw new PartsRefused(`part ${number} is out of order`)
    const part = there.get(number)
    // Clients hand on the header of an answer, quotes and all.
    if (part?.etag !== etag.replace(/^"(.*)"$/, '$1'))
      throw new PartsRefused(`part ${number} is not stored as named`)
    return part
  })
}

/** Of several that commit at once the condition lets one through; the others find its object. */
async function commit(
  container: ContainerClient,
  { key, upload, before }: { key: string; upload: Upload; before: string | undefined },
  parts: readonly Part[],
): Promise<StoredObject> {
  const ids = parts.map(({ number }) => blockIdOf(upload.token, number))
  const conditions = before === undefined ? { ifNoneMatch: '*' } : { ifMatch: `"${before}"` }
  const options = {
    blobHTTPHeaders: headersOf(upload.how),
    metadata: { [MADE_OF]: upload.token },
    conditions,
  }
  try {
    const made = await container.getBlockBlobClient(key).commitBlockList(ids, options)
    const contentLength = parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    return storedObject(key, { ...made, contentLength, contentType: upload.how.contentType })
  } catch (error) {
    if (!isOvertaken(error) && codeOf(error) !== 'InvalidBlockList') throw error
    const now = await describe(container, key)
    if (now?.metadata[MADE_OF] === upload.token) return now.object
    throw new PartsRefused('another write of the same key came in between', { cause: error })
  }
}

/** The store cannot drop single blocks: they lie, unseen, until the key is written or a week has passed. */
export async function abortParts(blob: BlockBlobClient, name: string): Promise<void> {
  const upload = readUpload(name)
  if (!upload || !(await listParts(blob, name))) return
  await blob.stageBlock(blockIdOf(upload.token, STATE_BLOCK), ABORTED, ABORTED.byteLength)
}
