import { randomBytes } from 'node:crypto'
import type { Clock } from '../../core/ports/clock.ts'
import * as port from '../../core/ports/storage.ts'
import type { BucketNames } from '../../core/run/storage-event.ts'
import { guarded } from '../node/guarded-storage.ts'
import { late } from '../node/late.ts'
import type { Credentials } from './credentials.ts'
import type { OpenSigningKey } from './storage-key.ts'
import type { Facts, Objects } from './storage-objects.ts'
import { startSession } from './storage-resumable.ts'
import { signUrl, type UrlToSign } from './storage-sign.ts'
import { openXmlParts, UPLOAD_MARK, type XmlParts, type XmlUpload } from './storage-xml.ts'

export interface GcpStorageOptions {
  /** Origin: `https://storage.googleapis.com`. */
  readonly endpoint: string
  readonly buckets: BucketNames
  readonly credentials: Credentials
  readonly signingKey: OpenSigningKey
  readonly clock: Clock
}

export interface GcpStorage extends port.Storage {
  /**
   * Begins a resumable upload of exactly `sizeBytes` bytes and answers its URL, to which a client sends the film with
   * PUT and `Content-Range` for a week, needing no more signature. `origin` is the page's, which the store then admits.
   */
  startResumable(
    bucket: port.Bucket,
    key: string,
    upload: { readonly contentType: string; readonly sizeBytes: number; readonly origin?: string },
  ): Promise<string>
}

/** Objects in Cloud Storage; uploads of clients by its XML interface, which alone takes parts in any order. */
export function openGcpStorage(options: GcpStorageOptions): GcpStorage {
  const objects = late<Objects>(async () => (await import('./storage-objects.ts')).openObjects(options))
  const parts = openXmlParts(options)
  const uploadOf = (bucket: port.Bucket, key: string, upload: string): XmlUpload & { mark: string } => {
    const dot = upload.indexOf('.')
    return {
      bucket: options.buckets[bucket],
      key,
      mark: upload.slice(0, Math.max(dot, 0)),
      id: upload.slice(dot + 1),
    }
  }
  const sign = async (
    want: Pick<UrlToSign, 'method' | 'bucket' | 'key' | 'query' | 'headers' | 'expiresAt'>,
  ) => signUrl(await options.signingKey(), { ...want, endpoint: options.endpoint, at: options.clock.now() })
  return {
    put: (bucket, key, body, how) => guarded('put', key, () => objects.put(bucket, key, body, how)),
    get: (bucket, key, range) => guarded('get', key, () => objects.get(bucket, key, range)),
    head: (bucket, key) => guarded('head', key, async () => (await objects.describe(bucket, key))?.object),
    list: (bucket, want) => guarded('list', undefined, () => objects.list(bucket, want)),
    remove: (bucket, key) => guarded('remove', key, () => objects.remove(bucket, key)),
    readUrl: (bucket, key, expiresAt) =>
      guarded('readUrl', key, () => sign({ method: 'GET', bucket: options.buckets[bucket], key, expiresAt })),
    startParts: (bucket, key, how) =>
      guarded('startParts', key, async () => {
        const mark = randomBytes(12).toString('hex')
        return `${mark}.${await parts.start(options.buckets[bucket], key, { ...how, mark })}`
      }),
    signPart: (bucket, key, upload, { number, sizeBytes, expiresAt }) =>
      guarded('signPart', key, async () => {
        const query = { partNumber: String(number), uploadId: uploadOf(bucket, key, upload).id }
        // Every client sends its content-length by itself; signed, it is the length that was agreed.
        const headers = { 'content-length': String(sizeBytes) }
        const name = options.buckets[bucket]
        const url = await sign({ method: 'PUT', bucket: name, key, query, headers, expiresAt })
        return { method: 'PUT', url, headers: {} }
      }),
    listParts: (bucket, key, upload) =>
      guarded('listParts', key, () => parts.list(uploadOf(bucket, key, upload))),
    completeParts: (bucket, key, upload, wanted) =>
      guarded('completeParts', key, () =>
        complete(parts, uploadOf(bucket, key, upload), {
          wanted,
          describe: () => objects.describe(bucket, key),
        }),
      ),
    abortParts: (bucket, key, upload) =>
      guarded('abortParts', key, () => parts.abort(uploadOf(bucket, key, upload))),
    startResumable: (bucket, key, upload) =>
      guarded('startResumable', key, () =>
        startSession(sign, { bucket: options.buckets[bucket], key, ...upload, now: options.clock.now() }),
      ),
  }
}

/** The store forgets an upload with its completion: that it is done already is seen by the mark of the object. */
async function complete(
  parts: XmlParts,
  upload: XmlUpload & { readonly mark: string },
  at: {
    wanted: readonly Pick<port.Part, 'number' | 'etag'>[]
    describe: () => Promise<Facts | undefined>
  },
): Promise<port.StoredObject> {
  if (at.wanted.length === 0) throw new port.PartsRefused('no parts were named')
  const completed = await parts.complete(upload, at.wanted)
  const made = await at.describe()
  if (made && (completed || (upload.mark !== '' && made.custom[UPLOAD_MARK] === upload.mark)))
    return made.object
  throw completed
    ? new port.StorageFailed(`${upload.key} was removed as soon as it was complete`)
    : new port.PartsRefused('there is no such upload')
}
