import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toWire } from '../../../core/run/wire-event.ts'
import type { AnyEvent } from '../../../events/catalog.ts'
import { talk } from '../../node/testing/server.ts'
import { type FunctionsFramework, openFunctionsFramework } from './functions-framework.ts'
import { type Bundle, openBundle } from './functions-framework-bundle.ts'

const ECHO = fileURLToPath(new URL('functions-framework-echo.ts', import.meta.url))
const open = (target: string, signatureType: 'http' | 'cloudevent') =>
  openFunctionsFramework({ bundleFolder: bundle.folder, target, signatureType })
let bundle: Bundle
beforeAll(async () => {
  bundle = await openBundle(ECHO)
})
afterAll(() => bundle[Symbol.asyncDispose]())

/** One line of the runtime's output, as soon as it is there. */
async function lineOf(runtime: FunctionsFramework, part: string): Promise<Record<string, unknown>> {
  for (let tries = 0; tries < 200; tries += 1) {
    const line = runtime
      .output()
      .split('\n')
      .find((one) => one.includes(part))
    if (line !== undefined) return JSON.parse(line)
    await sleep(25)
  }
  throw new Error(`waited 5 s for a line with ${part}\n${runtime.output()}`)
}

describe('an HTTP function in the real framework', () => {
  let api: FunctionsFramework
  const raw = (target: string, ...lines: string[]) =>
    talk(
      Number(new URL(api.origin).port),
      `GET ${target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${lines.map((l) => `${l}\r\n`).join('')}\r\n`,
    )
  // biome-ignore lint/suspicious/noExplicitAny: the mirror answers JSON; each test says what it expects
  const seenBy = (answer: string): any =>
    JSON.parse(Buffer.from(answer.slice(answer.indexOf('\r\n\r\n') + 4), 'latin1').toString())
  const post = (path: string, body: Uint8Array | string | undefined, type?: string, more = {}) => {
    const headers = { ...(type === undefined ? {} : { 'content-type': type }), ...more }
    return api.send(path, {
      method: 'POST',
      headers,
      ...(body === undefined ? {} : { body: Buffer.from(body) }),
    })
  }
  beforeAll(async () => {
    api = await open('api', 'http')
  })
  afterAll(() => api.stop())

  it.each([
    'application/octet-stream',
    'text/plain',
    'application/x-www-form-urlencoded',
    'image/png',
    undefined,
  ])('gets the exact bytes of a body of the type %s', async (type) => {
    const seen = await (await post('/x', Uint8Array.of(8, 1, 0x12, 0xff, 0xfe, 0x80), type)).json()
    expect(seen).toMatchObject({ body: 'CAES//6A' })
  })
  it('answers exact bytes', async () => {
    const answer = await post(
      '/bytes',
      Uint8Array.of(8, 1, 0x12, 0xff, 0xfe, 0x80),
      'application/octet-stream',
    )
    expect(Buffer.from(await answer.arrayBuffer()).toString('hex')).toBe('080112fffe80')
  })
  it.each([
    ['no body and no type', undefined, undefined],
    ['no body of the type JSON', '', 'application/json'],
    ['an empty body without a type', new Uint8Array(0), undefined],
  ])('sees %s as no bytes', async (_, body, type) => {
    expect(await (await post('/x', body, type)).json()).toMatchObject({ body: '' })
  })
  it('sees an inflated body without the header that says it is compressed', async () => {
    const answer = await post('/x', gzipSync('{"a":1}'), 'application/json', { 'content-encoding': 'gzip' })
    const { headers, body } = (await answer.json()) as { headers: Record<string, string>; body: string }
    const text = Buffer.from(body, 'base64').toString()
    expect([text, headers['content-encoding'], headers['content-length']]).toEqual([
      '{"a":1}',
      undefined,
      '7',
    ])
  })
  it.each([
    ['//evil.com/x?y=1', '//evil.com/x'],
    ['http://evil.com/x?y=1', '/x'],
    ['/favicon.ico?y=1', '/favicon.ico'],
    ['/robots.txt?y=1', '/robots.txt'],
    ['/v1/a%20b/%C3%A4?y=1', '/v1/a b/ä'],
  ])('sees %s as the path %s', async (target, path) => {
    expect(seenBy(await raw(target))).toMatchObject({ path, query: [['y', '1']] })
  })
  it('sees the query as it was written', async () => {
    expect(seenBy(await raw('/x?a=1&a=&b=%2B+&c')).query).toEqual([
      ['a', '1'],
      ['a', ''],
      ['b', '+ '],
      ['c', ''],
    ])
  })
  it('answers 400 for a path with dot segments', async () => {
    expect(await raw('/a/%2e%2e/b')).toMatch(/^HTTP\/1.1 400 [\s\S]*"bad-path"/)
  })
  it('sees the header Zoë unchanged', async () => {
    expect(seenBy(await raw('/x', 'x-name: Zo\xeb')).headers).toMatchObject({ 'x-name': 'Zoë' })
  })
  it('takes the address that the last hop saw, whatever the client claims', async () => {
    expect(seenBy(await raw('/x', 'x-forwarded-for: 1.2.3.4, 203.0.113.7'))).toMatchObject({
      clientIp: '203.0.113.7',
    })
  })
  it('goes on with the trace of x-cloud-trace-context', async () => {
    const seen = seenBy(await raw('/x', 'x-cloud-trace-context: 0af7651916cd43dd8448eb211c80319c/123;o=1'))
    expect(seen.traceparent).toBe('00-0af7651916cd43dd8448eb211c80319c-000000000000007b-01')
  })
  it('takes function-execution-id where the client names no request', async () => {
    expect(seenBy(await raw('/x', 'function-execution-id: abcd1234efgh')).requestId).toBe('abcd1234efgh')
  })
  it('keeps two cookies apart, commas and all', async () => {
    const answer = await api.send('/cookies')
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([
      204,
      ['a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Path=/', 'B=2; HttpOnly'],
    ])
  })
  it.each(['/cookies', '/not-modified'])('says nothing of a body at %s', async (path) => {
    expect(await raw(path)).not.toMatch(/^(?:content-length|transfer-encoding|content-type):/im)
  })
  it('adds no header of Express', async () => {
    const names = [...(await api.send('/x')).headers.keys()].sort()
    expect(names).toEqual([
      ...['connection', 'content-length', 'content-type', 'date', 'keep-alive', 'referrer-policy'],
      ...['x-content-type-options', 'x-request-id'],
    ])
  })
  it('answers HEAD with the length and without the body', async () => {
    const answer = await api.send('/x', { method: 'HEAD' })
    expect([Number(answer.headers.get('content-length')) > 100, await answer.text()]).toEqual([true, ''])
  })
  it('sends a stream as it comes', async () => {
    const reader = (await api.send('/events')).body?.getReader()
    const first = await reader?.read()
    await reader?.cancel()
    expect(Buffer.from(first?.value ?? []).toString()).toBe('data: 1\n\n')
  })
  it('ends a stream in good order when its time is up', async () => {
    expect(await (await api.send('/events')).text()).toBe('data: 1\n\n')
  })
  it('closes a stream whose client has left', async () => {
    const leaving = new AbortController()
    const answer = await api.send('/for-ever', { signal: leaving.signal })
    await answer.body?.getReader().read()
    leaving.abort()
    expect(await lineOf(api, 'the stream was closed')).toMatchObject({ severity: 'INFO' })
  })
  it('answers 504 when the handler takes longer than it may', async () => {
    const answer = await api.send('/slow')
    expect([answer.status, await answer.json()]).toMatchObject([504, { code: 'deadline' }])
  })
  it('answers 500 without the error’s text', async () => {
    const answer = await api.send('/boom')
    expect([answer.status, (await answer.text()).includes('hush')]).toEqual([500, false])
  })
  it('logs the error with its stack where Error Reporting looks for it', async () => {
    const answer = await api.send('/boom', { headers: { 'x-request-id': 'boom-1234' } })
    await answer.text()
    expect(await lineOf(api, 'boom-1234')).toMatchObject({
      severity: 'ERROR',
      stack_trace: expect.stringContaining('Error: hush'),
      'logging.googleapis.com/trace': expect.stringMatching(/^projects\/p1\/traces\/[0-9a-f]{32}$/),
    })
  })
  it('keeps many requests at once apart', async () => {
    const ids = Array.from({ length: 50 }, (_, i) => `request-${1000 + i}`)
    const answers = await Promise.all(
      ids.map(async (id) => (await api.send(`/${id}`, { headers: { 'x-request-id': id } })).json()),
    )
    expect(answers).toMatchObject(ids.map((id) => ({ path: `/${id}`, requestId: id })))
  })
  // What the framework answers before our code: pinned, so that a change is seen.
  it.each([
    ['malformed JSON', '{bad', 'application/json', 400],
    ['JSON that is no object or list', 'null', 'application/json', 400],
    ['an unknown charset', '{}', 'application/json; charset=utf-99', 415],
  ])('does not hear of %s', async (_, body, type, status) => {
    const answer = await post('/x', body, type)
    expect([answer.status, answer.headers.get('x-request-id')]).toEqual([status, null])
  })
  it('does not hear of a path whose encoding is broken', async () => {
    expect(await raw('/%')).toMatch(/^HTTP\/1.1 400 [\s\S]*<html/)
  })
})

