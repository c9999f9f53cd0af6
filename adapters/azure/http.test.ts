import { type IncomingMessage, type RequestOptions, request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FunctionsHost } from './testing/functions-host.ts'
import { openFixture, seenBy, until } from './testing/functions-host-bundle.ts'

const MODES = [
  { mode: 'whole messages', STREAM: '0' },
  { mode: 'streams', STREAM: '1' },
]

/** Closed counts of the streams that have ended. */
const closed = async (host: FunctionsHost) => (await seenBy(host)).map((one) => one.closed)

/** Sends exactly this target and these header bytes, which `fetch` would tidy. */
function raw(host: FunctionsHost, path: string, options: RequestOptions = {}): Promise<IncomingMessage> {
  const { hostname, port } = new URL(host.url)
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, ...options }, resolve)
    sent.on('error', reject)
    sent.end()
  })
}

async function told(answer: Promise<IncomingMessage>): Promise<Record<string, unknown>> {
  let text = ''
  for await (const chunk of (await answer).setEncoding('utf8')) text += chunk
  return JSON.parse(text)
}

describe.each(MODES)('a function on Azure, with $mode,', ({ STREAM }) => {
  let host: FunctionsHost
  beforeAll(async () => {
    host = await openFixture({ STREAM, TIMEOUT_SECONDS: '2' })
  })
  afterAll(() => host.stop())

  const bytes = Buffer.from('080112fffe80', 'hex')

  it('runs in the mode that it was started for', () => {
    expect(host.streaming).toBe(STREAM === '1')
  })
  it('takes exact bytes', async () => {
    const answer = await fetch(`${host.url}/x`, { method: 'POST', body: bytes })
    expect(await answer.json()).toMatchObject({ method: 'POST', body: '080112fffe80' })
  })
  it('takes no bytes where none were sent', async () => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${host.url}/x`, { method: 'POST', headers })
    expect(await answer.json()).toMatchObject({ body: '' })
  })
  it('takes broken JSON as it is', async () => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${host.url}/x`, { method: 'POST', headers, body: '{"a":' })
    expect(await answer.json()).toMatchObject({ body: Buffer.from('{"a":').toString('hex') })
  })
  it('refuses more than 12 MB', async () => {
    const answer = await fetch(`${host.url}/x`, { method: 'POST', body: new Uint8Array(12 * 1024 ** 2 + 1) })
    expect(answer.status).toBe(413)
  })
  it('keeps order, repetition, empty values and pluses of the query', async () => {
    expect(await told(raw(host, '/x?b=1&a=&b=2&c=1%2B1+2&b='))).toMatchObject({
      query: [
        ['b', '1'],
        ['a', ''],
        ['b', '2'],
        ['c', '1+1 2'],
        ['b', ''],
      ],
    })
  })
  it('does not take the authority from the path', async () => {
    expect(await told(raw(host, '//evil.com/x'))).toMatchObject({ path: '//evil.com/x' })
  })
  it('does not look at the authority of an absolute target', async () => {
    expect(await told(raw(host, 'http://evil.com/x'))).toMatchObject({ path: '/x' })
  })
  it('answers 400 for a path that cannot be read', async () => {
    expect((await fetch(`${host.url}/%ff`)).status).toBe(400)
  })
  it('has every header, joined where it was repeated', async () => {
    const headers = { 'x-name': Buffer.from('Zoë').toString('latin1'), 'x-twice': ['a', 'b'] }
    expect(await told(raw(host, '/x', { headers }))).toMatchObject({
      headers: { 'x-name': 'Zoë', 'x-twice': expect.stringMatching(/^a, ?b$/) },
    })
  })
  it('reads cookies once', async () => {
    const headers = { cookie: 'sid=a%20b; theme="dark"; sid=later' }
    const { cookies } = await told(raw(host, '/x', { headers }))
    expect(cookies).toEqual({ sid: 'a%20b', theme: 'dark' })
  })
  it('does not believe a client about its address', async () => {
    const headers = { 'x-forwarded-for': '6.6.6.6' }
    expect(await told(raw(host, '/x', { headers }))).toMatchObject({ clientIp: '127.0.0.1' })
  })
  it('keeps a well-formed request id', async () => {
    const answer = await fetch(`${host.url}/x`, { headers: { 'x-request-id': 'client-0001' } })
    expect(answer.headers.get('x-request-id')).toBe('client-0001')
  })
  it('makes the id of the invocation the id of the request', async () => {
    const id = (await fetch(`${host.url}/throw`)).headers.get('x-request-id')
    expect(host.lines.find((line) => line.message.includes(`${id}`))).toMatchObject({ invocationId: id })
  })
  it('sends exact bytes', async () => {
    const answer = await fetch(`${host.url}/bytes`, { method: 'POST', body: bytes })
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes)
  })
  it('leaves packed bytes alone', async () => {
    const packed = Buffer.from('H4sIAAAAAAAAAwMAAAAAAAAAAAA=', 'base64')
    const answer = await fetch(`${host.url}/gzip`, { method: 'POST', body: packed })
    expect([answer.headers.get('content-encoding'), await answer.text()]).toEqual(['gzip', ''])
  })
  it('adds no content type of its own', async () => {
    expect((await fetch(`${host.url}/cookies`)).headers.get('content-type')).toBeNull()
  })
  it('sends two cookies as two, with their attributes', async () => {
    const sent = (await fetch(`${host.url}/cookies`)).headers.getSetCookie()
    const parts = sent.map((cookie) => cookie.toLowerCase().split('; ').sort())
    expect(parts).toEqual([
      [
        'expires=wed, 21 oct 2037 07:28:00 gmt',
        ...['httponly', 'max-age=60', 'path=/', 'samesite=strict', 'secure', 'sid=a%20b'],
      ],
      ['domain=example.com', 'path=/watch', 'samesite=lax', 'theme=dark'],
    ])
  })
  it('keeps the case of a cookie and tells what it cannot carry', async () => {
    const [first] = (await fetch(`${host.url}/cookies`)).headers.getSetCookie()
    expect([
      first?.slice(0, 4),
      host.lines.some(({ message }) => message.includes('"lost":["priority"]')),
    ]).toEqual(['Sid=', true])
  })
  it('sends nothing with 204', async () => {
    const answer = await fetch(`${host.url}/empty`)
    expect([answer.status, await answer.text()]).toEqual([204, ''])
  })
  it('sends no body for HEAD', async () => {
    const answer = await fetch(`${host.url}/cookies`, { method: 'HEAD' })
    expect([answer.status, await answer.text()]).toEqual([200, ''])
  })
  it('answers 500 for a handler that throws and logs the error with its cause', async () => {
    expect((await fetch(`${host.url}/throw`)).status).toBe(500)
    const line = host.lines.find(({ message }) => message.includes('boom'))
    expect(JSON.parse(line?.message ?? '{}')).toMatchObject({
      ...{ level: 'error', path: '/throw', operation_Id: expect.stringMatching(/^[0-9a-f]{32}$/) },
      error: { message: 'boom', cause: { message: 'the reason' } },
    })
  })
  it('answers 504 for a handler that takes too long', async () => {
    const answer = await fetch(`${host.url}/hang`)
    expect([answer.status, await answer.json()]).toMatchObject([504, { code: 'deadline' }])
  })
  it('answers 500 for a header that the library would refuse', async () => {
    expect((await fetch(`${host.url}/unicode`)).status).toBe(500)
  })
  it('answers 500 after a failed load and loads again for the next request', async () => {
    const first = await fetch(`${host.url}/flaky`)
    const second = await fetch(`${host.url}/flaky`)
    expect([first.status, second.status]).toEqual([500, 200])
  })
  it('keeps interleaved requests apart', async () => {
    const asked = Array.from({ length: 20 }, (_, n) => ({ requestId: `request-${n}`, n: String(n) }))
    const answers = await Promise.all(
      asked.map(async ({ requestId, n }) => {
        const answer = await fetch(`${host.url}/wait?n=${n}`, { headers: { 'x-request-id': requestId } })
        return answer.json()
      }),
    )
    expect(answers).toEqual(asked)
  })
  it('sends a stream that ends', async () => {
    expect(await (await fetch(`${host.url}/two-events`)).text()).toBe('data: 1\n\ndata: 2\n\n')
  })
})

