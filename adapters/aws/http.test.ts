import { describe, expect, it } from 'vitest'
import type { HttpMount } from '../../core/http/mount.ts'
import { notFound } from '../../core/http/problem.ts'
import { type HttpResponse, ok } from '../../core/http/response.ts'
import { memoryLog } from '../local/testing/log.ts'
import { openIds } from '../node/ids.ts'
import { awsHttp, awsHttpStream } from './http.ts'

const request = (path = '/', headers: Record<string, string> = {}, method = 'GET') => ({
  rawPath: path,
  rawQueryString: '',
  headers,
  requestContext: { requestId: 'JKJaXmPLvHcESHA=', http: { method, sourceIp: '192.0.2.9' } },
})
const balanced = { httpMethod: 'GET', path: '/', headers: {}, requestContext: { elb: {} } }
const lambda = { awsRequestId: 'e1506fd5-9e7b-434f-bd42-4f8fa224b599' }

function open(handle: HttpMount['handle'], timeoutSeconds = 5) {
  const log = memoryLog()
  return { log, handler: awsHttp(async () => ({ handle, timeoutSeconds }), { log, ids: openIds() }) }
}
const answering = (answer: HttpResponse) => open(async () => answer).handler
const problemOf = ({ body }: { body: string }) => JSON.parse(body)

const patient = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
async function* each(chunks: readonly (string | Uint8Array)[], onEnd: () => unknown = () => undefined) {
  try {
    for (const chunk of chunks) yield Buffer.from(chunk as string)
  } finally {
    onEnd()
  }
}
async function* events(onEnd: () => unknown): AsyncIterable<Uint8Array> {
  try {
    yield Buffer.from('data: ä\n\n')
    await patient(60_000)
  } finally {
    onEnd()
  }
}

describe('an answer', () => {
  it('has the security headers and the request id', async () => {
    const { headers } = await answering(ok({}))(request('/', { 'x-request-id': 'request-0001' }))
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-request-id': 'request-0001' })
  })
  it.each([204, 304])('of status %i has no body', async (status) => {
    expect(await answering({ status, body: 'x' })(request())).toMatchObject({
      body: '',
      isBase64Encoded: false,
    })
  })
  it('to HEAD has no body', async () => {
    expect((await answering(ok({}))(request('/', {}, 'HEAD'))).body).toBe('')
  })
  it('is a problem where the handler refuses', async () => {
    const { handler } = open(() => Promise.reject(notFound('film')))
    expect(problemOf(await handler(request()))).toMatchObject({ status: 404, code: 'not-found' })
  })
  it('is 500 without a word of the reason where the handler fails', async () => {
    const { handler, log } = open(() => Promise.reject(new Error('no disk')))
    expect(problemOf(await handler(request())).detail).not.toContain('disk')
    expect(log.lines).toMatchObject([{ level: 'error', message: 'request failed' }])
  })
  it('is 504 where the handler takes longer than it may', async () => {
    const { handler } = open(() => new Promise(() => undefined), 0.05)
    expect(await handler(request())).toMatchObject({ statusCode: 504 })
  })
  it('is 504 before Lambda is out of time', async () => {
    const { handler } = open(() => new Promise(() => undefined))
    const context = { ...lambda, getRemainingTimeInMillis: () => 350 }
    expect(await handler(request(), context)).toMatchObject({ statusCode: 504 })
  })
  it('is 400 to what is no request', async () => {
    expect(problemOf(await answering(ok({}))({ Records: [] }))).toMatchObject({
      status: 400,
      code: 'not-http',
    })
  })
  it('is 400 to a path that cannot be read', async () => {
    expect(await answering(ok({}))(request('/../x'))).toMatchObject({ statusCode: 400 })
  })
  it('is 500 and logged where it is longer than Lambda takes', async () => {
    const { handler, log } = open(async () => ({ status: 200, body: Buffer.alloc(5_000_000) }))
    expect(await handler(request())).toMatchObject({ statusCode: 500 })
    expect(log.lines[0]?.fields.error).toMatchObject({ message: expect.stringContaining('does not take') })
  })
  it('may be longer behind an API than behind a load balancer', async () => {
    const handler = answering({ status: 200, body: 'x'.repeat(2_000_000) })
    const both = [await handler(request()), await handler(balanced)]
    expect(both.map(({ statusCode }) => statusCode)).toEqual([200, 500])
  })
  it('tells of the cookies that a load balancer loses, and how not to', async () => {
    const { handler, log } = open(async () => ({ status: 200, cookies: ['a=1', 'b=2'] }))
    expect((await handler(balanced)).headers).toMatchObject({ 'set-cookie': 'a=1' })
    expect(log.lines[0]?.message).toContain('lambda.multi_value_headers.enabled')
  })
})