describe('an HTTP function that cannot be loaded', () => {
  it('answers 500 without the reason', async () => {
    await using broken = await open('broken', 'http')
    const answer = await broken.send('/x')
    expect([answer.status, (await answer.text()).includes('hush')]).toEqual([500, false])
  })
})

const event = (id: string): AnyEvent => ({
  ...{ id, type: 'user.registered', source: '/skyreel/outbox', time: '2026-01-02T03:04:05.678Z' },
  data: { userId: 'usr_1' },
})
const message = (id: string) => ({
  data: Buffer.from(JSON.stringify(toWire(event(id)))).toString('base64'),
  messageId: '2070443601311540',
  publishTime: '2026-01-02T03:04:06.000Z',
})
const FINALIZED = {
  'ce-id': '13174871892436042',
  'ce-specversion': '1.0',
  'ce-type': 'google.cloud.storage.object.v1.finalized',
  'ce-source': '//storage.googleapis.com/projects/_/buckets/skyreel-uploads',
  'ce-time': '2026-01-02T03:04:05.678Z',
}
const object = { bucket: 'skyreel-uploads', name: 'a b+c ä.mp4', size: '7', generation: '31', etag: 'e1' }

describe('an event function in the real framework', () => {
  let events: FunctionsFramework
  const post = (body: unknown, headers = {}, path = '/projects/p1/topics/skyreel') =>
    events.send(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
  const push = (id: string) => post({ message: message(id), subscription: 'projects/p1/subscriptions/s' })
  beforeAll(async () => {
    events = await open('onEvent', 'cloudevent')
  })
  afterAll(() => events.stop())

  it('takes a storage event in binary mode', async () => {
    const { status } = await post(object, FINALIZED)
    const { event } = await lineOf(events, 'a b+c ä.mp4')
    expect([status, event]).toMatchObject([
      204,
      { data: { bucket: 'uploads', key: object.name, sizeBytes: 7 } },
    ])
  })
  it('takes a storage event in structured mode', async () => {
    const data = { ...object, name: 'structured.mp4' }
    const type = { 'content-type': 'application/cloudevents+json' }
    const attributes = { specversion: '1.0', id: '9', source: '//s', time: '2026-01-02T03:04:05Z' }
    const { status } = await post({ ...attributes, type: FINALIZED['ce-type'], data }, type)
    const { event } = await lineOf(events, 'structured.mp4')
    expect([status, event]).toMatchObject([204, { data: { key: 'structured.mp4' } }])
  })
  it.each([
    ['evt_done', 204],
    ['evt_drop', 204],
    ['evt_retry', 500],
    ['evt_throw', 500],
  ])('answers the Pub/Sub push of %s with %i', async (id, status) => {
    expect((await push(id)).status).toBe(status)
  })
  it('takes an unwrapped push', async () => {
    const { status } = await post(toWire(event('evt_unwrapped')))
    expect([status, await lineOf(events, 'evt_unwrapped')]).toMatchObject([204, { message: 'consumed' }])
  })
  it('takes a push of attributes alone as foreign', async () => {
    const bare = { attributes: { mark: 'bare-one' }, messageId: '1' }
    const { status } = await post({ message: bare, subscription: 'projects/p1/subscriptions/s' })
    expect([status, await lineOf(events, 'bare-one')]).toMatchObject([204, { message: 'kept' }])
  })
  it('shows nothing of an error to the caller', async () => {
    expect(await (await push('evt_throw')).text()).not.toContain('hush')
  })
  it('goes on with the trace of the push', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    await post(toWire(event('evt_traced')), { traceparent })
    expect(await lineOf(events, 'evt_traced')).toMatchObject({
      'logging.googleapis.com/trace': 'projects/p1/traces/0af7651916cd43dd8448eb211c80319c',
    })
  })
})

