import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Clock } from '../../core/ports/clock.ts'
import type { Ids } from '../../core/ports/ids.ts'
import type { Secrets } from '../../core/ports/secrets.ts'
import * as port from '../../core/ports/storage.ts'
import { idFromUuid } from '../../core/run/id.ts'
import type { Log } from '../../core/run/log.ts'
import type { EventOf } from '../../events/catalog.ts'
import { fileBytes } from '../node/file-bytes.ts'
import { guarded } from '../node/guarded-storage.ts'
import { makeFolder, openTurns, removeAbandoned, writeTemporary } from './storage-files.ts'
import { walk } from './storage-list.ts'
import { type Description, type Objects, openObjects, toStored } from './storage-objects.ts'
import { openParts, type Parts } from './storage-parts.ts'
import { signedPartUrl } from './storage-sign.ts'

export type ObjectCreated = EventOf<'storage.object.created'>

export interface StorageOptions {
  readonly folder: string
  /** Origin of the signed part requests: `http://localhost:8080`. */
  readonly origin: string
  readonly secrets: Secrets
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  /** Called after each finished write. When it fails the write stands, as in a cloud whose notification is lost. */
  readonly onCreated?: (event: ObjectCreated) => Promise<void>
}

/** What the HTTP side needs beside the port. */
export interface LocalStorage extends port.Storage {
  /**
   * Stores one part as its bytes come; `undefined` for an upload that is unknown, completed or aborted. Throws
   * `PartTooLate` for one that is being completed, also where that was interrupted: completing it again ends it.
   */
  storePart(
    bucket: port.Bucket,
    key: string,
    upload: string,
    part: { number: number; body: port.Bytes },
  ): Promise<port.Part | undefined>
  /** What the store keeps beside the port's own fields, such as `cacheControl`. */
  describe(bucket: port.Bucket, key: string): Promise<Description | undefined>
}

interface Shelf {
  readonly root: string
  readonly temporary: string
  readonly objects: Objects
  readonly parts: Parts
}

/** Objects as files under `folder`, for one machine: several processes may use it at once. */
export async function openLocalStorage(options: StorageOptions): Promise<LocalStorage> {
  const shelves = {
    uploads: await openShelf(options.folder, 'uploads'),
    media: await openShelf(options.folder, 'media'),
  }
  const of = (bucket: port.Bucket): Shelf => shelves[bucket]
  const inTurn = openTurns()
  return {
    put: (bucket, key, body, how) =>
      guarded('put', key, () => put(options, { bucket, shelf: of(bucket) }, { key, body, how })),
    get: (bucket, key, range) => guarded('get', key, () => get(of(bucket), key, range)),
    head: (bucket, key) => guarded('head', key, async () => stored(await of(bucket).objects.describe(key))),
    describe: (bucket, key) => guarded('describe', key, () => of(bucket).objects.describe(key)),
    list: (bucket, want) => guarded('list', undefined, () => list(of(bucket), want)),
    remove: (bucket, key) => guarded('remove', key, () => of(bucket).objects.remove(key)),
    readUrl: (bucket, key) => guarded('readUrl', key, () => readUrl(of(bucket), key)),
    startParts: (bucket, key, how) =>
      guarded('startParts', key, () => of(bucket).parts.start({ key, ...how })),
    signPart: (bucket, key, upload, part) =>
      guarded('signPart', key, () => signPart(options, { bucket, key, upload, ...part })),
    storePart: (bucket, key, upload, { number, body }) =>
      guarded('storePart', key, async () => {
        const found = await of(bucket).parts.find(upload)
        return found?.key === key ? of(bucket).parts.store(upload, number, body) : undefined
      }),
    listParts: (bucket, key, upload) =>
      guarded('listParts', key, async () => {
        const found = await of(bucket).parts.find(upload)
        return found?.key === key ? of(bucket).parts.list(upload) : undefined
      }),
    completeParts: (bucket, key, upload, parts) =>
      guarded('completeParts', key, () =>
        inTurn(upload, () => complete(options, { bucket, shelf: of(bucket) }, { key, upload, parts })),
      ),
    abortParts: (bucket, key, upload) =>
      guarded('abortParts', key, () =>
        inTurn(upload, async () => {
          if ((await of(bucket).parts.find(upload))?.key === key) await of(bucket).parts.forget(upload)
        }),
      ),
  }
}

async function openShelf(folder: string, bucket: port.Bucket): Promise<Shelf> {
  const under = (name: string) => join(folder, bucket, name)
  const [root, temporary, parts] = [under('objects'), under('temporary'), under('parts')]
  for (const made of [root, temporary, parts]) await makeFolder(made)
  await removeAbandoned(temporary)
  return { root, temporary, objects: openObjects(root, temporary), parts: openParts(parts, temporary) }
}

