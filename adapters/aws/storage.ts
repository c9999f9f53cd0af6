import type { Clock } from '../../core/ports/clock.ts'
import type { Ids } from '../../core/ports/ids.ts'
import type { Bucket, Storage } from '../../core/ports/storage.ts'
import { late } from '../node/late.ts'
import type { AwsAccess } from './config.ts'
import { guarded } from './storage-failed.ts'
import type { AwsObjects } from './storage-objects.ts'
import { presign } from './storage-sign.ts'
import { splitUpload } from './storage-upload.ts'

export interface AwsStorageOptions extends AwsAccess {
  readonly clock: Clock
  readonly ids: Pick<Ids, 'secret'>
}

/**
 * Objects on S3. What only signs needs no SDK: that is loaded for the first request of our own. A role that may not list
 * a bucket is told 403 for what is missing: every role that reads needs `s3:ListBucket`, or absence becomes an error.
 * What a killed process leaves of an upload is removed by the bucket's own lifecycle rule.
 */
export function openAwsStorage(options: AwsStorageOptions): Storage {
  const objects = late<AwsObjects>(async () => {
    const { openAwsObjects } = await import('./storage-objects.ts')
    return openAwsObjects(options)
  })
  const sign = signer(options)
  return {
    put: objects.put,
    get: objects.get,
    head: objects.head,
    list: objects.list,
    remove: objects.remove,
    startParts: objects.startParts,
    listParts: objects.listParts,
    completeParts: objects.completeParts,
    abortParts: objects.abortParts,
    readUrl: (bucket, key, expiresAt) =>
      guarded('readUrl', key, () =>
        sign({ method: 'GET', bucket, key, query: { 'x-id': 'GetObject' } }, expiresAt),
      ),
    signPart: (bucket, key, upload, { number, sizeBytes, expiresAt }) =>
      guarded('signPart', key, async () => {
        const query = { partNumber: String(number), uploadId: splitUpload(upload).id, 'x-id': 'UploadPart' }
        const headers = { 'content-length': String(sizeBytes) }
        const url = await sign({ method: 'PUT', bucket, key, query, headers }, expiresAt)
        // Clients set the length by themselves; a browser would not let a page do it.
        return { method: 'PUT', url, headers: {} }
      }),
  }
}

type ToSign = Omit<Parameters<typeof presign>[0], 'endpoint' | 'bucket'> & { readonly bucket: Bucket }

/**
 * A URL ends with the credentials that signed it, also before its own time: those of a role last for hours, not for days.
 * A time that has passed gives a URL that has expired, as it should.
 */
function signer({ config, credentials, clock }: AwsStorageOptions) {
  return async (request: ToSign, expiresAt: Date): Promise<string> => {
    const signedAt = new Date(Math.min(clock.now().getTime(), expiresAt.getTime() - 1000))
    const expiresSeconds = Math.floor((expiresAt.getTime() - signedAt.getTime()) / 1000)
    if (expiresSeconds > 604_800) throw new RangeError('S3 signs URLs for seven days at most')
    const at = { endpoint: config.endpoints.s3, bucket: config.buckets[request.bucket] }
    const signing = { region: config.region, credentials: await credentials(), signedAt, expiresSeconds }
    return presign({ ...request, ...at }, signing)
  }
}
