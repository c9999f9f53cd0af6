import { once } from 'node:events'
import { connect } from 'node:net'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { answerRequest, type HttpMount } from '../../core/http/mount.ts'
import { type HttpResponse, ok } from '../../core/http/response.ts'
import type { Context } from '../../core/run/context.ts'
import { testContext } from '../local/testing/column.ts'
import { memoryLog } from '../local/testing/log.ts'
import { openIds } from '../node/ids.ts'
import { gcpHttp } from './http.ts'
import { fromCloudTrace } from './http-context.ts'
import { type GcpRequest, requestFromGcp } from './http-request.ts'
import { openLocalHandler } from './testing/functions-framework-local.ts'
import { mutated } from './testing/functions-framework-mutation.ts'

const SECRET = 'the database is at 10.0.0.1'
const mountOf = (handle: HttpMount['handle'], timeoutSeconds = 30): HttpMount => ({ handle, timeoutSeconds })

/** A handler on a real socket, with its log. */
async function served(load: () => Promise<HttpMount>) {
  const log = memoryLog()
  const at = await openLocalHandler(gcpHttp(load, { log, ids: openIds() }))
  return { ...at, log }
}

describe('loading', () => {
  it('begins before the first request', async () => {
    let begun = 0
    gcpHttp(
      async () => {
        begun += 1
        return mountOf(async () => ok({}))
      },
      { log: memoryLog(), ids: openIds() },
    )
    await Promise.resolve()
    expect(begun).toBe(1)
  })
  it('that fails is answered 500, and tried again by the next request', async () => {
    let loads = 0
    await using at = await served(async () => {
      loads += 1
      if (loads === 1) throw new Error(SECRET)
      return mountOf(async () => ok({}))
    })
    const statuses = [(await fetch(at.origin)).status, (await fetch(at.origin)).status]
    expect([statuses, loads]).toEqual([[500, 200], 2])
  })
  it('that fails is logged with its reason', async () => {
    await using at = await served(() => Promise.reject(new Error(SECRET)))
    await fetch(at.origin)
    expect(at.log.lines).toMatchObject([{ level: 'error', fields: { error: { message: SECRET } } }])
  })
  it('happens once for requests that come together', async () => {
    let loads = 0
    await using at = await served(async () => {
      loads += 1
      return mountOf(async () => ok({}))
    })
    await Promise.all([fetch(at.origin), fetch(at.origin), fetch(at.origin)])
    expect(loads).toBe(1)
  })
})

