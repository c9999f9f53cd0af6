import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keyContract, objectContract } from '../../core/ports/storage.contract.ts'
import { PartsRefused, StorageFailed } from '../../core/ports/storage.ts'
import { uploadContract } from '../../core/ports/storage-upload.contract.ts'
import { openIds } from '../node/ids.ts'
import type { StorageAccount } from './config.ts'
import { openAzureStorage } from './storage.ts'
import { type Azurite, azuriteMissing, openAzurite } from './testing/azurite.ts'
import { noIdentity, type OpenedAzureStorage, openStorageOn } from './testing/storage.ts'

const missing = azuriteMissing()

/** An upload with one part stored. */
async function begin(at: OpenedAzureStorage, key: string) {
  const upload = await at.storage.startParts('uploads', key, { contentType: 'video/mp4' })
  const part = { number: 1, sizeBytes: 3, expiresAt: at.later }
  await at.send(await at.storage.signPart('uploads', key, upload, part), Buffer.from('one'))
  return { upload, parts: (await at.storage.listParts('uploads', key, upload)) ?? [] }
}

const GAPS = [
  {
    test: 'refuses a part of another length',
    because: 'a SAS cannot bind the length of a block; the wrong one shows in listParts, under another etag',
  },
  {
    test: 'refuses a request that was signed for another part with 403',
    because: 'a SAS binds blob, permission and end; the block is named in the query, which is not signed',
  },
]

