import { DeleteObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
import type { Bucket, Storage } from '../../core/ports/storage.ts'
import { guarded } from './storage-failed.ts'
import { get } from './storage-get.ts'
import { abortParts, completeParts, listParts, startParts } from './storage-parts.ts'
import { put } from './storage-put.ts'
import { at, head, openS3, type Place, type S3, unquoted } from './storage-s3.ts'

/** The part of the port that sends requests of its own. */
export type AwsObjects = Omit<Storage, 'readUrl' | 'signPart'>

export function openAwsObjects(options: Parameters<typeof openS3>[0]): AwsObjects {
  const s3 = openS3(options)
  return {
    put: (bucket, key, body, how) => guarded('put', key, () => put(s3, { bucket, key }, { body, how })),
    get: (bucket, key, range) => guarded('get', key, () => get(s3, { bucket, key }, range)),
    head: (bucket, key) => guarded('head', key, () => head(s3, { bucket, key })),
    list: (bucket, want) => guarded('list', undefined, () => list(s3, bucket, want)),
    remove: (bucket, key) => guarded('remove', key, () => remove(s3, { bucket, key })),
    startParts: (bucket, key, how) => guarded('startParts', key, () => startParts(s3, { bucket, key }, how)),
    listParts: (bucket, key, upload) =>
      guarded('listParts', key, () => listParts(s3, { bucket, key }, upload)),
    completeParts: (bucket, key, upload, parts) =>
      guarded('completeParts', key, () => completeParts(s3, { bucket, key }, { upload, parts })),
    abortParts: (bucket, key, upload) =>
      guarded('abortParts', key, () => abortParts(s3, { bucket, key }, upload)),
  }
}

async function remove(s3: S3, place: Place): Promise<void> {
  await s3.client.send(new DeleteObjectCommand(at(s3, place)))
}

async function list(s3: S3, bucket: Bucket, want: { prefix: string; after?: string; limit: number }) {
  if (want.limit <= 0) return []
  const page = await s3.client.send(
    new ListObjectsV2Command({
      Bucket: s3.name(bucket),
      Prefix: want.prefix,
      MaxKeys: Math.min(want.limit, 1000),
      // XML 1.0 cannot carry every character that a key may have.
      EncodingType: 'url',
      ...(want.after === undefined ? {} : { StartAfter: want.after }),
    }),
  )
  return (page.Contents ?? []).map(({ Key = '', Size = 0, ETag = '', LastModified = new Date(0) }) => ({
    key: decodeURIComponent(Key.replaceAll('+', ' ')),
    sizeBytes: Size,
    etag: unquoted(ETag),
    modifiedAt: LastModified,
  }))
}
