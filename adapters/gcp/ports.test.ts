import { describe, expect, it } from 'vitest'
import { users } from '../../core/database/schema.ts'
import { CONFIG_DEFAULTS } from '../../core/run/config.ts'
import type { VideoId } from '../../core/run/id.ts'
import { NotSupported } from '../../core/run/not-supported.ts'
import { openTestDatabase } from '../local/testing/database.ts'
import { memoryLog } from '../local/testing/log.ts'
import { openNeonProxy } from '../neon/testing/neon-proxy.ts'
import { openGcpPorts } from './ports.ts'
import { openGcpCloud } from './testing/cloud.ts'
import { anEnv, TOKEN } from './testing/env.ts'
import { openCloudKms } from './testing/kms.ts'

async function open() {
  const stack = new AsyncDisposableStack()
  const test = stack.use(await openTestDatabase())
  const { hostname, port } = new URL(test.url)
  const proxy = stack.use(await openNeonProxy({ host: hostname, port: Number(port) }))
  const cloud = stack.use(
    await openGcpCloud({
      databaseUrl: test.url,
      neonProxy: proxy.endpoint,
      consumers: ['transcode-starter'],
      job: { command: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'] },
    }),
  )
  const config = { ...CONFIG_DEFAULTS, uploadMaxBytes: 1000, publicOrigin: 'http://localhost' }
  const openColumn = () => {
    const column = openGcpPorts({ env: cloud.env, log: memoryLog(), config })
    stack.defer(column.close)
    return column.ports
  }
  return { cloud, openColumn, ports: openColumn(), [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

const input = { videoId: 'vid_1' as string as VideoId, generation: 1 }

describe('the Google column', () => {
  it('reads its database’s address from the secrets', async () => {
    await using at = await open()
    expect(await at.ports.db.$count(users)).toBe(0)
  })
  it('stores an object that its CDN delivers', async () => {
    await using at = await open()
    await at.ports.storage.put('media', 'v/1/a.txt', Buffer.from('bytes'), { contentType: 'text/plain' })
    const { url } = await at.ports.cdn.sign('v/1/', 'a.txt', new Date(Date.now() + 60_000))
    expect(await (await fetch(url)).text()).toBe('bytes')
  })
  it('signs what a client sends with the key of its secrets', async () => {
    await using at = await open()
    const upload = await at.ports.storage.startParts('uploads', 'a', { contentType: 'video/mp4' })
    const part = { number: 1, sizeBytes: 3, expiresAt: new Date(Date.now() + 60_000) }
    const { url, method } = await at.ports.storage.signPart('uploads', 'a', upload, part)
    expect((await fetch(url, { method, body: 'one' })).status).toBe(200)
  })
  it('publishes events and puts messages before a consumer', async () => {
    await using at = await open()
    const time = '2026-01-01T00:00:00.000Z'
    await at.ports.bus.publish([
      { id: 'evt_1', type: 'user.registered', source: 'test', time, data: { userId: 'usr_1' } },
    ])
    await at.ports.queue.send('transcode-starter', '{}')
    expect(at.cloud.pubsub.batches).toEqual([1, 1])
  })
  it('starts a job once when two processes ask at the same time', async () => {
    await using at = await open()
    const columns = [at.openColumn(), at.openColumn()]
    await Promise.all(columns.map(({ jobs }) => jobs.start('transcode', 'a', input)))
    await at.ports.jobs.stop('a')
    expect(at.cloud.run.refusals).toEqual([])
    expect(at.cloud.run.executions).toHaveLength(1)
  })
  it('wraps no keys where it is not told by what', () => {
    const config = { ...CONFIG_DEFAULTS, publicOrigin: 'http://localhost' }
    const { ports } = openGcpPorts({ env: anEnv(), log: memoryLog(), config })
    return expect(ports.keyVault.version()).rejects.toThrow(NotSupported)
  })
  it('wraps with the key that it is told', async () => {
    const key = 'projects/p/locations/global/keyRings/r/cryptoKeys/films'
    await using kms = await openCloudKms({ token: TOKEN, key })
    const config = { ...CONFIG_DEFAULTS, publicOrigin: 'http://localhost' }
    const env = anEnv({ SKYREEL_KEY_VAULT_KEY: key, SKYREEL_GCP_KMS_URL: kms.origin })
    const { ports } = openGcpPorts({ env, log: memoryLog(), config })
    expect(await ports.keyVault.version()).toBe(`${key}/cryptoKeyVersions/1`)
  })
  it('has no media tools where none are given', async () => {
    await using at = await open()
    const watch = { signal: new AbortController().signal, progress: () => undefined }
    await expect(at.ports.media.probe('a', watch)).rejects.toThrow(NotSupported)
  })
})
