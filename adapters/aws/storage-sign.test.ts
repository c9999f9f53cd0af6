import { GetObjectCommand, S3Client, UploadPartCommand } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../node/clock.ts'
import { openIds } from '../node/ids.ts'
import { openAwsStorage } from './storage.ts'
import { presign } from './storage-sign.ts'
import { testConfig } from './testing/config.ts'

const BUCKET = 'skyreel-media'
const segment = fc
  .string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
  .filter((text) => !/[/\\\p{Cc}]|^\.\.?$/u.test(text))
const key = fc.array(segment, { minLength: 1, maxLength: 5 }).map((segments) => segments.join('/'))
const credentials = fc.record(
  {
    accessKeyId: fc.stringMatching(/^[A-Z0-9]{16,20}$/),
    secretAccessKey: fc.stringMatching(/^[A-Za-z0-9/+]{40}$/),
    sessionToken: fc.stringMatching(/^[A-Za-z0-9/+=]{1,300}$/),
  },
  { requiredKeys: ['accessKeyId', 'secretAccessKey'] },
)
const signing = fc.record({
  region: fc.constantFrom('us-east-1', 'eu-central-1', 'us-gov-west-1', 'cn-north-1', 'eusc-de-east-1'),
  credentials,
  signedAt: fc.date({ min: new Date('2020-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }),
  expiresSeconds: fc.integer({ min: 1, max: 604_800 }),
})
const endpoint = fc.constantFrom(
  undefined,
  'http://127.0.0.1:9000',
  'http://localhost',
  'https://s3.example.org',
)

type Signing = typeof signing extends fc.Arbitrary<infer T> ? T : never

/** As the SDK signs; checksums, which it would add, are no part of what a browser sends. */
async function bySdk(
  command: GetObjectCommand | UploadPartCommand,
  at: Signing,
  endpoint: string | undefined,
): Promise<string> {
  const client = new S3Client({
    region: at.region,
    credentials: at.credentials as never,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
  })
  return getSignedUrl(client, command as GetObjectCommand, {
    expiresIn: at.expiresSeconds,
    signingDate: at.signedAt,
  })
}

describe('signed S3 URLs', () => {
  it('are those of the SDK, byte for byte, for reading', async () => {
    const same = fc.asyncProperty(key, signing, endpoint, async (Key, at, endpoint) => {
      const request = {
        method: 'GET',
        endpoint,
        bucket: BUCKET,
        key: Key,
        query: { 'x-id': 'GetObject' },
      } as const
      expect(presign(request, at as never)).toBe(
        await bySdk(new GetObjectCommand({ Bucket: BUCKET, Key }), at, endpoint),
      )
    })
    await fc.assert(same, { numRuns: 150 })
  })
  it('are those of the SDK, byte for byte, for parts of a fixed length', async () => {
    const part = fc.record({
      PartNumber: fc.integer({ min: 1, max: 10_000 }),
      UploadId: fc.stringMatching(/^[\w.~-]{1,130}$/),
      ContentLength: fc.integer({ min: 1, max: 5_000_000_000 }),
    })
    const same = fc.asyncProperty(key, part, signing, endpoint, async (Key, part, at, endpoint) => {
      const query = {
        partNumber: String(part.PartNumber),
        uploadId: part.UploadId,
        'x-id': 'UploadPart',
      }
      const headers = { 'content-length': String(part.ContentLength) }
      const ours = { method: 'PUT', endpoint, bucket: BUCKET, key: Key, query, headers } as const
      const theirs = new UploadPartCommand({ Bucket: BUCKET, Key, ...part })
      expect(presign(ours, at as never)).toBe(await bySdk(theirs, at, endpoint))
    })
    await fc.assert(same, { numRuns: 150 })
  })
  it('are not signed for longer than a week', async () => {
    const access = {
      config: testConfig(),
      credentials: async () => ({ accessKeyId: 'A', secretAccessKey: 'B' }),
    }
    const storage = openAwsStorage({ ...access, clock: systemClock, ids: openIds() })
    const late = new Date(Date.now() + 8 * 86_400_000)
    await expect(storage.readUrl('media', 'a', late)).rejects.toThrow('seven days')
  })
})
