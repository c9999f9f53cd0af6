import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { systemClock } from '../node/clock.ts'
import { openGcpCredentials, openGoogleApi } from './credentials.ts'
import { json, openServer, type Received } from './testing/server.ts'

afterEach(() => void vi.unstubAllEnvs())

/** The metadata server of the platform; `requests` are the paths that it was asked for. */
async function openMetadata() {
  const requests: string[] = []
  const answer = async ({ path, headers }: Received) => {
    requests.push(path)
    const flavor = { 'metadata-flavor': 'Google' }
    if (headers['metadata-flavor'] !== 'Google') return { status: 403 }
    if (!path.endsWith('/service-accounts/default/token'))
      return { status: 200, headers: flavor, body: 'demo' }
    const reply = json({ access_token: 'ya29.of-the-platform', expires_in: 3599, token_type: 'Bearer' })
    return { ...reply, headers: { ...reply.headers, ...flavor } }
  }
  const server = await openServer(answer, (error) => void requests.push(String(error)))
  vi.stubEnv('GCE_METADATA_HOST', server.origin.slice('http://'.length))
  vi.stubEnv('METADATA_SERVER_DETECTION', 'assume-present')
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', '')
  vi.stubEnv('HOME', '/nonexistent')
  return { ...server, requests }
}

describe('credentials on Google Cloud', () => {
  it('come from the metadata server of the platform', async () => {
    await using _ = await openMetadata()
    expect(await openGcpCredentials().token()).toBe('ya29.of-the-platform')
  })
  it('are kept while they are good', async () => {
    await using metadata = await openMetadata()
    const credentials = openGcpCredentials()
    for (let i = 0; i < 3; i++) await credentials.token()
    expect(metadata.requests.filter((path) => path.endsWith('/token'))).toHaveLength(1)
  })
})

describe('Google’s services', () => {
  const credentials = openGcpCredentials({ token: 'ya29.hush' })
  const api = openGoogleApi({ credentials, clock: systemClock })

  it('tell their own reason in the error, and no token', async () => {
    const refusal = json(
      { error: { code: 403, message: 'The caller lacks it.', status: 'PERMISSION_DENIED' } },
      403,
    )
    await using server = await openServer(async () => refusal, raise)
    const error = await api({ method: 'POST', url: server.origin, body: {} }).catch((e: unknown) => e)
    expect(error).toMatchObject({ status: 403, code: 'PERMISSION_DENIED' })
    expect(String(error)).toMatch(/^(?!.*hush).*The caller lacks it/)
  })
  it('are asked again when an answer breaks off', async () => {
    let requests = 0
    const server = createServer((_, response) => {
      requests += 1
      response.writeHead(200, { 'content-length': '100' })
      response.write('{')
      if (requests > 1) response.end('"done":true}'.padEnd(99))
      else setImmediate(() => response.destroy())
    })
    onTestFinished(() => void server.close())
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as AddressInfo
    expect(await api({ method: 'GET', url: `http://127.0.0.1:${port}/` })).toEqual({ done: true })
  })
  it('are asked again when they are busy', async () => {
    let requests = 0
    await using server = await openServer(
      async () => (++requests < 3 ? { status: 429 } : json({ done: true })),
      raise,
    )
    expect(await api({ method: 'GET', url: server.origin })).toEqual({ done: true })
  })
  it('are asked once where a second time could do harm', async () => {
    let requests = 0
    await using server = await openServer(async () => {
      requests++
      return { status: 503 }
    }, raise)
    await expect(api({ method: 'POST', url: server.origin, attempts: 1 })).rejects.toMatchObject({
      status: 503,
    })
    expect(requests).toBe(1)
  })
  it('are a failure when a proxy answers for them with a page', async () => {
    await using server = await openServer(async () => ({ status: 200, body: '<html>sign in</html>' }), raise)
    await expect(api({ method: 'GET', url: server.origin })).rejects.toMatchObject({ code: 'UNKNOWN' })
  })
})

function raise(error: unknown): never {
  throw error
}
