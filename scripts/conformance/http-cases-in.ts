import { gzipSync } from 'node:zlib'
import { bytesOf, type HttpCase, httpCase, type WireRequest } from './http-case.ts'

const base64 = (bytes: Uint8Array | string): string =>
  Buffer.from(typeof bytes === 'string' ? bytesOf(bytes) : bytes).toString('base64')

/** A body that must arrive byte by byte. */
function bodyCase(
  name: string,
  body: Uint8Array | string,
  type: string | undefined,
  more: Partial<WireRequest> = {},
): HttpCase {
  const bytes = typeof body === 'string' ? bytesOf(body) : body
  const headers = [...(type === undefined ? [] : [['content-type', type] as const]), ...(more.headers ?? [])]
  const request = { method: 'POST', ...more, headers, body: bytes }
  const sees = { bodyBase64: base64(bytes), headers: { 'content-type': type } }
  return httpCase(name, request, { sees, answers: { status: 200 } })
}

/** The bytes that a UTF-8 round trip destroys, as in a Widevine challenge (powertools event-handler 2.35 does). */
const NOT_UTF8 = Uint8Array.of(0x08, 0x01, 0x12, 0xff, 0xfe, 0x80)
const EVERY_BYTE = Uint8Array.from({ length: 256 }, (_, i) => i)

const BODIES: readonly HttpCase[] = [
  httpCase('GET without a body', {}, { sees: { method: 'GET', bodyBase64: '' } }),
  httpCase('POST without a body', { method: 'POST' }, { sees: { method: 'POST', bodyBase64: '' } }),
  bodyCase('empty body with a JSON content type', '', 'application/json'),
  bodyCase('body bytes that are no UTF-8', NOT_UTF8, 'application/octet-stream'),
  bodyCase('body of every byte value', EVERY_BYTE, 'application/octet-stream'),
  bodyCase('body bytes that are no UTF-8 under a text type', NOT_UTF8, 'text/plain'),
  bodyCase('body in UTF-8', 'Zoë 漢字 😀', 'text/plain; charset=utf-8'),
  bodyCase('body in Latin-1', Uint8Array.of(0x5a, 0x6f, 0xeb), 'text/plain; charset=iso-8859-1'),
  bodyCase('JSON with its spaces and key order', '{ "b" : 1,\n  "a":\t[ ] }', 'application/json'),
  bodyCase('malformed JSON', '{"a":', 'application/json'),
  bodyCase('JSON that is null', 'null', 'application/json'),
  bodyCase('JSON that is a bare string', '"bare"', 'application/json'),
  bodyCase('JSON with an unknown charset', '{"a":1}', 'application/json; charset=x-unknown'),
  bodyCase('JSON with large numbers', '{"id":9007199254740993123,"e":89e7073266}', 'application/json'),
  bodyCase('gzip body', gzipSync('{"a":1}', { level: 9 }), 'application/json', {
    headers: [['content-encoding', 'gzip']],
  }),
  bodyCase('body without a content type', 'as it is', undefined),
  bodyCase('form body', 'a=1&a=2&b=%20+x', 'application/x-www-form-urlencoded'),
  bodyCase(
    'multipart body',
    '--b\r\nContent-Disposition: form-data; name="f"; filename="ä.bin"\r\n\r\n\u0000\u0001\r\n--b--\r\n',
    'multipart/form-data; boundary=b',
  ),
  bodyCase('body with NUL and line ends', 'a\u0000b\r\nc\nd\re', 'text/plain'),
  bodyCase('body with a byte order mark', Uint8Array.of(0xef, 0xbb, 0xbf, 0x61), 'text/plain'),
  bodyCase('PUT of a picture', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a), 'image/png', {
    method: 'PUT',
  }),
  bodyCase('body of 600 kB', Buffer.alloc(600_000, NOT_UTF8), 'application/octet-stream'),
]

const METHODS: readonly HttpCase[] = ['PUT', 'PATCH', 'DELETE', 'OPTIONS'].map((method) =>
  httpCase(`method ${method}`, { method }, { sees: { method } }),
)

const pathCase = (name: string, target: string, path: string) =>
  httpCase(name, { target }, { sees: { path }, answers: { status: 200 } })

const refusedPath = (name: string, target: string) =>
  httpCase(name, { target }, { answers: { status: 400, problem: { code: 'bad-path' } } })

const PATHS: readonly HttpCase[] = [
  pathCase('path with an encoded space', '/echo/a%20b', '/echo/a b'),
  pathCase('path with an encoded slash', '/echo/a%2Fb', '/echo/a/b'),
  pathCase('path that begins with two slashes', '//evil.example/x', '//evil.example/x'),
  pathCase('path in UTF-8', '/echo/%C3%A4/%F0%9F%98%80', '/echo/ä/😀'),
  pathCase('plus in a path', '/echo/a+b', '/echo/a+b'),
  pathCase('slash at the end of a path', '/echo/a/', '/echo/a/'),
  pathCase('path encoded twice', '/echo/%2525', '/echo/%25'),
  pathCase('path with dots inside a segment', '/echo/a..b/...c', '/echo/a..b/...c'),
  pathCase('path with semicolon, comma and at', '/echo/a;b=1,c@d', '/echo/a;b=1,c@d'),
  pathCase('path of 1500 characters', `/echo/${'x'.repeat(1500)}`, `/echo/${'x'.repeat(1500)}`),
  pathCase('the root', '/', '/'),
  pathCase('/favicon.ico', '/favicon.ico', '/favicon.ico'),
  pathCase('/robots.txt', '/robots.txt', '/robots.txt'),
  refusedPath('path with encoded dot segments', '/echo/%2e%2e/secret'),
  refusedPath('path with a broken percent', '/echo/%zz'),
  refusedPath('path with an encoded control character', '/echo/a%00b'),
]

