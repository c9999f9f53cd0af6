import { S3BucketCorsConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-cors-configuration/index.js'
import { originOf } from '../shared/host.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import type { Bucket } from './buckets.ts'

/** Parts come from the pages' browser straight to S3; the client names their etags when it completes the upload. */
export function acceptUploads(stack: SkyreelStack, { id, made }: Bucket): void {
  const rule = {
    allowedOrigins: [originOf(stack.place)],
    allowedMethods: ['PUT'],
    allowedHeaders: ['content-type', 'content-length'],
    exposeHeaders: ['ETag'],
    maxAgeSeconds: 3600,
  }
  new S3BucketCorsConfiguration(stack, `bucket-${id}-cors`, { bucket: made.id, corsRule: [rule] })
}
