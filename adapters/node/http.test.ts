import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { ok } from '../../core/http/response.ts'
import type { Context } from '../../core/run/context.ts'
import { serve } from './http.ts'
import { openIds } from './ids.ts'
import { openTestServer } from './testing/server.ts'

const head = (target: string, ...lines: string[]) =>
  `GET ${target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${lines.map((l) => `${l}\r\n`).join('')}\r\n`
const bodyOf = (answer: string) =>
  JSON.parse(Buffer.from(answer.slice(answer.indexOf('\r\n\r\n') + 4), 'latin1').toString())

describe('a request', () => {
  it('reaches the handler with its exact bytes', async () => {
    await using at = await openTestServer()
    const body = Uint8Array.from({ length: 256 }, (_, i) => i)
    const seen = (await (await fetch(at.origin, { method: 'POST', body })).json()) as { body: string }
    expect(seen.body).toBe(Buffer.from(body).toString('base64'))
  })
  it('has its path decoded and its query apart', async () => {
    await using at = await openTestServer()
    const seen = await (await fetch(`${at.origin}/v1/a%20b/%C3%A4?x=1&x=%2F&y`)).json()
    expect(seen).toMatchObject({
      path: '/v1/a b/ä',
      query: [
        ['x', '1'],
        ['x', '/'],
        ['y', ''],
      ],
    })
  })
  it.each([
    '/%',
    '/%zz',
    '/%c3',
    '/a/../b',
    '/a/%2e%2e/b',
    '/./a',
    '/..',
    '/a%00b',
    '/a%0d%0ab',
    '/..%2f..%2fetc',
  ])('gets 400 for the path %s', async (path) => {
    await using at = await openTestServer()
    const answer = await at.talk(head(path))
    expect([answer.slice(0, 12), bodyOf(answer).code]).toEqual(['HTTP/1.1 400', 'bad-path'])
  })
  it('does not take an authority from its target', async () => {
    await using at = await openTestServer()
    expect(bodyOf(await at.talk(head('http://evil.example/v1/x?y=1')))).toMatchObject({
      path: '/v1/x',
      query: [['y', '1']],
    })
  })
  it('keeps a path that begins with two slashes', async () => {
    await using at = await openTestServer()
    expect(bodyOf(await at.talk(head('//evil.example/x')))).toMatchObject({ path: '//evil.example/x' })
  })
  it('joins headers that are repeated, under lower-case names', async () => {
    await using at = await openTestServer()
    const answer = await at.talk(
      head('/', 'X-One: a', 'x-one: b', 'Authorization: Bearer 1', 'Authorization: Bearer 2'),
    )
    expect(bodyOf(answer)).toMatchObject({
      headers: { 'x-one': 'a, b', authorization: 'Bearer 1, Bearer 2' },
    })
  })
  it('has its cookies by name, the first of each', async () => {
    await using at = await openTestServer()
    const answer = await at.talk(head('/', 'cookie: a=1; b="x=y"; a=2', 'cookie: c=%20; __proto__=p; bad'))
    expect(bodyOf(answer).cookies).toEqual({ a: '1', b: 'x=y', c: '%20', ['__proto__']: 'p' })
  })
  it('takes the client’s address from the socket, whatever the client claims', async () => {
    await using at = await openTestServer()
    const seen = await (
      await fetch(at.origin, { headers: { 'x-forwarded-for': '1.2.3.4', forwarded: 'for=1.2.3.4' } })
    ).json()
    expect(seen).toMatchObject({ clientIp: '127.0.0.1' })
  })
  it('gets 413 for a body that says it is too long, before it is sent', async () => {
    await using at = await openTestServer({ bodyLimit: () => 1000 })
    const answer = await at.talk('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999\r\n\r\n')
    expect(answer.slice(0, 12)).toBe('HTTP/1.1 413')
  })
  it('gets 413 for a chunked body as soon as it is too long', async () => {
    await using at = await openTestServer({ bodyLimit: () => 10 })
    const answer = await at.talk(
      'POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\nhello!\r\n',
    )
    expect([answer.slice(0, 12), bodyOf(answer)]).toMatchObject(['HTTP/1.1 413', { code: 'body-too-large' }])
  })
  it('is answered without its body where that is not wanted', async () => {
    await using at = await openTestServer({ bodyLimit: () => 0 })
    const answer = await at.talk('POST /x HTTP/1.1\r\nhost: x\r\ncontent-length: 12000000\r\n\r\nbegun')
    expect([answer.slice(0, 12), bodyOf(answer).body]).toEqual(['HTTP/1.1 200', ''])
  })
  it('may have a body of the length that its method and path allow', async () => {
    await using at = await openTestServer({ bodyLimit: (method, path) => (method + path).length })
    const post = async (path: string) =>
      (await fetch(at.origin + path, { method: 'POST', body: '123456789' })).status
    expect([await post('/a'), await post('/abcd')]).toEqual([413, 200])
  })
  it('may have a body of the longest size', async () => {
    await using at = await openTestServer({ bodyLimit: () => 10 })
    expect((await fetch(at.origin, { method: 'POST', body: '0123456789' })).status).toBe(200)
  })
})

