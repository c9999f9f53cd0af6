import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Storage } from '../../core/ports/storage.ts'
import { systemClock } from '../node/clock.ts'
import { openIds } from '../node/ids.ts'
import { openManagedIdentity } from './credentials.ts'
import { openAzureQueue } from './queue.ts'
import { openAzureStorage } from './storage.ts'
import { ACCOUNT, ACCOUNT_KEY, type Azurite, azuriteMissing, openAzurite } from './testing/azurite.ts'
import { opensslMissing, trustedCertificate } from './testing/certificate.ts'
import { type IdentityServer, openIdentity } from './testing/identity.ts'

const missing = azuriteMissing() ?? opensslMissing()

// As in the cloud: HTTPS, tokens of the identity for every request, the account key for signed URLs alone.
describe.skipIf(missing !== undefined)(`stores by managed identity${missing ? ` (${missing})` : ''}`, () => {
  const stack = new AsyncDisposableStack()
  let azurite: Azurite
  let identity: IdentityServer
  let storage: Storage
  beforeAll(async () => {
    azurite = stack.use(await openAzurite(stack.use(await trustedCertificate())))
    identity = stack.use(await openIdentity())
    storage = await openStorage()
  })
  afterAll(() => stack.disposeAsync())

  const account = () => ({
    account: ACCOUNT,
    blobEndpoint: azurite.blobEndpoint,
    queueEndpoint: azurite.queueEndpoint,
    key: undefined,
  })
  const openStorage = async () => {
    const media = await azurite.makeContainer('media')
    const config = { storage: account(), buckets: { uploads: media, media } }
    const credential = openManagedIdentity(identity.identity, systemClock)
    const secrets = { get: async () => ACCOUNT_KEY }
    return openAzureStorage({ config, credential, secrets, ids: openIds() })
  }
  const later = () => new Date(Date.now() + 60_000)

  it('stores and reads an object with a token', async () => {
    await storage.put('media', 'a', Buffer.from('film'), { contentType: 'video/mp4' })
    const found = await storage.get('media', 'a')
    expect(Buffer.concat(await Array.fromAsync(found?.body ?? [])).toString()).toBe('film')
  })
  it('signs URLs that are good over HTTPS', async () => {
    await storage.put('media', 'b', Buffer.from('film'), { contentType: 'video/mp4' })
    const url = await storage.readUrl('media', 'b', later())
    expect([url.includes('spr=https'), await (await fetch(url)).text()]).toEqual([true, 'film'])
  })
  it('joins parts that a client has sent', async () => {
    const upload = await storage.startParts('media', 'c', { contentType: 'video/mp4' })
    const part = { number: 1, sizeBytes: 3, expiresAt: later() }
    const { url, method, headers } = await storage.signPart('media', 'c', upload, part)
    await fetch(url, { method, headers, body: 'one' })
    const parts = (await storage.listParts('media', 'c', upload)) ?? []
    expect(await storage.completeParts('media', 'c', upload, parts)).toMatchObject({ sizeBytes: 3 })
  })
  it('sends a message with a token', async () => {
    await azurite.makeQueue('skyreel-greeter')
    const credential = openManagedIdentity(identity.identity, systemClock)
    const queue = openAzureQueue({ config: { storage: account(), queues: 'skyreel-' }, credential })
    await expect(queue.send('greeter', 'hello')).resolves.toBeUndefined()
  })
  it('asks for one token for all of it', async () => {
    const before = identity.requests.length
    const fresh = await openStorage()
    await Promise.all(['x', 'y', 'z'].map((key) => fresh.head('media', key)))
    expect(identity.requests.length - before).toBe(1)
  })
  it('tells a token that the store refuses as a failure', async () => {
    const getToken = async () => ({ token: 'forged', expiresOnTimestamp: Date.now() + 3_600_000 })
    const config = { storage: account(), buckets: { uploads: 'media', media: 'media' } }
    const secrets = { get: async () => ACCOUNT_KEY }
    const denied = openAzureStorage({ config, credential: { getToken }, secrets, ids: openIds() })
    await expect(denied.head('media', 'a')).rejects.toMatchObject({ name: 'StorageFailed' })
  })
})
