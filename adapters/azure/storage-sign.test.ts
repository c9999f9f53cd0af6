import {
  BlobClient,
  BlobSASPermissions,
  generateBlobSASQueryParameters,
  SASProtocol,
  StorageSharedKeyCredential,
} from '@azure/storage-blob'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkKey, KeyRefused } from '../../core/ports/storage.ts'
import { blobPath, blobSas } from './storage-sign.ts'

const [ACCOUNT, KEY] = ['skyreel', Buffer.alloc(64, 7).toString('base64')]
const credential = new StorageSharedKeyCredential(ACCOUNT, KEY)

const isKey = (key: string) => {
  try {
    return checkKey(key) === key
  } catch (error) {
    if (error instanceof KeyRefused) return false
    throw error
  }
}
const keys = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }).filter(isKey),
  fc.constantFrom('a b/ä#?.mp4', 'z%41', "it's (1)*!~", 'e\u0301', '\u{1f3ac}/\uffee', 'a+b&c=d;e,f:@$'),
)
const times = fc.date({ min: new Date(0), max: new Date('2099-12-31'), noInvalidDate: true })
const grants = fc.record({
  key: keys,
  expiresAt: times,
  permissions: fc.constantFrom('r' as const, 'w' as const),
  httpsOnly: fc.boolean(),
})

describe('signed URLs of the blob store', () => {
  it('equals the signatures of Microsoft’s SDK, byte for byte', () => {
    fc.assert(
      fc.property(grants, (grant) => {
        const sdk = generateBlobSASQueryParameters(
          {
            containerName: 'media',
            blobName: grant.key,
            permissions: BlobSASPermissions.parse(grant.permissions),
            expiresOn: grant.expiresAt,
            version: '2020-12-06',
            ...(grant.httpsOnly ? { protocol: SASProtocol.Https } : {}),
          },
          credential,
        )
        expect(blobSas(KEY, { account: ACCOUNT, container: 'media', ...grant })).toBe(sdk.toString())
      }),
      { numRuns: 500 },
    )
  })
  it('names a blob as Microsoft’s SDK does, once both are read as URLs', () => {
    fc.assert(
      fc.property(keys, (key) => {
        const ours = new URL(`https://skyreel.blob.core.windows.net${blobPath('media', key)}`)
        const sdk = new BlobClient(ours.href)
        expect([sdk.containerName, sdk.name]).toEqual(['media', key])
      }),
    )
  })
})
