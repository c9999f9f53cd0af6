import {
  StorageBucket,
  type StorageBucketConfig,
  type StorageBucketLifecycleRule,
} from '@cdktf/provider-google/lib/storage-bucket/index.js'
import { originOf } from '../shared/host.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { type BucketName, bucketName } from './settings-names.ts'

export type Buckets = Readonly<Record<BucketName, StorageBucket>>

/** Where gcloud copies the zip of a function before it is built. */
export const STAGED = 'builds'

/** How long a film that was removed or replaced by mistake can be brought back, where data is protected. */
const REPENTANCE_DAYS = 7

/** Films as they were sent, films as they are shown, the pages, and the zips of the functions. */
export function layBuckets(stack: SkyreelStack): Buckets {
  return {
    uploads: bucket(stack, 'uploads', {
      ...kept(stack, [abortAfter(stack.place.environment.retention.uploadDays + 1)]),
      cors: [
        {
          origin: [originOf(stack.place)],
          method: ['PUT'],
          // Both what a page may send and what it may read of the answer; a part is completed by its etag.
          responseHeader: ['Content-Type', 'ETag'],
          maxAgeSeconds: 3600,
        },
      ],
    }),
    media: bucket(stack, 'media', kept(stack, [abortAfter(1)])),
    pages: bucket(stack, 'pages', { forceDestroy: true }),
    code: bucket(stack, 'code', { forceDestroy: true, lifecycleRule: [forgetStaged] }),
  }
}

type Own = Pick<StorageBucketConfig, 'cors' | 'forceDestroy' | 'lifecycleRule' | 'versioning' | 'website'>

/** One bucket: encrypted by Google, closed to the public for good, without access lists of single objects. */
function bucket(stack: SkyreelStack, name: BucketName, own: Own): StorageBucket {
  const { place } = stack
  const made = new StorageBucket(stack, `bucket-${name}`, {
    name: bucketName(place, name),
    // Cloud Storage answers in capitals: in small letters every plan would show a change.
    location: place.environment.gcp.region.toUpperCase(),
    uniformBucketLevelAccess: true,
    publicAccessPrevention: 'enforced',
    // Versions do it where data is protected; both would be paid twice.
    softDeletePolicy: { retentionDurationSeconds: 0 },
    ...own,
  })
  if (isFilms(name)) made.lifecycle = { preventDestroy: place.environment.protectData }
  return made
}

const isFilms = (name: BucketName): boolean => name === 'uploads' || name === 'media'

/**
 * Of the buckets of films. What lies in `uploads` is the only original: no rule removes whole objects, the platform itself
 * does when their film is removed.
 */
function kept(stack: SkyreelStack, rules: readonly StorageBucketLifecycleRule[]): Own {
  if (!stack.place.environment.protectData) return { forceDestroy: true, lifecycleRule: [...rules] }
  const old: StorageBucketLifecycleRule = {
    action: { type: 'Delete' },
    condition: { daysSinceNoncurrentTime: REPENTANCE_DAYS, withState: 'ARCHIVED' },
  }
  return { forceDestroy: false, versioning: { enabled: true }, lifecycleRule: [...rules, old] }
}

/** Nobody reads a copy again once its build has ended. */
const forgetStaged: StorageBucketLifecycleRule = {
  action: { type: 'Delete' },
  condition: { age: 1, matchesPrefix: [`${STAGED}/`] },
}

/** For parts that nobody completed or aborted: they are paid for and seen by no list of objects. */
const abortAfter = (days: number): StorageBucketLifecycleRule => ({
  action: { type: 'AbortIncompleteMultipartUpload' },
  condition: { age: days },
})