describe('a stream on Azure, where the platform takes whole messages,', () => {
  let host: FunctionsHost
  beforeAll(async () => {
    host = await openFixture({ STREAM: '0', TIMEOUT_SECONDS: '1' })
  })
  afterAll(() => host.stop())

  it('is sent as far as it came when it does not end in time', async () => {
    expect(await (await fetch(`${host.url}/silent`)).text()).toBe('data: 1\n\n')
  })
  it('is sent as far as it came when it grows too long, and closed', async () => {
    const sent = await (await fetch(`${host.url}/flood`)).arrayBuffer()
    expect([sent.byteLength, await closed(host)]).toEqual([5 * 1024 ** 2, expect.arrayContaining([79])])
  })
  it('is no answer when it does not bring the length that was announced', async () => {
    expect((await fetch(`${host.url}/short`)).status).toBe(500)
  })
  it('is no answer when it breaks', async () => {
    expect((await fetch(`${host.url}/broken`)).status).toBe(500)
  })
})

describe('a stream on Azure that outlasts the platform', () => {
  let host: FunctionsHost
  beforeAll(async () => {
    host = await openFixture({ STREAM: '1', PLATFORM_SECONDS: '0.3' })
  })
  afterAll(() => host.stop())

  it('ends well when it is one of events, which the client asks for again', async () => {
    expect(await (await fetch(`${host.url}/silent`)).text()).toBe('data: 1\n\n')
  })
  it('is cut when it is another, so that nobody takes it for whole', async () => {
    await expect(fetch(`${host.url}/stuck`).then((answer) => answer.text())).rejects.toThrow()
  })
})