const queryCase = (name: string, search: string, query: readonly (readonly [string, string])[]) =>
  httpCase(name, { target: `/echo?${search}` }, { sees: { query, path: '/echo' } })

const QUERIES: readonly HttpCase[] = [
  httpCase('no query', {}, { sees: { query: [] } }),
  queryCase('empty query', '', []),
  queryCase('repeated key', 'a=1&a=2&a=1', [
    ['a', '1'],
    ['a', '2'],
    ['a', '1'],
  ]),
  queryCase('empty value', 'a=&b=1', [
    ['a', ''],
    ['b', '1'],
  ]),
  queryCase('repeated empty value', 'a=&a=', [
    ['a', ''],
    ['a', ''],
  ]),
  queryCase('key without an equals sign', 'a&b=1', [
    ['a', ''],
    ['b', '1'],
  ]),
  queryCase('plus and encoded plus', 'a=x+y&b=x%2By', [
    ['a', 'x y'],
    ['b', 'x+y'],
  ]),
  queryCase('key with space, percent and emoji', 'a%20b=1&50%25=2&%F0%9F%98%80=3', [
    ['a b', '1'],
    ['50%', '2'],
    ['😀', '3'],
  ]),
  queryCase('encoded ampersand and equals', 'a=b%26c%3Dd', [['a', 'b&c=d']]),
  queryCase('equals sign in a value', 'a=b=c', [['a', 'b=c']]),
  queryCase('comma in a value', 'a=1,2', [['a', '1,2']]),
  queryCase('question mark in a value', 'a=b?c', [['a', 'b?c']]),
  queryCase('brackets in a key', 'a[]=1&a[]=2', [
    ['a[]', '1'],
    ['a[]', '2'],
  ]),
  queryCase('names of prototypes', '__proto__=1&constructor=2', [
    ['__proto__', '1'],
    ['constructor', '2'],
  ]),
]

const headerCase = (
  name: string,
  headers: WireRequest['headers'],
  seen: Readonly<Record<string, string | undefined>>,
) => httpCase(name, { headers }, { sees: { headers: seen } })

const HEADERS: readonly HttpCase[] = [
  headerCase(
    'repeated header',
    [
      ['x-list', 'one'],
      ['x-list', 'two'],
    ],
    { 'x-list': 'one, two' },
  ),
  headerCase(
    'two accept headers',
    [
      ['accept', 'text/html'],
      ['accept', 'application/json;q=0.5'],
    ],
    { accept: 'text/html, application/json;q=0.5' },
  ),
  headerCase('header with commas', [['x-date', 'Wed, 21 Oct 2026 07:28:00 GMT']], {
    'x-date': 'Wed, 21 Oct 2026 07:28:00 GMT',
  }),
  headerCase('header name in capitals', [['X-Mixed-Case', 'Value']], {
    'x-mixed-case': 'Value',
    'X-Mixed-Case': undefined,
  }),
  headerCase('header value beyond ASCII', [['x-name', 'Zoë']], { 'x-name': 'Zoë' }),
  headerCase('header with quotes and colons', [['x-q', '"a": b; c="d"']], { 'x-q': '"a": b; c="d"' }),
  headerCase('header of 4000 characters', [['x-long', 'y'.repeat(4000)]], { 'x-long': 'y'.repeat(4000) }),
  headerCase('authorization', [['authorization', 'Bearer a.b.c']], { authorization: 'Bearer a.b.c' }),
  headerCase('host', [], { host: 'api.example.com' }),
]

const cookieCase = (name: string, header: string, cookies: Readonly<Record<string, string>>) =>
  httpCase(name, { headers: [['cookie', header]] }, { sees: { cookies } })

const COOKIES: readonly HttpCase[] = [
  httpCase('no cookie', {}, { sees: { cookies: {} } }),
  cookieCase('two cookies', 'a=1; b=2', { a: '1', b: '2' }),
  cookieCase('cookie with equals and quotes', 'a=x=y==; b="q"', { a: 'x=y==', b: 'q' }),
  cookieCase('cookie given twice', 'a=first; a=second', { a: 'first' }),
  cookieCase('cookie with a comma and percent', 'a=1%2C2,3; B=b', { a: '1%2C2,3', B: 'b' }),
  cookieCase('cookie named like a prototype', '__proto__=1', { ['__proto__']: '1' } as Record<
    string,
    string
  >),
]

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'

const IDENTITY: readonly HttpCase[] = [
  httpCase(
    'request id of the client',
    { headers: [['x-request-id', 'client-id.12345678']] },
    { answers: { headers: { 'x-request-id': 'client-id.12345678' } } },
  ),
  httpCase('trace of the client', { headers: [['traceparent', TRACE]] }, { sees: { traceparent: TRACE } }),
  httpCase(
    'forged client address',
    { headers: [['x-forwarded-for', '198.51.100.1, 10.0.0.1']] },
    { sees: { clientIp: '203.0.113.7' } },
  ),
  httpCase('client address in IPv6', { clientIp: '2001:db8::7' }, { sees: { clientIp: '2001:db8::7' } }),
]

/** What reaches a handler. */
export const CASES_IN: readonly HttpCase[] = [
  ...BODIES,
  ...METHODS,
  ...PATHS,
  ...QUERIES,
  ...HEADERS,
  ...COOKIES,
  ...IDENTITY,
]
