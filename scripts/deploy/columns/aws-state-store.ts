import type { Place } from '../../../cdktf/shared/place.ts'
import { stateStoreOf } from '../../../cdktf/shared/state-store.ts'
import type { Guarded } from '../column.ts'
import { aws } from './aws-command.ts'

/** Old versions of a state are kept so long: time to find out that one was spoilt. */
export const OLD_STATE_DAYS = 90

/**
 * The bucket of the state: versioned, encrypted, closed, by TLS only. What can be put twice is put each time, so that a
 * setting that somebody changed by hand is mended.
 */
export function awsStateStore(place: Place): readonly Guarded[] {
  const { store } = stateStoreOf(place)
  const { accountId } = place.environment.aws
  const put = (says: string, operation: string, flag: string, value: unknown): Guarded =>
    aws(
      place,
      says,
      ...['s3api', operation, '--bucket', store, '--expected-bucket-owner', accountId],
      ...[flag, JSON.stringify(value)],
    )
  return [
    createBucket(place, store),
    put(
      'close the bucket to the public',
      'put-public-access-block',
      '--public-access-block-configuration',
      CLOSED,
    ),
    put('encrypt the state', 'put-bucket-encryption', '--server-side-encryption-configuration', ENCRYPTED),
    put('keep older versions of the state', 'put-bucket-versioning', '--versioning-configuration', {
      Status: 'Enabled',
    }),
    put(
      'remove versions of long ago',
      'put-bucket-lifecycle-configuration',
      '--lifecycle-configuration',
      LIFECYCLE,
    ),
    put('refuse requests without TLS', 'put-bucket-policy', '--policy', tlsOnly(store)),
  ]
}

function createBucket(place: Place, store: string): Guarded {
  const { region, accountId } = place.environment.aws
  const owner = ['--bucket', store, '--expected-bucket-owner', accountId]
  // S3 refuses the name of its first region as a constraint: there it is what is meant without one.
  const where =
    region === 'us-east-1' ? [] : ['--create-bucket-configuration', `LocationConstraint=${region}`]
  return {
    ...aws(
      place,
      `create the bucket ${store} of the state`,
      's3api',
      'create-bucket',
      '--bucket',
      store,
      ...where,
    ),
    unless: aws(place, 'the bucket is there and ours', 's3api', 'head-bucket', ...owner),
  }
}

const CLOSED = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
}
const ENCRYPTED = {
  Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: true }],
}
const LIFECYCLE = {
  Rules: [
    {
      ID: 'old-state',
      Status: 'Enabled',
      Filter: { Prefix: '' },
      NoncurrentVersionExpiration: { NoncurrentDays: OLD_STATE_DAYS },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
    },
  ],
}

const tlsOnly = (store: string) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'TlsOnly',
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: [`arn:aws:s3:::${store}`, `arn:aws:s3:::${store}/*`],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  ],
})
