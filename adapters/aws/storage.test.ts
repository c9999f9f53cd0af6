import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { HeadObjectCommand, ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import { keyContract, objectContract } from '../../core/ports/storage.contract.ts'
import { PartsRefused, RangeRefused, StorageFailed } from '../../core/ports/storage.ts'
import { uploadContract } from '../../core/ports/storage-upload.contract.ts'
import { systemClock } from '../node/clock.ts'
import { openIds } from '../node/ids.ts'
import type { AwsAccess } from './config.ts'
import { openAwsStorage } from './storage.ts'
import { TEST_CREDENTIALS, testConfig } from './testing/config.ts'
import { radosgwMissing } from './testing/radosgw.ts'
import { openStored } from './testing/stored.ts'

const missing = radosgwMissing()
const PLAIN = { contentType: 'text/plain' }
const storageOf = (access: AwsAccess) => openAwsStorage({ ...access, clock: systemClock, ids: openIds() })

/** The same store with other credentials. */
const as = ({ config }: AwsAccess, accessKeyId: string, secretAccessKey: string) =>
  storageOf({ config, credentials: async () => ({ accessKeyId, secretAccessKey }) })

const clientOf = ({ config, credentials }: AwsAccess) =>
  new S3Client({
    ...{ region: config.region, credentials, forcePathStyle: true },
    endpoint: config.endpoints.s3 ?? '',
  })

/** A store that answers each request in one way: for what a well store does not do. */
async function openBroken(answer: (response: ServerResponse) => void) {
  const server = createServer((_, response) => answer(response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const s3 = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const access = { config: testConfig({ endpoints: { s3 } }), credentials: async () => TEST_CREDENTIALS }
  const dispose = () => new Promise<void>((resolve) => server.close(() => resolve()))
  return { storage: storageOf(access), [Symbol.asyncDispose]: dispose }
}

describe('a store that is not well', () => {
  it('fails a reader whose bytes break off', async () => {
    await using at = await openBroken((response) => {
      const time = new Date().toUTCString()
      response.writeHead(200, { 'content-length': 100, etag: '"x"', 'last-modified': time })
      response.write('half', () => response.destroy())
    })
    const found = await at.storage.get('media', 'a')
    await expect(Array.fromAsync(found?.body ?? [])).rejects.toThrow(StorageFailed)
  })
  it('fails a request that it answers with 503 each time', async () => {
    await using at = await openBroken((response) => void response.writeHead(503).end())
    await expect(at.storage.head('media', 'a')).rejects.toThrow(StorageFailed)
  })
  it('fails an answer that leaves out what the port tells', async () => {
    await using at = await openBroken((response) => void response.writeHead(200).end())
    await expect(at.storage.head('media', 'a')).rejects.toThrow('left out')
  })
})

describe.skipIf(missing !== undefined)(`S3${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  objectContract('S3 by radosgw', openStored)
  keyContract('S3 by radosgw', openStored)
  uploadContract('S3 by radosgw', openStored)

  it('refuses a part request whose number was changed with 403', async () => {
    await using at = await openStored()
    const upload = await at.storage.startParts('uploads', 'a', PLAIN)
    const part = { number: 1, sizeBytes: 3, expiresAt: at.later }
    const signed = await at.storage.signPart('uploads', 'a', upload, part)
    const url = signed.url.replace('partNumber=1', 'partNumber=2')
    expect(await at.send({ ...signed, url }, Buffer.from('one'))).toMatchObject({ status: 403 })
  })
  it('joins parts whose etags come with their quotes, as in the header', async () => {
    await using at = await openStored()
    const upload = await at.storage.startParts('uploads', 'a', PLAIN)
    const part = { number: 1, sizeBytes: 3, expiresAt: at.later }
    const signed = await at.storage.signPart('uploads', 'a', upload, part)
    await at.send(signed, Buffer.from('one'))
    const [{ etag = '' } = {}] = (await at.storage.listParts('uploads', 'a', upload)) ?? []
    const quoted = [{ number: 1, etag: `"${etag}"` }]
    expect(await at.storage.completeParts('uploads', 'a', upload, quoted)).toMatchObject({ sizeBytes: 3 })
  })
  it.each([
    ['an unknown key', 'NOBODY', TEST_CREDENTIALS.secretAccessKey],
    ['a wrong secret', TEST_CREDENTIALS.accessKeyId, 'wrong'],
  ])('takes a denial for %s for a failure, never for absence', async (_, key, secret) => {
    await using at = await openStored()
    const denied = as(at.access, key, secret)
    const answers = await Promise.allSettled([denied.get('media', 'a'), denied.head('media', 'a')])
    expect(answers.map((answer) => answer.status === 'rejected' && answer.reason)).toEqual([
      expect.any(StorageFailed),
      expect.any(StorageFailed),
    ])
  })
  it('takes a bucket that is not there for a failure, never for absence', async () => {
    await using at = await openStored()
    const buckets = { uploads: 'no-such-bucket-1', media: 'no-such-bucket-2' }
    const storage = storageOf({ ...at.access, config: { ...at.access.config, buckets } })
    await expect(storage.head('media', 'a')).rejects.toThrow('NoSuchBucket')
  })
  it('keeps what S3 said as the cause of a failure', async () => {
    await using at = await openStored()
    const denied = as(at.access, TEST_CREDENTIALS.accessKeyId, 'wrong').put(
      'media',
      'a',
      Buffer.from('x'),
      PLAIN,
    )
    await expect(denied).rejects.toMatchObject({ cause: { name: 'SignatureDoesNotMatch' } })
  })
  it('gives back a stream of three parts as it came, in chunks of odd lengths', async () => {
    await using at = await openStored()
    const chunk = Buffer.from(Array.from({ length: 1_000_003 }, (_, i) => (i * 31) % 251))
    const film = Buffer.concat(Array.from({ length: 18 }, () => chunk))
    await at.storage.put('media', 'film', chunks(film, 777_777), PLAIN)
    const found = await at.storage.get('media', 'film')
    expect(Buffer.concat(await Array.fromAsync(found?.body ?? [])).equals(film)).toBe(true)
  })
  it('emits one event for a stream of several parts', async () => {
    await using at = await openStored()
    const { etag } = await at.storage.put('media', 'film', chunks(Buffer.alloc(9_000_000), 100_000), PLAIN)
    expect(at.created.map(({ data }) => data)).toMatchObject([{ key: 'film', sizeBytes: 9_000_000, etag }])
  })
  it('leaves neither object nor parts when a stream of several parts breaks', async () => {
    await using at = await openStored()
    const broken = (async function* () {
      yield Buffer.alloc(20_000_000)
      throw new Error('the source broke')
    })()
    await expect(at.storage.put('media', 'film', broken, PLAIN)).rejects.toThrow('the source broke')
    const { Uploads } = await clientOf(at.access).send(
      new ListMultipartUploadsCommand({ Bucket: at.access.config.buckets.media }),
    )
    expect([await at.storage.head('media', 'film'), Uploads]).toEqual([undefined, undefined])
  })
  it('tells the whole size beside a range', async () => {
    await using at = await openStored()
    await at.storage.put('media', 'a', Buffer.from('0123456789'), PLAIN)
    const found = await at.storage.get('media', 'a', { start: 2, end: 4 })
    await Array.fromAsync(found?.body ?? [])
    expect(found?.object.sizeBytes).toBe(10)
  })
  it('refuses a range that ends before it starts', async () => {
    await using at = await openStored()
    await at.storage.put('media', 'a', Buffer.from('0123456789'), PLAIN)
    await expect(at.storage.get('media', 'a', { start: 4, end: 2 })).rejects.toThrow(RangeRefused)
  })
  it('keeps the cache control of an object', async () => {
    await using at = await openStored()
    await at.storage.put('media', 'a', Buffer.from('x'), { ...PLAIN, cacheControl: 'max-age=60' })
    const { config } = at.access
    const found = await clientOf(at.access).send(
      new HeadObjectCommand({ Bucket: config.buckets.media, Key: 'a' }),
    )
    expect(found.CacheControl).toBe('max-age=60')
  })
  it('does not take an object for the work of an upload that another write replaced', async () => {
    await using at = await openStored()
    const upload = await at.storage.startParts('uploads', 'a', PLAIN)
    const part = { number: 1, sizeBytes: 3, expiresAt: at.later }
    await at.send(await at.storage.signPart('uploads', 'a', upload, part), Buffer.from('one'))
    const parts = (await at.storage.listParts('uploads', 'a', upload)) ?? []
    await at.storage.completeParts('uploads', 'a', upload, parts)
    await at.storage.put('uploads', 'a', Buffer.from('another'), PLAIN)
    await expect(at.storage.completeParts('uploads', 'a', upload, parts)).rejects.toThrow(PartsRefused)
  })
  it('gives a URL that nobody may change', async () => {
    await using at = await openStored()
    for (const key of ['a', 'b']) await at.storage.put('media', key, Buffer.from('x'), PLAIN)
    const url = await at.storage.readUrl('media', 'a', at.later)
    expect((await fetch(url.replace('/a?', '/b?'))).status).toBe(403)
  })
  it('lets nobody read without a signature', async () => {
    await using at = await openStored()
    await at.storage.put('media', 'a', Buffer.from('x'), PLAIN)
    const url = await at.storage.readUrl('media', 'a', at.later)
    expect((await fetch(url.slice(0, url.indexOf('?')))).status).toBe(403)
  })
})

async function* chunks(bytes: Uint8Array, size: number): AsyncIterable<Uint8Array> {
  // One buffer for all, as a file reader may do.
  const buffer = Buffer.alloc(size)
  for (let i = 0; i < bytes.length; i += size) {
    const piece = bytes.subarray(i, i + size)
    buffer.set(piece)
    yield buffer.subarray(0, piece.length)
  }
}
