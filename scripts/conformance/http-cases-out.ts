import { BINARY, COOKIES, GZIPPED, HTML, LARGE } from './echo-app.ts'
import { bytesOf, type HttpCase, httpCase, type MustAnswer, type WireRequest } from './http-case.ts'

const answer = (name: string, path: string, answers: MustAnswer, request: Partial<WireRequest> = {}) =>
  httpCase(name, { target: `/answer/${path}`, ...request }, { answers })

const INTERNAL = { status: 500, problem: { status: 500, code: 'internal', title: 'Internal error' } }
const DEADLINE = { status: 504, problem: { status: 504, code: 'deadline' } }
const JSON_TYPE = [['content-type', 'application/json']] as const
const NONE = new Uint8Array()

/** What a handler's answer becomes. */
export const CASES_OUT: readonly HttpCase[] = [
  answer('answer in UTF-8', 'text', {
    status: 200,
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    body: bytesOf(HTML),
  }),
  answer('answer of bytes', 'binary', { status: 200, body: BINARY }),
  answer('answer of bytes without a type', 'binary-without-type', { status: 200, body: BINARY }),
  answer('answer of bytes under a text type', 'binary-as-text', { status: 200, body: BINARY }),
  answer('answer that is gzipped already', 'gzipped', {
    headers: { 'content-encoding': 'gzip' },
    body: GZIPPED,
  }),
  answer('answer of 600 kB', 'large', { status: 200, body: LARGE }),
  answer('answer of no bytes', 'empty', { status: 200, body: NONE }),
  answer('answer without a body', 'nothing', { status: 200, body: NONE }),
  answer('204', 'no-content', { status: 204, body: NONE }),
  answer('304 with its etag', 'not-modified', { status: 304, headers: { etag: '"v1"' }, body: NONE }),
  answer('201 with its location', 'created', { status: 201, headers: { location: '/v1/videos/vid_1' } }),
  answer('redirect', 'moved', { status: 302, headers: { location: 'https://example.com/a?b=c' } }),
  answer('rare status', 'teapot', { status: 418, body: bytesOf('short and stout') }),
  answer('503 with retry-after', 'unavailable', { status: 503, headers: { 'retry-after': '7' } }),
  answer('one cookie set, with a comma in its date', 'cookie', { cookies: [COOKIES[1]] }),
  answer('two cookies set', 'cookies', { cookies: [...COOKIES] }),
  answer('headers with commas, beyond ASCII and a weak etag', 'headers', {
    headers: {
      'cache-control': 'private, max-age=60',
      'x-list': 'one, two',
      'x-name': 'Zoë',
      vary: 'origin, accept',
      etag: 'W/"weak"',
    },
  }),
  answer('no header that nobody wrote', 'text', {
    headers: { etag: undefined, 'x-powered-by': undefined, server: undefined },
  }),
  answer('security headers', 'text', {
    headers: { 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' },
  }),
  answer('security header of its own', 'own-security', { headers: { 'referrer-policy': 'origin' } }),
  answer('problem that was thrown', 'problem', {
    status: 422,
    headers: { 'content-type': 'application/problem+json' },
    problem: {
      code: 'invalid-input',
      errors: [{ field: 'body.a', rule: 'required', message: 'is missing' }],
    },
  }),
  answer(
    'body over the limit of its route',
    'limited',
    { status: 413, problem: { status: 413, code: 'body-too-large' } },
    { method: 'POST', headers: JSON_TYPE, body: bytesOf(JSON.stringify({ a: 'x'.repeat(2000) })) },
  ),
  answer(
    'body that its route cannot read',
    'limited',
    { status: 400, problem: { status: 400 } },
    { method: 'POST', headers: JSON_TYPE, body: bytesOf('{"a":') },
  ),
  answer('handler that throws', 'throws', INTERNAL),
  answer('handler that rejects', 'rejects', INTERNAL),
  answer('handler that throws a text', 'throws-text', INTERNAL),
  answer('handler that never answers', 'slow', DEADLINE),
  answer('handler that listens to its deadline', 'listens', DEADLINE),
  answer('stream', 'stream', { status: 200, body: Uint8Array.of(0, 255, 0, 1, 255, 0, 2, 255, 0) }),
  answer('stream of nothing', 'stream-empty', { status: 200, body: NONE }),
  answer('HEAD of a text', 'text', { status: 200, body: NONE }, { method: 'HEAD' }),
  answer('HEAD of a stream', 'stream-of-head', { status: 200, body: NONE }, { method: 'HEAD' }),
]