describe('a context', () => {
  const contextOf = async (headers: Record<string, string>) => {
    const seen: Context[] = []
    await using at = await openTestServer({
      handle: async (_, ctx) => {
        seen.push(ctx)
        return ok({})
      },
    })
    await fetch(at.origin, { headers })
    return seen[0]
  }
  it('keeps a well-formed request id', async () => {
    expect((await contextOf({ 'x-request-id': 'req-12345678' }))?.requestId).toBe('req-12345678')
  })
  it.each(['short', 'x'.repeat(129), 'has space in it', 'semi;colon;here'])(
    'replaces the request id %s',
    async (id) => {
      expect((await contextOf({ 'x-request-id': id }))?.requestId).toMatch(/^[0-9a-f-]{36}$/)
    },
  )
  it('carries the caller’s trace', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    expect((await contextOf({ traceparent }))?.traceparent).toBe(traceparent)
  })
  it('makes a trace where the caller’s is malformed', async () => {
    const traceparent = '00-00000000000000000000000000000000-b7ad6b7169203331-01'
    expect((await contextOf({ traceparent }))?.traceparent).toMatch(
      /^00-(?!0{32})[0-9a-f]{32}-[0-9a-f]{16}-01$/,
    )
  })
})

describe('an answer', () => {
  it('has the security headers', async () => {
    await using at = await openTestServer()
    const { headers } = await fetch(at.origin)
    expect([headers.get('x-content-type-options'), headers.get('referrer-policy')]).toEqual([
      'nosniff',
      'no-referrer',
    ])
  })
  it('keeps each cookie a header of its own', async () => {
    const cookies = ['a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT', 'b=2']
    await using at = await openTestServer({ handle: async () => ({ status: 204, cookies }) })
    expect((await fetch(at.origin)).headers.getSetCookie()).toEqual(cookies)
  })
  it('says how long a text is in bytes', async () => {
    await using at = await openTestServer({ handle: async () => ({ status: 200, body: 'ä€' }) })
    expect((await fetch(at.origin)).headers.get('content-length')).toBe('5')
  })
  it('to HEAD has the length and no body', async () => {
    await using at = await openTestServer({ handle: async () => ({ status: 200, body: 'hello' }) })
    const response = await fetch(at.origin, { method: 'HEAD' })
    expect([response.headers.get('content-length'), await response.text()]).toEqual(['5', ''])
  })
  it('of 204 says nothing of a length', async () => {
    await using at = await openTestServer({ handle: async () => ({ status: 204 }) })
    expect((await fetch(at.origin)).headers.get('content-length')).toBeNull()
  })
  it('is 500 as problem+json when the handler throws, and the log has the cause', async () => {
    const error = new Error('secret detail')
    await using at = await openTestServer({ handle: () => Promise.reject(error) })
    const response = await fetch(at.origin, { headers: { 'x-request-id': 'req-12345678' } })
    const text = await response.text()
    expect([response.status, JSON.parse(text).instance, text.includes('secret')]).toEqual([
      500,
      'req-12345678',
      false,
    ])
    expect(at.log.lines).toMatchObject([{ level: 'error', fields: { error, requestId: 'req-12345678' } }])
  })
})

/** A stream that tells when it was closed. */
function watched(chunks: () => AsyncGenerator<Uint8Array>) {
  const closed = Promise.withResolvers<void>()
  const body = (async function* () {
    try {
      yield* chunks()
    } finally {
      closed.resolve()
    }
  })()
  return { body, closed: closed.promise }
}

/** Opens a request and leaves after the first bytes of the answer. */
function visitAndLeave(port: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(head('/')))
    socket.once('data', () => socket.destroy())
    socket.once('close', () => resolve())
  })
}

