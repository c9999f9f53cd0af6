import { randomBytes } from 'node:crypto'
import { QueueServiceClient, StorageSharedKeyCredential } from '@azure/storage-queue'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CONFIG_DEFAULTS } from '../../core/run/config.ts'
import type { VideoId } from '../../core/run/id.ts'
import { NotSupported } from '../../core/run/not-supported.ts'
import { openTestDatabase } from '../local/testing/database.ts'
import { memoryLog } from '../local/testing/log.ts'
import { openNeonProxy } from '../neon/testing/neon-proxy.ts'
import { openAzurePorts } from './ports.ts'
import { ACCOUNT, ACCOUNT_KEY, type Azurite, azuriteMissing, openAzurite } from './testing/azurite.ts'
import { openContainerJobs } from './testing/container-jobs.ts'
import { anAzureEnvironment, THUMBNAILS_JOB, TRANSCODE_JOB } from './testing/environment.ts'
import { openEventGrid } from './testing/event-grid.ts'
import { openIdentity } from './testing/identity.ts'
import { openKeyVault } from './testing/key-vault.ts'
import { openKeyVaultKeys } from './testing/key-vault-keys.ts'

const missing = azuriteMissing()

/** A whole deployment: every service that the column talks to, and the environment that names them. */
async function openDeployment(azurite: Azurite) {
  const stack = new AsyncDisposableStack()
  const [test, identity] = [stack.use(await openTestDatabase()), stack.use(await openIdentity())]
  const { hostname, port } = new URL(test.url)
  const neon = stack.use(await openNeonProxy({ host: hostname, port: Number(port) }))
  const vault = stack.use(
    await openKeyVault(identity, {
      'database-url': test.url,
      'storage-key': ACCOUNT_KEY,
      'delivery-key': randomBytes(32).toString('base64url'),
    }),
  )
  const { queueEndpoint } = azurite
  const subscriptions = [{ name: 'greeter', types: ['user.registered'], to: { queue: 'skyreel-greeter' } }]
  const grid = stack.use(await openEventGrid({ identity, queueEndpoint, subscriptions }))
  const jobIds = [TRANSCODE_JOB, THUMBNAILS_JOB]
  const command = [process.execPath, '-e', 'process.stdin.resume()'] as const
  const containers = stack.use(await openContainerJobs({ identity, jobIds, command, listsBehind: 4 }))
  const env = {
    ...anAzureEnvironment(),
    SKYREEL_STORAGE_ACCOUNT: ACCOUNT,
    SKYREEL_STORAGE_KEY: ACCOUNT_KEY,
    SKYREEL_BLOB_ENDPOINT: azurite.blobEndpoint,
    SKYREEL_QUEUE_ENDPOINT: queueEndpoint,
    SKYREEL_BUCKET_UPLOADS: await azurite.makeContainer('uploads'),
    SKYREEL_BUCKET_MEDIA: await azurite.makeContainer('media'),
    SKYREEL_BUS: grid.endpoint,
    SKYREEL_SECRETS: vault.origin,
    SKYREEL_RESOURCE_MANAGER: containers.origin,
    SKYREEL_NEON_PROXY: neon.endpoint,
    IDENTITY_ENDPOINT: identity.identity.endpoint,
    IDENTITY_HEADER: identity.identity.header,
  }
  const open = () => {
    const config = { ...CONFIG_DEFAULTS, publicOrigin: 'https://api.example.org' }
    const { ports, close } = openAzurePorts({ env, log: memoryLog(), config })
    stack.defer(close)
    return ports
  }
  return { open, vault, identity, grid, containers, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

const input = { videoId: 'vid_1' as string as VideoId, generation: 1 }

describe.skipIf(missing !== undefined)(`the Azure column${missing ? ` (${missing})` : ''}`, () => {
  let azurite: Azurite
  beforeAll(async () => {
    azurite = await openAzurite()
    await azurite.makeQueue('skyreel-greeter')
  })
  afterAll(() => azurite[Symbol.asyncDispose]())

  it('asks nobody for anything before a port is used', async () => {
    await using at = await openDeployment(azurite)
    at.open()
    expect([...at.identity.requests, ...at.vault.requests]).toEqual([])
  })
  it('reaches the database by the connection string of the vault', async () => {
    await using at = await openDeployment(azurite)
    expect(await at.open().db.execute(sql`select 1 + 1 as two`)).toMatchObject({ rows: [{ two: 2 }] })
  })
  it('stores an object, and signs it by the key of the vault', async () => {
    await using at = await openDeployment(azurite)
    const { storage } = at.open()
    await storage.put('media', 'a', Buffer.from('film'), { contentType: 'video/mp4' })
    const answer = await fetch(await storage.readUrl('media', 'a', new Date(Date.now() + 60_000)))
    expect(await answer.text()).toBe('film')
  })
  it('brings an event of the bus and a message of the queue to the same consumer', async () => {
    await using at = await openDeployment(azurite)
    const { bus, queue } = at.open()
    const time = '2026-01-01T00:00:00.000Z'
    await bus.publish([{ id: 'e', type: 'user.registered', source: 's', time, data: { userId: 'u' } }])
    await at.grid.idle()
    await queue.send('greeter', 'by the queue')
    const by = new StorageSharedKeyCredential(ACCOUNT, ACCOUNT_KEY)
    const client = new QueueServiceClient(azurite.queueEndpoint, by).getQueueClient('skyreel-greeter')
    const { receivedMessageItems: taken } = await client.receiveMessages({ numberOfMessages: 10 })
    const texts = taken.map(({ messageText }) => messageText)
    expect([texts.length, texts.includes('by the queue')]).toEqual([2, true])
  })
  it('starts a job once where two processes ask at once', async () => {
    await using at = await openDeployment(azurite)
    const columns = [at.open(), at.open()]
    await Promise.all(columns.map(({ jobs }) => jobs.start('transcode', 'a', input)))
    expect(at.containers.requests.filter((line) => line.endsWith('/start'))).toHaveLength(1)
  })
  it('leads a playlist to our API and a segment to Front Door', async () => {
    await using at = await openDeployment(azurite)
    const { cdn } = at.open()
    const urls = ['a.m3u8', 'a.m4s'].map((file) => cdn.sign('v/1/', file, new Date(Date.now() + 60_000)))
    expect((await Promise.all(urls)).map(({ url }) => new URL(url).origin)).toEqual([
      'https://api.example.org',
      'https://media.example.org',
    ])
  })
})

describe('the Azure column and the keys of films', () => {
  const open = (more: Readonly<Record<string, string>>) => {
    const config = { ...CONFIG_DEFAULTS, publicOrigin: 'https://api.example.org' }
    return openAzurePorts({ env: { ...anAzureEnvironment(), ...more }, log: memoryLog(), config }).ports
  }

  it('wraps none where it is not told by what', async () => {
    await expect(open({}).keyVault.version()).rejects.toThrow(NotSupported)
  })
  it('wraps them with the key that it is told', async () => {
    await using identity = await openIdentity()
    await using vault = await openKeyVaultKeys(identity)
    const { keyVault } = open({
      SKYREEL_KEY_VAULT_KEY: vault.key,
      IDENTITY_ENDPOINT: identity.identity.endpoint,
      IDENTITY_HEADER: identity.identity.header,
    })
    expect(await keyVault.version()).toMatch(new RegExp(`^${vault.key}/[0-9a-f]{32}$`))
  })
})
