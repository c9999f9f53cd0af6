import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket/index.js'
import { S3BucketOwnershipControls } from '@cdktf/provider-aws/lib/s3-bucket-ownership-controls/index.js'
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block/index.js'
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js'
import { globalName } from '../shared/names.ts'
import type { Place } from '../shared/place.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { acceptUploads } from './buckets-cors.ts'
import { forgetParts } from './buckets-lifecycle.ts'

export interface Bucket {
  readonly id: BucketId
  /** Known before anything is made; the policies and variables that name it wait for nothing. */
  readonly name: string
  readonly arn: string
  readonly domainName: string
  readonly made: S3Bucket
}
export type BucketId = 'uploads' | 'media' | 'pages'
export type Buckets = Readonly<Record<BucketId, Bucket>>

/** Name of a bucket, unique in the world and always the same. */
export const bucketName = (place: Place, id: BucketId): string =>
  globalName(place, 'bucket', id, place.environment.aws.accountId)

/** Where the store itself takes uploads and gives originals: the bucket's own host. */
export const uploadOrigin = (place: Place): string =>
  `https://${bucketName(place, 'uploads')}.s3.${place.environment.aws.region}.amazonaws.com`

/**
 * Films as they were sent, films as they are played, and the pages. Their policies come with the CDN (`closeBuckets`). None
 * keeps versions: what a user deletes must be gone.
 */
export function makeBuckets(stack: SkyreelStack): Buckets {
  const buckets = {
    uploads: makeBucket(stack, 'uploads'),
    media: makeBucket(stack, 'media'),
    pages: makeBucket(stack, 'pages'),
  }
  acceptUploads(stack, buckets.uploads)
  for (const bucket of Object.values(buckets)) forgetParts(stack, bucket)
  return buckets
}

function makeBucket(stack: SkyreelStack, id: BucketId): Bucket {
  const name = bucketName(stack.place, id)
  const { protectData } = stack.place.environment
  const made = new S3Bucket(stack, `bucket-${id}`, {
    bucket: name,
    forceDestroy: !protectData,
    lifecycle: { preventDestroy: protectData },
  })
  made.overrideLogicalId(`bucket-${id}`)
  close(stack, id, made)
  return { id, name, arn: made.arn, domainName: made.bucketRegionalDomainName, made }
}

/** S3's own keys cost nothing; a key of ours would cost a dollar a month and a request at each read. */
function close(stack: SkyreelStack, id: BucketId, { id: bucket }: S3Bucket): void {
  const all = { blockPublicAcls: true, blockPublicPolicy: true }
  const any = { ignorePublicAcls: true, restrictPublicBuckets: true }
  new S3BucketPublicAccessBlock(stack, `bucket-${id}-private`, { bucket, ...all, ...any })
  const rule = { objectOwnership: 'BucketOwnerEnforced' }
  new S3BucketOwnershipControls(stack, `bucket-${id}-owner`, { bucket, rule })
  const encrypted = [{ applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }]
  new S3BucketServerSideEncryptionConfigurationA(stack, `bucket-${id}-encrypted`, { bucket, rule: encrypted })
}