describe('a schedule in the real framework', () => {
  it('runs for a POST', async () => {
    await using sweep = await open('sweep', 'http')
    const { status } = await sweep.send('/', { method: 'POST' })
    expect([status, await lineOf(sweep, 'swept')]).toMatchObject([204, { severity: 'INFO' }])
  })
  it('does not run for a GET', async () => {
    await using sweep = await open('sweep', 'http')
    const answer = await sweep.send('/')
    expect([answer.status, answer.headers.get('allow'), sweep.output()]).toEqual([405, 'POST', ''])
  })
})

/** A signal of 0 asks whether the process is there. */
function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
}

describe('the harness', () => {
  it('tells why a bundle cannot be loaded', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'skyreel-gcp-'))
    await writeFile(join(folder, 'package.json'), '{"type":"module","main":"index.mjs"}')
    await writeFile(join(folder, 'index.mjs'), 'throw new Error("torn bundle")')
    const opening = openFunctionsFramework({ bundleFolder: folder, target: 'api', signatureType: 'http' })
    await expect(opening).rejects.toThrow(/it ended with code 1[\s\S]*torn bundle/)
    await rm(folder, { recursive: true })
  })
  it('leaves no process behind', async () => {
    const runtime = await open('api', 'http')
    await runtime.stop()
    expect(() => process.kill(runtime.pid, 0)).toThrow('ESRCH')
  })
  it('ends the runtime when its own process is killed', async () => {
    const options = JSON.stringify({ bundleFolder: bundle.folder, target: 'api', signatureType: 'http' })
    const harness = new URL('functions-framework.ts', import.meta.url).href
    const script = `const { openFunctionsFramework } = await import(${JSON.stringify(harness)})
      console.log((await openFunctionsFramework(${options})).pid)`
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script])
    const [printed] = (await once(parent.stdout, 'data')) as [Buffer]
    parent.kill('SIGKILL')
    const isThere = () => runs(Number(printed.toString()))
    await expect.poll(isThere, { timeout: 10_000 }).toBe(false)
  })
})