describe('a stream on Azure, where the platform takes streams,', () => {
  let host: FunctionsHost
  beforeAll(async () => {
    host = await openFixture({ STREAM: '1', TIMEOUT_SECONDS: '1' })
  })
  afterAll(() => host.stop())

  it('is sent before it has ended', async () => {
    const answer = await raw(host, '/silent')
    const first = await until('the first event', async () => answer.read() ?? undefined)
    answer.destroy()
    expect(String(first)).toBe('data: 1\n\n')
  })
  it('is closed when the client leaves', async () => {
    const answer = await raw(host, '/drip')
    await until('a second event', async () => answer.read() ?? undefined)
    answer.destroy()
    expect(
      await until('the stream to end', async () =>
        (await closed(host)).includes('drip') ? 'ended' : undefined,
      ),
    ).toBe('ended')
  })
  it('is made as fast as the client takes it', async () => {
    const answer = await raw(host, '/flood')
    answer.pause()
    for (let n = 0; n < 20; n++) await fetch(`${host.url}/wait`)
    answer.destroy()
    const made = await until('the stream to end', async () =>
      (await closed(host)).find((count) => typeof count === 'number' && count > 1),
    )
    // What the buffers of three connections take, of 4096.
    expect(made).toBeLessThan(1000)
  })
  it('comes whole to a client that takes it', async () => {
    const answer = await fetch(`${host.url}/flood`)
    let size = 0
    for await (const chunk of answer.body ?? []) size += chunk.byteLength
    expect(size).toBe(4096 * 65_536)
  })
  it('that breaks cuts the connection', async () => {
    await expect(fetch(`${host.url}/broken`).then((answer) => answer.text())).rejects.toThrow()
  })
  it('that breaks is logged with its reason', async () => {
    await fetch(`${host.url}/broken`)
      .then((answer) => answer.text())
      .catch(() => undefined)
    expect(
      await until('the line', async () =>
        host.output().includes('the disk is gone') ? 'logged' : undefined,
      ),
    ).toBe('logged')
  })
})