describe('a context', () => {
  const contextWith = async (headers: Record<string, string>) => {
    const seen: Context[] = []
    await using at = await served(async () => mountOf(async (_, ctx) => ok(seen.push(ctx))))
    await fetch(at.origin, { headers })
    return seen[0]
  }
  it('keeps a well-formed request id', async () => {
    expect((await contextWith({ 'x-request-id': 'req-12345678' }))?.requestId).toBe('req-12345678')
  })
  it.each(['short', 'has space in it', 'x'.repeat(129)])('replaces the request id %s', async (id) => {
    expect((await contextWith({ 'x-request-id': id }))?.requestId).toMatch(/^[0-9a-f-]{36}$/)
  })
  it('prefers traceparent to Google’s older header', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    const old = '11111111111111111111111111111111/1;o=1'
    const ctx = await contextWith({ traceparent, 'x-cloud-trace-context': old })
    expect(ctx?.traceparent).toBe(traceparent)
  })
  it.each([
    ['0af7651916cd43dd8448eb211c80319c/0;o=1', undefined],
    ['0af7651916cd43dd8448eb211c80319c/99999999999999999999', undefined],
    ['0AF7651916CD43DD8448EB211C80319C/1', undefined],
    [
      `0af7651916cd43dd8448eb211c80319c/${2n ** 64n - 1n}`,
      '00-0af7651916cd43dd8448eb211c80319c-ffffffffffffffff-00',
    ],
    ['0af7651916cd43dd8448eb211c80319c/10;o=0', '00-0af7651916cd43dd8448eb211c80319c-000000000000000a-00'],
  ])('reads %s as %s', (given, traceparent) => {
    expect(fromCloudTrace(given)).toBe(traceparent)
  })
  it('is aborted when the client leaves', async () => {
    const begun = Promise.withResolvers<AbortSignal>()
    await using at = await served(async () =>
      mountOf(async (_, ctx) => {
        begun.resolve(ctx.signal)
        await once(ctx.signal, 'abort')
        return ok({})
      }),
    )
    const leaving = new AbortController()
    const asked = fetch(at.origin, { signal: leaving.signal }).catch(() => undefined)
    const signal = await begun.promise
    leaving.abort()
    await once(signal, 'abort')
    await asked
    expect(signal.reason).toMatchObject({ message: 'the client left' })
  })
  it('is shared with no request that runs at the same time', async () => {
    const gate = Promise.withResolvers<void>()
    const arrived: string[] = []
    await using at = await served(async () =>
      mountOf(async (request, ctx) => {
        arrived.push(ctx.requestId)
        if (arrived.length === 2) gate.resolve()
        await gate.promise
        return ok({ path: request.path, requestId: ctx.requestId, trace: ctx.traceparent.slice(3, 35) })
      }),
    )
    const ask = async (name: string) => {
      const traceparent = `00-${name.repeat(32)}-b7ad6b7169203331-01`
      const headers = { 'x-request-id': name.repeat(10), traceparent }
      return (await fetch(`${at.origin}/${name}`, { headers })).json()
    }
    const seen = await Promise.all([ask('a'), ask('b')])
    const own = (name: string) => ({ path: `/${name}`, requestId: name.repeat(10), trace: name.repeat(32) })
    expect(seen).toEqual([own('a'), own('b')])
  })
})

describe('a stream', () => {
  const streaming = (body: AsyncIterable<Uint8Array>) => async () =>
    mountOf(async (): Promise<HttpResponse> => ({ status: 200, body }))

  it('is not read on while the client does not take it', async () => {
    let made = 0
    async function* endless() {
      for (;;) {
        made += 1
        yield new Uint8Array(1024 * 1024)
      }
    }
    await using at = await served(streaming(endless()))
    const socket = connect(at.port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n'))
    await once(socket, 'data')
    socket.pause()
    // The buffers of the socket hold some megabytes; it stands still when two looks in a row see the same.
    for (let before = -1; before !== made; await new Promise((resolve) => setTimeout(resolve, 100)))
      before = made
    socket.destroy()
    expect(made).toBeLessThan(100)
  })
  it('that waits for its next piece is closed at once when the client leaves', async () => {
    const closed = Promise.withResolvers<string>()
    const first = new TextEncoder().encode('first')
    const pieces = [Promise.resolve({ done: false as const, value: first })]
    const waiting: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({
        next: () => pieces.pop() ?? new Promise(() => undefined),
        return: async () => {
          closed.resolve('closed')
          return { done: true, value: undefined }
        },
      }),
    }
    await using at = await served(streaming(waiting))
    const leaving = new AbortController()
    const answer = await fetch(at.origin, { signal: leaving.signal })
    await answer.body?.getReader().read()
    leaving.abort()
    expect(await closed.promise).toBe('closed')
  })
  it('that breaks cuts the connection, so that the client learns', async () => {
    async function* breaking() {
      yield new Uint8Array(3)
      throw new Error(SECRET)
    }
    await using at = await served(streaming(breaking()))
    const answer = await fetch(at.origin)
    await expect(answer.arrayBuffer()).rejects.toThrow()
  })
})

describe('an answer that node cannot send', () => {
  const broken: readonly [string, Partial<HttpResponse>][] = [
    ['a line break in a header', { headers: { location: '/a\r\nx: y' } }],
    ['a header beyond Latin-1', { headers: { 'x-name': '漢' } }],
    ['a line break in a cookie', { cookies: ['a=1\r\nx: y'] }],
    ['a status that there is not', { status: 1000 }],
  ]
  it.each(broken)('for %s is 500', async (_, answer) => {
    await using at = await served(async () => mountOf(async () => ({ status: 200, ...answer })))
    expect((await fetch(at.origin)).status).toBe(500)
  })
  it('has its stream closed', async () => {
    const closed = Promise.withResolvers<string>()
    const body: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => undefined),
        return: async () => {
          closed.resolve('closed')
          return { done: true, value: undefined }
        },
      }),
    }
    await using at = await served(async () =>
      mountOf(async () => ({ status: 200, headers: { 'x-name': '漢' }, body })),
    )
    await fetch(at.origin)
    expect(await closed.promise).toBe('closed')
  })
})

