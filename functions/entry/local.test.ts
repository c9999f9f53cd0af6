import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openTestDatabase } from '../../adapters/local/testing/database.ts'
import { memoryLog } from '../../adapters/local/testing/log.ts'
import { talk } from '../../adapters/node/testing/server.ts'
import { startPlatform } from './local.ts'
import { openTestPlatform } from './testing/platform.ts'

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

it('no longer listens when its start has failed', async () => {
  await using database = await openTestDatabase()
  const home = await mkdtemp(join(tmpdir(), 'skyreel-test-'))
  const port = await freePort()
  const wrong = { home, port, log: memoryLog(), databaseUrl: database.url, config: { unitsAtOnce: 0 } }
  await expect(startPlatform(wrong)).rejects.toThrow('unitsAtOnce')
  await rm(home, { recursive: true, force: true })
  await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toMatchObject({
    cause: { code: 'ECONNREFUSED' },
  })
})

describe('a body that is only announced', () => {
  it.each([
    ['POST', '/no/such/path', 12_000_000, 404],
    ['POST', '/v1/no/such/path', 12_000_000, 404],
    ['DELETE', '/v1/signup', 12_000_000, 405],
    ['POST', '/v1/signup', 300_000, 413],
    ['GET', '/v1/videos', 20_000, 413],
    ['PUT', '/v1/videos/vid_x/captions/en', 2_000_000, 413],
  ])('is not waited for by %s %s with %i bytes, which gets %i', async (method, path, length, status) => {
    await using at = await openTestPlatform()
    const head = `${method} ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: ${length}\r\n\r\n`
    const answer = await talk(Number(new URL(at.platform.origin).port), head)
    expect(answer.slice(0, 12)).toBe(`HTTP/1.1 ${status}`)
  })
  it('may be as long as its route takes', async () => {
    await using at = await openTestPlatform()
    const long = { email: 'a@example.org', password: 'x'.repeat(262_144 - 42) }
    expect(JSON.stringify(long).length).toBeLessThanOrEqual(262_144)
    expect(await at.nobody.refusal('POST', '/v1/signup', long)).toBe('422 invalid-input body.password')
  })
})