describe.skipIf(missing !== undefined)(`the blob store${missing ? ` (${missing})` : ''}`, () => {
  let azurite: Azurite
  beforeAll(async () => {
    azurite = await openAzurite()
  })
  afterAll(() => azurite[Symbol.asyncDispose]())
  const open = () => openStorageOn(azurite)

  objectContract('Azure Blob Storage', open)
  keyContract('Azure Blob Storage', open)
  uploadContract('Azure Blob Storage', open, GAPS)

  const opened = ({ config, secrets }: Awaited<ReturnType<typeof open>>, over: Partial<StorageAccount>) =>
    openAzureStorage({
      config: { ...config, storage: { ...config.storage, ...over } },
      ...{ credential: noIdentity, secrets, ids: openIds() },
    })

  it('tells a denied credential as a failure, never as an absence', async () => {
    await using at = await open()
    const denied = opened(at, { key: Buffer.alloc(64, 1).toString('base64') })
    await expect(denied.head('media', 'a')).rejects.toThrow(StorageFailed)
  })
  it('tells a container that is not there as a failure, never as an absence', async () => {
    await using at = await open()
    const { config, secrets } = at
    const buckets = { uploads: 'no-such-container', media: 'no-such-container' }
    const rest = { credential: noIdentity, secrets, ids: openIds() }
    const lost = openAzureStorage({ config: { ...config, buckets }, ...rest })
    await expect(lost.head('media', 'a')).rejects.toMatchObject({
      name: 'StorageFailed',
      message: 'head failed for a: ContainerNotFound',
    })
  })
  it('stores a stream of unknown length in blocks, whole and in order', async () => {
    await using at = await open()
    const bytes = Buffer.alloc(20 * 1024 ** 2 + 7, 'skyreel')
    const pieces = (async function* () {
      for (let i = 0; i < bytes.length; i += 3_000_000) yield bytes.subarray(i, i + 3_000_000)
    })()
    const made = await at.storage.put('media', 'a', pieces, { contentType: 'video/mp4' })
    const found = await at.storage.get('media', 'a')
    expect(made.sizeBytes).toBe(bytes.length)
    expect(Buffer.concat(await Array.fromAsync(found?.body ?? [])).equals(bytes)).toBe(true)
  })
  it('reads a large object to its end though it is replaced meanwhile', async () => {
    await using at = await open()
    const how = { contentType: 'video/mp4' }
    const old = Buffer.alloc(24 * 1024 ** 2, 'old')
    await at.storage.put('media', 'a', old, how)
    const reading = (await at.storage.get('media', 'a'))?.body[Symbol.asyncIterator]()
    const first = await reading?.next()
    await at.storage.put('media', 'a', Buffer.alloc(24 * 1024 ** 2, 'new'), how)
    const chunks = [first?.value]
    for (let next = await reading?.next(); !next?.done; next = await reading?.next()) chunks.push(next?.value)
    expect(Buffer.concat(chunks).equals(old)).toBe(true)
  })
  it('keeps the cache control of a put and of an upload', async () => {
    await using at = await open()
    const how = { contentType: 'video/mp4', cacheControl: 'private, max-age=60' }
    await at.storage.put('media', 'put', Buffer.from('x'), how)
    const upload = await at.storage.startParts('media', 'joined', how)
    const part = { number: 1, sizeBytes: 1, expiresAt: at.later }
    await at.send(await at.storage.signPart('media', 'joined', upload, part), Buffer.from('x'))
    await at.storage.completeParts('media', 'joined', upload, [{ number: 1, etag: 'size-1' }])
    const told = ['put', 'joined'].map(async (key) => {
      const answer = await fetch(await at.storage.readUrl('media', key, at.later))
      await answer.arrayBuffer()
      return answer.headers.get('cache-control')
    })
    expect(await Promise.all(told)).toEqual([how.cacheControl, how.cacheControl])
  })
  it('shows a part of another length under another etag, so that it cannot be taken for the right one', async () => {
    await using at = await open()
    const upload = await at.storage.startParts('uploads', 'f', { contentType: 'video/mp4' })
    const part = { number: 1, sizeBytes: 5, expiresAt: at.later }
    await at.send(await at.storage.signPart('uploads', 'f', upload, part), Buffer.from('sixsix'))
    const whole = [{ number: 1, etag: 'size-5' }]
    await expect(at.storage.completeParts('uploads', 'f', upload, whole)).rejects.toThrow(PartsRefused)
  })
  it('leaves an upload alone when another one of the same key is aborted', async () => {
    await using at = await open()
    const [one, two] = [await begin(at, 'f'), await begin(at, 'f')]
    await at.storage.abortParts('uploads', 'f', one.upload)
    await at.storage.completeParts('uploads', 'f', two.upload, two.parts)
    expect((await at.storage.head('uploads', 'f'))?.sizeBytes).toBe(3)
  })
  it('says that an upload is over once another one of the same key is complete', async () => {
    await using at = await open()
    const [one, two] = [await begin(at, 'f'), await begin(at, 'f')]
    await at.storage.completeParts('uploads', 'f', two.upload, two.parts)
    expect(await at.storage.listParts('uploads', 'f', one.upload)).toBeUndefined()
  })
  it('opens no object to the public', async () => {
    await using at = await open()
    await at.storage.put('media', 'a', Buffer.from('x'), { contentType: 'text/plain' })
    const bare = (await at.storage.readUrl('media', 'a', at.later)).split('?')[0] ?? ''
    expect((await fetch(bare)).status).toBeGreaterThanOrEqual(400)
  })
  it('does not let a read URL write, nor a part’s URL read', async () => {
    await using at = await open()
    await at.storage.put('uploads', 'f', Buffer.from('x'), { contentType: 'text/plain' })
    const upload = await at.storage.startParts('uploads', 'f', { contentType: 'video/mp4' })
    const part = { number: 1, sizeBytes: 1, expiresAt: at.later }
    const write = (await at.storage.signPart('uploads', 'f', upload, part)).url.split('&comp=')[0] ?? ''
    const read = await at.storage.readUrl('uploads', 'f', at.later)
    const put = { method: 'PUT', headers: { 'x-ms-blob-type': 'BlockBlob' }, body: 'y' }
    expect([(await fetch(read, put)).status, (await fetch(write)).status]).toEqual([403, 403])
  })
})