describe('a stream that is longer than the time limit', () => {
  async function* unending(first: string) {
    yield new TextEncoder().encode(first)
    await new Promise(() => undefined)
  }
  const streamed = (type: string) =>
    served(async () =>
      mountOf(
        async () => ({ status: 200, headers: { 'content-type': type }, body: unending('data: 1\n\n') }),
        0.3,
      ),
    )

  it('cuts the connection, so that nobody takes a part for the whole', async () => {
    await using at = await streamed('video/mp4')
    const answer = await fetch(at.origin)
    await expect(answer.arrayBuffer()).rejects.toThrow()
  })
  it('ends well when it is of events, so that the client opens it again', async () => {
    await using at = await streamed('text/event-stream; charset=utf-8')
    expect(await (await fetch(at.origin)).text()).toBe('data: 1\n\n')
  })
})

describe('a body that the framework leaves unread', () => {
  it('is read in full', async () => {
    await using at = await served(async () => mountOf(async ({ body }) => ok({ bytes: body.byteLength })))
    const answer = await fetch(at.origin, { method: 'POST', body: new Uint8Array(3_000_000) })
    expect(await answer.json()).toEqual({ bytes: 3_000_000 })
  })
  it('gets 413 when it is longer than the platform takes', async () => {
    await using at = await served(async () => mountOf(async () => ok({})))
    const answer = await fetch(at.origin, { method: 'POST', body: new Uint8Array(33 * 1024 ** 2) })
    expect(answer.status).toBe(413)
  })
})

describe('a client’s address', () => {
  const seen = (forwarded: string | undefined, hops?: number) => {
    const rawHeaders = forwarded === undefined ? [] : ['X-Forwarded-For', forwarded]
    return requestFromGcp({ url: '/', rawHeaders, socket: { remoteAddress: '::ffff:10.1.1.1' } }, hops)
      .clientIp
  }
  it.each([
    ['1.2.3.4, 203.0.113.7', undefined, '203.0.113.7'],
    ['1.2.3.4, 203.0.113.7', 0, '203.0.113.7'],
    // A load balancer of ours adds its own address behind the client's.
    ['1.2.3.4, 203.0.113.7, 34.1.1.1', 1, '203.0.113.7'],
    ['2001:db8::1', undefined, '2001:db8::1'],
    // Nobody of ours has written these.
    ['203.0.113.7', 1, '10.1.1.1'],
    ['<script>', undefined, '10.1.1.1'],
    [undefined, undefined, '10.1.1.1'],
  ])('of %s behind %s hops is %s', (forwarded, hops, ip) => {
    expect(seen(forwarded, hops)).toBe(ip)
  })
})

describe('a request that nobody would send', () => {
  const sample = {
    method: 'POST',
    url: '/v1/a%20b?x=1',
    originalUrl: '/v1/a%20b?x=1',
    rawHeaders: [
      'Cookie',
      'a=1',
      'X-Forwarded-For',
      '1.2.3.4',
      'Content-Encoding',
      'gzip',
      'Content-Length',
      '3',
    ],
    rawBody: Uint8Array.of(8, 1, 0xff),
    socket: { remoteAddress: '::1' },
  }
  // The framework hands over an object always.
  const isObject = (native: unknown) => typeof native === 'object' && native !== null

  it('is answered below 500', async () => {
    await fc.assert(
      fc.asyncProperty(mutated(sample).filter(isObject), async (native) => {
        const read = () => requestFromGcp(native as GcpRequest)
        const { status } = await answerRequest(async () => ok({}), read, testContext())
        expect(status).toBeLessThan(500)
      }),
      { numRuns: 500 },
    )
  })
})