const stored = (found: Description | undefined) => (found ? toStored(found) : undefined)

interface Target {
  readonly bucket: port.Bucket
  readonly shelf: Shelf
}

async function put(
  options: StorageOptions,
  target: Target,
  want: { key: string; body: port.Bytes; how: port.PutOptions },
) {
  const { objects, temporary } = target.shelf
  const written = await writeTemporary(temporary, `${options.ids.secret(12)}.object`, want.body)
  const modifiedAt = options.clock.now().toISOString()
  const facts = { sizeBytes: written.sizeBytes, etag: written.md5, modifiedAt }
  const made = await objects.commit(written.file, { key: want.key, ...facts, ...putOptions(want.how) })
  await announce(options, target.bucket, made)
  return toStored(made)
}

const putOptions = ({ contentType, cacheControl }: port.PutOptions): port.PutOptions =>
  cacheControl === undefined ? { contentType } : { contentType, cacheControl }

async function announce(options: StorageOptions, bucket: port.Bucket, object: Description): Promise<void> {
  if (!options.onCreated) return
  const { key, sizeBytes, etag } = object
  const id = idFromUuid('evt', options.ids.uuid())
  const data = { bucket, key, sizeBytes, etag }
  const time = options.clock.now().toISOString()
  try {
    await options.onCreated({
      id,
      type: 'storage.object.created',
      source: `storage/${bucket}`,
      subject: key,
      time,
      data,
    })
  } catch (error) {
    options.log.error('the event of a stored object was lost', { bucket, key, error })
  }
}

async function get(shelf: Shelf, key: string, range: port.ByteRange | undefined) {
  const found = await shelf.objects.open(key)
  if (!found) return undefined
  const { object, handle } = found
  const end = Math.min(range?.end ?? object.sizeBytes - 1, object.sizeBytes - 1)
  const start = range?.start ?? 0
  if (range && !(start >= 0 && start <= end)) {
    await handle.close()
    throw new port.RangeRefused(`bytes ${start}-${range.end ?? ''} of ${object.sizeBytes}`)
  }
  return { object: toStored(object), body: fileBytes(handle, start, end) }
}

async function list(shelf: Shelf, want: { prefix: string; after?: string; limit: number }) {
  const found: port.StoredObject[] = []
  if (want.limit <= 0) return found
  for await (const object of walk(shelf.root, { prefix: want.prefix, after: want.after })) {
    found.push(toStored(object))
    if (found.length >= Math.min(want.limit, 1000)) break
  }
  return found
}

async function readUrl(shelf: Shelf, key: string): Promise<string> {
  const found = await shelf.objects.open(key)
  if (!found) throw new Error('there is no such object')
  await found.handle.close()
  return pathToFileURL(found.path).href
}

type PartToSign = Parameters<typeof signedPartUrl>[1]

async function signPart({ origin, secrets }: StorageOptions, part: PartToSign): Promise<port.SignedRequest> {
  const url = origin + signedPartUrl(await secrets.get('delivery-key'), part)
  return { method: 'PUT', url, headers: {} }
}

interface Completion {
  readonly key: string
  readonly upload: string
  readonly parts: readonly Pick<port.Part, 'number' | 'etag'>[]
}

async function complete(
  options: StorageOptions,
  { bucket, shelf }: Target,
  want: Completion,
): Promise<port.StoredObject> {
  const upload = await shelf.parts.find(want.upload)
  const before = await shelf.objects.describe(want.key)
  if (before?.upload === want.upload) {
    // Killed between the two: the event may not have gone out.
    if (upload) await settle(options, { bucket, shelf }, before)
    return toStored(before)
  }
  if (upload?.key !== want.key) throw new port.PartsRefused('there is no such upload')
  const joined = await shelf.parts.join(want.upload, want.parts)
  const facts = {
    sizeBytes: joined.sizeBytes,
    etag: joined.etag,
    modifiedAt: options.clock.now().toISOString(),
  }
  const description = { key: want.key, ...facts, ...putOptions(upload), upload: want.upload }
  const made = await shelf.objects.commit(joined.file, description, { keep: true })
  await settle(options, { bucket, shelf }, made)
  return toStored(made)
}

async function settle(options: StorageOptions, { bucket, shelf }: Target, made: Description): Promise<void> {
  await announce(options, bucket, made)
  await shelf.parts.forget(made.upload ?? '')
}
