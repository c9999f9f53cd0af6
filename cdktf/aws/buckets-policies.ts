import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy/index.js'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import type { Bucket, Buckets } from './buckets.ts'
import { policyOf, type Statement } from './permissions-identity.ts'

/** Nothing without TLS, and nobody but the CDN's one distribution beside the roles of this account. */
export function closeBuckets(stack: SkyreelStack, buckets: Buckets, distributionArn: string): void {
  for (const bucket of Object.values(buckets)) {
    const edge = bucket.id === 'uploads' ? [] : readsOf(bucket, distributionArn)
    const policy = policyOf([onlyTls(bucket), ...edge])
    new S3BucketPolicy(stack, `bucket-${bucket.id}-policy`, { bucket: bucket.made.id, policy })
  }
}

const onlyTls = ({ arn }: Bucket): Statement => ({
  Sid: 'OnlyTls',
  Effect: 'Deny',
  Principal: '*',
  Action: ['s3:*'],
  Resource: [arn, `${arn}/*`],
  Condition: {
    Bool: { 'aws:SecureTransport': 'false' },
  },
})

/** With the list a missing object is 404; without it S3 says 403, and the CDN would not ask the API for an answer. */
function readsOf({ arn }: Bucket, distributionArn: string): Statement[] {
  const edge = {
    Effect: 'Allow' as const,
    Principal: { Service: 'cloudfront.amazonaws.com' },
    Condition: { StringEquals: { 'aws:SourceArn': distributionArn } },
  }
  return [
    { Sid: 'EdgeReads', ...edge, Action: ['s3:GetObject'], Resource: [`${arn}/*`] },
    { Sid: 'EdgeSeesAbsence', ...edge, Action: ['s3:ListBucket'], Resource: [arn] },
  ]
}
