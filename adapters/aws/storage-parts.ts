import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListPartsCommand,
} from '@aws-sdk/client-s3'
import { type Part, PartsRefused, type PutOptions, type StoredObject } from '../../core/ports/storage.ts'
import { codeOf, unless } from './storage-failed.ts'
import { described } from './storage-put.ts'
import { at, describe, type Place, type S3, unquoted } from './storage-s3.ts'
import { MARK, splitUpload } from './storage-upload.ts'

export async function startParts(s3: S3, place: Place, how: PutOptions): Promise<string> {
  const mark = s3.ids.secret(12)
  const request = { ...at(s3, place), ...described(how), Metadata: { [MARK]: mark } }
  const { UploadId } = await s3.client.send(new CreateMultipartUploadCommand(request))
  if (!UploadId) throw new Error('the store gave the upload no id')
  return `${mark}~${UploadId}`
}

/** radosgw tells it by S3's word for a missing object, which S3 never says of an upload. */
const isUnknown = (error: unknown) => ['NoSuchUpload', 'NoSuchKey'].includes(codeOf(error) ?? '')

export async function listParts(s3: S3, place: Place, upload: string): Promise<Part[] | undefined> {
  const UploadId = splitUpload(upload).id
  const parts: Part[] = []
  for (let PartNumberMarker = '0'; ; ) {
    const request = new ListPartsCommand({ ...at(s3, place), UploadId, PartNumberMarker })
    const page = await unless(isUnknown, s3.client.send(request))
    if (!page) return undefined
    for (const { PartNumber = 0, Size = 0, ETag = '' } of page.Parts ?? [])
      parts.push({ number: PartNumber, sizeBytes: Size, etag: unquoted(ETag) })
    if (!page.IsTruncated || page.NextPartNumberMarker === undefined) return parts
    PartNumberMarker = page.NextPartNumberMarker
  }
}

/** What S3 says of parts that it does not join. `EntityTooSmall`: each but the last must have 5 MiB. */
const REFUSALS = ['InvalidPart', 'InvalidPartOrder', 'NoSuchUpload', 'EntityTooSmall', 'MalformedXML']

export async function completeParts(
  s3: S3,
  place: Place,
  want: { upload: string; parts: readonly Pick<Part, 'number' | 'etag'>[] },
): Promise<StoredObject> {
  const { mark, id } = splitUpload(want.upload)
  checkOrder(want.parts)
  // Clients hand on the header of the store's answer as it is, and its quotes with it.
  const Parts = want.parts.map(({ number, etag }) => ({ PartNumber: number, ETag: `"${unquoted(etag)}"` }))
  try {
    const request = { ...at(s3, place), UploadId: id, MultipartUpload: { Parts } }
    await s3.client.send(new CompleteMultipartUploadCommand(request))
  } catch (cause) {
    // Of two that complete at once S3 turns one away, by different words; what counts is whose object lies there.
    const made = await madeBy(s3, place, mark)
    if (made) return made
    // radosgw calls an unknown upload one that is being completed, with 500.
    if (!REFUSALS.includes(codeOf(cause) ?? '') && (await listParts(s3, place, want.upload))) throw cause
    throw new PartsRefused(`the parts were refused: ${codeOf(cause)}`, { cause })
  }
  const made = await madeBy(s3, place, mark)
  if (!made) throw new Error('the object was replaced or removed while it was completed')
  return made
}

async function madeBy(s3: S3, place: Place, mark: string): Promise<StoredObject | undefined> {
  const found = await describe(s3, place)
  return found?.mark === mark ? found.object : undefined
}

/** S3 sorts out what is missing; an empty list, or numbers that do not rise, never reach it. */
function checkOrder(parts: readonly Pick<Part, 'number'>[]): void {
  const rising = parts.every(({ number }, i) => i === 0 || number > (parts[i - 1]?.number ?? 0))
  if (parts.length === 0 || !rising)
    throw new PartsRefused('there are no parts, or their numbers do not rise')
}

export async function abortParts(s3: S3, place: Place, upload: string): Promise<void> {
  const request = { ...at(s3, place), UploadId: splitUpload(upload).id }
  await unless(isUnknown, s3.client.send(new AbortMultipartUploadCommand(request)))
}
