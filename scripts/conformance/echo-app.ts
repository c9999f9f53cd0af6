import { gzipSync } from 'node:zlib'
import { readJsonBody } from '../../core/http/json-body.ts'
import type { HttpMount } from '../../core/http/mount.ts'
import { Problem } from '../../core/http/problem.ts'
import type { HttpRequest } from '../../core/http/request.ts'
import type { HttpResponse } from '../../core/http/response.ts'
import type { Context } from '../../core/run/context.ts'
import { type Seen, TIMEOUT_SECONDS } from './http-case.ts'

/** The application under the conformance run: it says what it was given, or answers what its path asks for. */
export const echoApp: HttpMount = {
  timeoutSeconds: TIMEOUT_SECONDS,
  handle: async (request, ctx) => {
    const answer = ANSWERS[request.path.replace(/^\/answer\//, '')]
    return request.path.startsWith('/answer/') && answer ? answer(request, ctx) : echo(request, ctx)
  },
}

function echo(request: HttpRequest, ctx: Context): HttpResponse {
  const seen: Seen = {
    method: request.method,
    path: request.path,
    query: [...request.query],
    headers: { ...request.headers },
    cookies: { ...request.cookies },
    bodyBase64: Buffer.from(request.body).toString('base64'),
    clientIp: request.clientIp,
    traceparent: ctx.traceparent,
  }
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(seen) }
}

export const BINARY = Uint8Array.of(0x00, 0xff, 0xfe, 0x80, 0x0a, 0x0d, 0x22)
export const HTML = '<p>Zoë 漢字 😀</p>'
export const GZIPPED = new Uint8Array(gzipSync(HTML, { level: 9 }))
export const LARGE = new Uint8Array(Buffer.alloc(600_000, BINARY))
export const COOKIES = [
  'sid=abc; Path=/; HttpOnly; Secure; SameSite=Lax',
  'Theme=dark; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT',
] as const

type Answer = (request: HttpRequest, ctx: Context) => HttpResponse | Promise<HttpResponse>
const text = (body: string, more: Partial<HttpResponse> = {}): HttpResponse => ({
  status: 200,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body,
  ...more,
})

const never = () => new Promise<never>(() => undefined)

async function* chunks(): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < 3; i++) yield Uint8Array.of(i, 0xff, 0x00)
}

async function* noChunks(): AsyncGenerator<Uint8Array> {
  yield* []
}

export const ANSWERS: Readonly<Record<string, Answer>> = {
  text: () => text(HTML),
  binary: () => ({ status: 200, headers: { 'content-type': 'application/octet-stream' }, body: BINARY }),
  'binary-without-type': () => ({ status: 200, body: BINARY }),
  'binary-as-text': () => ({ status: 200, headers: { 'content-type': 'text/html' }, body: BINARY }),
  gzipped: () => ({
    status: 200,
    headers: { 'content-type': 'text/html; charset=utf-8', 'content-encoding': 'gzip' },
    body: GZIPPED,
  }),
  large: () => ({ status: 200, headers: { 'content-type': 'video/mp4' }, body: LARGE }),
  empty: () => text(''),
  nothing: () => ({ status: 200 }),
  'no-content': () => ({ status: 204 }),
  'not-modified': () => ({ status: 304, headers: { etag: '"v1"' } }),
  created: () =>
    text('{}', {
      status: 201,
      headers: { location: '/v1/videos/vid_1', 'content-type': 'application/json' },
    }),
  moved: () => ({ status: 302, headers: { location: 'https://example.com/a?b=c' } }),
  teapot: () => text('short and stout', { status: 418 }),
  unavailable: () =>
    text('later', { status: 503, headers: { 'retry-after': '7', 'content-type': 'text/plain' } }),
  cookie: () => text('', { cookies: [COOKIES[1]] }),
  cookies: () => text('', { cookies: COOKIES }),
  headers: () =>
    text('', {
      headers: {
        'cache-control': 'private, max-age=60',
        'x-list': 'one, two',
        'x-name': 'Zoë',
        vary: 'origin, accept',
        etag: 'W/"weak"',
      },
    }),
  'own-security': () => text('', { headers: { 'referrer-policy': 'origin' } }),
  problem: () => {
    throw new Problem({
      status: 422,
      code: 'invalid-input',
      title: 'The input breaks a rule',
      errors: [{ field: 'body.a', rule: 'required', message: 'is missing' }],
    })
  },
  throws: () => {
    throw new Error('secret detail of the inside')
  },
  rejects: async () => {
    throw new TypeError('secret detail of the inside', { cause: new Error('deeper secret') })
  },
  'throws-text': () => {
    throw 'secret text'
  },
  slow: never,
  listens: (_, ctx) =>
    new Promise((_resolve, reject) => ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason))),
  stream: () => ({ status: 200, headers: { 'content-type': 'application/octet-stream' }, body: chunks() }),
  'stream-empty': () => ({ status: 200, headers: { 'content-type': 'text/plain' }, body: noChunks() }),
  'stream-of-head': () => ({ status: 200, headers: { 'content-type': 'text/plain' }, body: chunks() }),
  limited: (request) =>
    text(JSON.stringify(readJsonBody(request.body, request.headers['content-type'], 1000))),
}
