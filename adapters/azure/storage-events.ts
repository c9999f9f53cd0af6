import type { Decoded } from '../../core/run/consumer.ts'
import { type BucketNames, bucketNamed, objectCreated } from '../../core/run/storage-event.ts'
import { foreign, gridTypeOf, isRecord, listOf } from './events-message.ts'

/** Empty beginnings of a file that is written in steps; the whole one is told by FlushWithClose or SftpCommit. */
const BEGINNINGS = new Set(['CreateFile', 'SftpCreate'])

/**
 * Event Grid's events of a storage account, as CloudEvents or in Event Grid's schema, one or several
 * (https://learn.microsoft.com/azure/event-grid/event-schema-blob-storage).
 */
export function decodeAzureStorageEvents(native: unknown, buckets: BucketNames): Decoded[] {
  return listOf(native).map((event) => decodeOne(event, buckets))
}

/** What only storage accounts send. */
export const isStorageEvent = (event: unknown): boolean => gridTypeOf(event).startsWith('Microsoft.Storage.')

function decodeOne(event: unknown, buckets: BucketNames): Decoded {
  if (!isRecord(event) || !isStorageEvent(event))
    return foreign(event, 'this is no event of a storage account')
  const { data } = event
  if (gridTypeOf(event) !== 'Microsoft.Storage.BlobCreated')
    return { is: 'ignored', because: `${gridTypeOf(event)} is of no concern` }
  if (!isRecord(data)) return foreign(event, 'the event has no data')
  if (typeof data.api === 'string' && BEGINNINGS.has(data.api))
    return { is: 'ignored', because: `${data.api} tells of a file that is still empty` }
  return created(event, data, buckets)
}

type Fields = Readonly<Record<string, unknown>>

function created(event: Fields, data: Fields, buckets: BucketNames): Decoded {
  const place = placeOf(event.subject, data.url)
  if (!place) return foreign(event, 'the subject names no container and path')
  const bucket = bucketNamed(buckets, place.container)
  if (!bucket) return { is: 'ignored', because: `the container ${place.container} is not ours` }
  const facts = { sizeBytes: sizeOf(data.contentLength), etag: etagOf(data.eTag), time: timeOf(event) }
  const { sizeBytes, etag, time } = facts
  const version = typeof data.sequencer === 'string' && data.sequencer !== '' ? data.sequencer : undefined
  if (sizeBytes === undefined || etag === undefined || time === undefined || version === undefined)
    return foreign(event, 'the event lacks its size, etag, time or sequencer')
  return { is: 'event', event: objectCreated({ bucket, key: place.key, sizeBytes, etag, version, time }) }
}

const SUBJECT = /^\/blobServices\/default\/containers\/([^/]+)\/blobs\/(.+)$/s

/**
 * The path of the subject is not percent-encoded. Characters outside of the basic plane come as U+FFFD there
 * (azure-event-grid-viewer#9); then the encoded URL knows better.
 */
function placeOf(subject: unknown, url: unknown): { container: string; key: string } | undefined {
  const [, container, key] = SUBJECT.exec(typeof subject === 'string' ? subject : '') ?? []
  if (container === undefined || key === undefined) return undefined
  return { container, key: (key.includes('\ufffd') && keyOfUrl(url, container)) || key }
}

function keyOfUrl(url: unknown, container: string): string | undefined {
  const [, path = ''] = /^https?:\/\/[^/]+(\/[^?#]*)/.exec(typeof url === 'string' ? url : '') ?? []
  try {
    const plain = decodeURIComponent(path)
    return plain.startsWith(`/${container}/`) ? plain.slice(container.length + 2) : undefined
  } catch {
    return undefined
  }
}

const sizeOf = (size: unknown): number | undefined =>
  typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 ? size : undefined

function etagOf(etag: unknown): string | undefined {
  const bare = typeof etag === 'string' ? etag.replace(/^"(.*)"$/, '$1') : ''
  return bare === '' ? undefined : bare
}

/** Azure writes seven digits of a second. */
function timeOf({ time, eventTime }: Fields): string | undefined {
  const told = time ?? eventTime
  const ms = typeof told === 'string' ? Date.parse(told) : Number.NaN
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString()
}