describe('a stream', () => {
  it('is sent chunk by chunk', async () => {
    const { body } = watched(async function* () {
      yield Buffer.from('one ')
      yield Buffer.from('two')
    })
    await using at = await openTestServer({ handle: async () => ({ status: 200, body }) })
    expect(await (await fetch(at.origin)).text()).toBe('one two')
  })
  it('is closed when the client leaves while it waits', async () => {
    const opened = Promise.withResolvers<ReturnType<typeof watched>>()
    const handle = async (_: unknown, ctx: Context) => {
      const stream = watched(async function* () {
        yield Buffer.from('first')
        await new Promise((resolve) => ctx.signal.addEventListener('abort', resolve))
      })
      opened.resolve(stream)
      return { status: 200, body: stream.body }
    }
    await using at = await openTestServer({ handle })
    await visitAndLeave(at.server.port)
    await expect((await opened.promise).closed).resolves.toBeUndefined()
  })
  it('is not read faster than the client takes it', async () => {
    let sent = 0
    const { body, closed } = watched(async function* () {
      for (; sent < 1000; sent++) yield Buffer.alloc(1024 ** 2)
    })
    await using at = await openTestServer({ handle: async () => ({ status: 200, body }) })
    const socket = connect(at.server.port, '127.0.0.1', () => socket.write(head('/')))
    socket.pause()
    await expect.poll(() => sent).toBeGreaterThan(0)
    // Kernel buffers of loopback take a few megabytes; a gigabyte would be all of it.
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(sent).toBeLessThan(100)
    socket.destroy()
    await closed
  })
  it('that breaks cuts the connection, so that the client sees it', async () => {
    const { body } = watched(async function* () {
      yield Buffer.from('half')
      throw new Error('the disk broke')
    })
    await using at = await openTestServer({ handle: async () => ({ status: 200, body }) })
    await expect(fetch(at.origin).then((response) => response.text())).rejects.toThrow()
    expect(at.log.lines).toMatchObject([{ level: 'error', fields: { error: { message: 'the disk broke' } } }])
  })
  it('is closed unread for HEAD', async () => {
    const returned = Promise.withResolvers<void>()
    const iterator = {
      next: () => Promise.reject(new Error('read')),
      return: async () => {
        returned.resolve()
        return { done: true as const, value: undefined }
      },
    }
    const body = { [Symbol.asyncIterator]: () => iterator }
    await using at = await openTestServer({ handle: async () => ({ status: 200, body }) })
    await fetch(at.origin, { method: 'HEAD' })
    await expect(returned.promise).resolves.toBeUndefined()
  })
})

describe('stopping', () => {
  it('lets a request finish', async () => {
    const [entered, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const handle = async () => {
      entered.resolve()
      await release.promise
      return ok({ late: true })
    }
    await using at = await openTestServer({ handle })
    const answer = fetch(at.origin)
    await entered.promise
    const stopped = at.server.stop(20_000)
    release.resolve()
    expect([(await answer).status, await stopped]).toEqual([200, undefined])
  })
  it('ends a stream', async () => {
    const handle = async (_: unknown, { signal }: Context) => {
      const body = (async function* () {
        yield Buffer.from('open')
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
      })()
      return { status: 200, body }
    }
    await using at = await openTestServer({ handle })
    const response = await fetch(at.origin)
    await at.server.stop(20_000)
    expect(await response.text()).toBe('open')
  })
  it('cuts what does not end in time, and tells it by the signal', async () => {
    const entered = Promise.withResolvers<Context>()
    const handle = (_: unknown, ctx: Context) => {
      entered.resolve(ctx)
      return new Promise<never>(() => undefined)
    }
    await using at = await openTestServer({ handle })
    const answer = fetch(at.origin).catch(() => 'cut')
    const ctx = await entered.promise
    await at.server.stop(10)
    expect([await answer, ctx.signal.aborted]).toEqual(['cut', true])
  })
  it('takes no new connection', async () => {
    await using at = await openTestServer()
    await at.server.stop()
    await expect(fetch(at.origin)).rejects.toThrow()
  })
})

it('refuses to serve on a port that is taken', async () => {
  await using at = await openTestServer()
  const again = serve({ port: at.server.port, ids: openIds(), log: at.log, handle: async () => ok({}) })
  await expect(again).rejects.toMatchObject({ code: 'EADDRINUSE' })
})