describe('a stream', () => {
  it('is collected as text where it is text', async () => {
    const answer = await answering({ status: 200, body: each(['Zo', 'ë']) })(request())
    expect([answer.body, answer.isBase64Encoded]).toEqual(['Zoë', false])
  })
  it('is collected as bytes where it is none', async () => {
    const answer = await answering({ status: 200, body: each([Uint8Array.of(255, 0)]) })(request())
    expect([answer.body, answer.isBase64Encoded]).toEqual(['/wA=', true])
  })
  it('is 500 where it breaks', async () => {
    const broken = async function* () {
      yield Buffer.from('a')
      throw new Error('no disk')
    }
    expect(await answering({ status: 200, body: broken() })(request())).toMatchObject({ statusCode: 500 })
  })
  it('of events without an end is sent as far as it got when the time is up', async () => {
    const headers = { 'content-type': 'text/event-stream' }
    const { handler, log } = open(async () => ({ status: 200, headers, body: events(() => undefined) }), 0.2)
    expect(await handler(request())).toMatchObject({ statusCode: 200, body: 'data: ä\n\n' })
    expect(log.lines).toEqual([])
  })
  it('of something else that had to be cut is told as a fault', async () => {
    const { handler, log } = open(async () => ({ status: 200, body: events(() => undefined) }), 0.2)
    await handler(request())
    expect(log.lines[0]?.message).toContain('a stream was cut')
  })
  it('that is longer than Lambda takes is cut and closed', async () => {
    const closed: string[] = []
    const body = each(Array<Uint8Array>(10).fill(Buffer.alloc(1_000_000)), () => closed.push('closed'))
    const answer = await answering({ status: 200, body })(request())
    expect([answer.statusCode, answer.body.length <= 6_200_000, closed]).toEqual([200, true, ['closed']])
  })
  it('behind HEAD is closed unread', async () => {
    const calls: string[] = []
    const tell = (name: string) => async () => {
      calls.push(name)
      return { done: true, value: undefined } as const
    }
    const body = { [Symbol.asyncIterator]: () => ({ next: tell('next'), return: tell('return') }) }
    await answering({ status: 200, body })(request('/', {}, 'HEAD'))
    expect(calls).toEqual(['return'])
  })
})

describe('loading', () => {
  it('begins before the first request', () => {
    let begun = 0
    awsHttp(
      async () => {
        begun += 1
        return { handle: async () => ok({}), timeoutSeconds: 5 }
      },
      { log: memoryLog(), ids: openIds() },
    )
    expect(begun).toBe(1)
  })
  it('that fails is answered 500 and logged, and tried again by the next request', async () => {
    const log = memoryLog()
    let tries = 0
    const load = async () => {
      tries += 1
      if (tries === 1) throw new Error('no module')
      return { handle: async () => ok({}), timeoutSeconds: 5 }
    }
    const handler = awsHttp(load, { log, ids: openIds() })
    const first = await handler(request())
    const second = await handler(request())
    expect([first.statusCode, second.statusCode, tries]).toEqual([500, 200, 2])
    expect(log.lines[0]?.fields.error).toMatchObject({ cause: { message: 'no module' } })
  })
})

describe('the context', () => {
  const seen = async (event: unknown, context = lambda) => {
    const contexts: { requestId: string; traceparent: string }[] = []
    const { handler } = open(async (_, ctx) => {
      contexts.push(ctx)
      return ok({})
    })
    await handler(event, context)
    return contexts[0]
  }
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

  it('carries the trace and the request id of the client', async () => {
    const headers = { traceparent, 'x-request-id': 'request-0001' }
    expect(await seen(request('/', headers))).toMatchObject({ traceparent, requestId: 'request-0001' })
  })
  it("takes Lambda's id where neither client nor gateway has a well-formed one", async () => {
    expect((await seen(request('/', { 'x-request-id': 'a b' })))?.requestId).toBe(lambda.awsRequestId)
  })
  it('begins a trace where the client sent a broken one', async () => {
    expect((await seen(request('/', { traceparent: `${traceparent}x` })))?.traceparent).toMatch(
      /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/,
    )
  })
})

it('keeps invocations apart that run side by side in one process', async () => {
  const { handler } = open(async ({ path, headers }, ctx) => {
    await patient(Number(headers['x-wait']))
    return ok({ path, requestId: ctx.requestId })
  })
  const asked = Array.from({ length: 20 }, (_, i) => ({ path: `/${i}`, requestId: `request-${1000 + i}` }))
  const answers = await Promise.all(
    asked.map(({ path, requestId }, i) =>
      handler(request(path, { 'x-request-id': requestId, 'x-wait': String((i * 7) % 20) })),
    ),
  )
  expect(answers.map(problemOf)).toEqual(asked)
})

it('has the two arguments that Node 24 on Lambda allows', () => {
  expect(answering(ok({})).length).toBe(2)
})

it("says that it streams only in Lambda's runtime", async () => {
  const mount = async () => ({ handle: async () => ok({}), timeoutSeconds: 5 })
  const handler = awsHttpStream(mount, { log: memoryLog(), ids: openIds() })
  await expect(handler(request())).rejects.toThrow('outside of the Lambda runtime')
})
