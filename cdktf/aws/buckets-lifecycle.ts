import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import type { Bucket } from './buckets.ts'

/**
 * Parts of uploads that were never completed, which cost as much as films and are seen by nobody. The sweep ends uploads
 * in time and tells their owners; this is for what it missed, so it comes a day later. Whole objects stay: an original is
 * kept as long as its video.
 */
export function forgetParts(stack: SkyreelStack, { id, made }: Bucket): void {
  const days = id === 'uploads' ? stack.place.environment.retention.uploadDays + 1 : 2
  const rule = {
    id: 'unfinished-uploads',
    status: 'Enabled',
    filter: [{ prefix: '' }],
    abortIncompleteMultipartUpload: [{ daysAfterInitiation: days }],
  }
  new S3BucketLifecycleConfiguration(stack, `bucket-${id}-lifecycle`, { bucket: made.id, rule: [rule] })
}
