import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { testContext } from '../../adapters/local/testing/column.ts'
import { memoryLog } from '../../adapters/local/testing/log.ts'
import type { Ports } from '../ports/ports.ts'
import { idFromUuid } from '../run/id.ts'
import { notFound, unauthorized } from './problem.ts'
import type { HttpRequest } from './request.ts'
import { noContent, ok } from './response.ts'
import { type Route, route } from './route.ts'
import { type Authenticate, createRouter } from './router.ts'
import { aRequest, jsonOf } from './testing/request.ts'

const facts = { tag: 'Test', summary: 'For the test', answers: { 200: { description: 'Good' } } } as const
const actor = {
  userId: idFromUuid('usr', '00000000-0000-7000-8000-000000000001'),
  sessionId: idFromUuid('ses', '00000000-0000-7000-8000-000000000002'),
}
const authenticate: Authenticate = async ({ headers }) => {
  if (headers.authorization === 'bad') throw unauthorized('no', 'token-invalid')
  return headers.authorization === undefined ? undefined : actor
}

const echo = (path: string, said: string) =>
  route({
    ...facts,
    method: 'GET',
    path,
    access: 'public',
    handler: async ({ params }) => ok({ said, params }),
  })
const routes: readonly Route[] = [
  echo('/v1/films', 'list'),
  echo('/v1/films/:id', 'one'),
  echo('/v1/films/:id/cover', 'cover'),
  echo('/v1/films/newest', 'newest'),
  route({
    ...facts,
    method: 'POST',
    path: '/v1/films',
    access: 'user',
    body: z.strictObject({ title: z.string() }),
    handler: async ({ body, actor }) => ok({ title: body.title, by: actor.userId }),
  }),
  route({
    ...facts,
    method: 'GET',
    path: '/v1/who',
    access: 'optional',
    handler: async ({ actor }) => ok({ by: actor?.userId ?? 'nobody' }),
  }),
  route({
    ...facts,
    method: 'GET',
    path: '/v1/search',
    access: 'public',
    query: z.strictObject({ q: z.string() }),
    handler: async ({ query }) => ok(query),
  }),
  route({
    ...facts,
    method: 'PUT',
    path: '/v1/films/:id/captions',
    access: 'public',
    rawBody: { mediaTypes: ['text/vtt'], maxBytes: 4 },
    handler: async ({ request }) => ok({ bytes: request.body.byteLength }),
  }),
  route({
    ...facts,
    method: 'POST',
    path: '/v1/challenge',
    access: 'public',
    rawBody: { mediaTypes: ['*/*'], maxBytes: 4 },
    handler: async ({ request }) => ok({ bytes: request.body.byteLength }),
  }),
  route({
    ...facts,
    method: 'DELETE',
    path: '/v1/films/:id',
    access: 'public',
    handler: async () => noContent(),
  }),
  route({
    ...facts,
    method: 'GET',
    path: '/v1/broken',
    access: 'public',
    handler: async () => {
      throw new Error('secret of the house')
    },
  }),
  route({
    ...facts,
    method: 'GET',
    path: '/v1/refused',
    access: 'public',
    handler: async () => {
      throw notFound('film')
    },
  }),
]
const router = createRouter(routes, authenticate)
// No route of this test uses a port.
const ports = {} as Ports

async function call(method: string, path: string, more: Partial<HttpRequest> & { json?: unknown } = {}) {
  const log = memoryLog()
  const response = await router.handle(aRequest(method, path, more), ports, testContext(log))
  return { ...response, lines: log.lines }
}

describe('finding a route', () => {
  it.each([
    ['/v1/films', { said: 'list', params: {} }],
    ['/v1/films/7', { said: 'one', params: { id: '7' } }],
    ['/v1/films/newest', { said: 'newest', params: {} }],
    ['/v1/films/newest/cover', { said: 'cover', params: { id: 'newest' } }],
    ['/v1/films/a%2Fb', { said: 'one', params: { id: 'a%2Fb' } }],
  ])('answers %s', async (path, said) => {
    expect(jsonOf(await call('GET', path))).toEqual(said)
  })
  it('answers HEAD as GET', async () => {
    expect((await call('HEAD', '/v1/films')).status).toBe(200)
  })
  it.each([
    '/',
    '/v1',
    '/v1/films/',
    '/v1/films//cover',
    '/v1/films/7/cover/x',
    '/V1/films',
    '/__proto__/constructor',
  ])('answers 404 for %s', async (path) => {
    expect(jsonOf(await call('GET', path))).toMatchObject({ status: 404, code: 'no-such-route' })
  })
  it('answers 405 with the methods that are there', async () => {
    const response = await call('PATCH', '/v1/films')
    expect([response.status, response.headers?.allow]).toEqual([405, 'GET, HEAD, POST'])
  })
  it('refuses two routes for the same thing', () => {
    expect(() => createRouter([echo('/a', '1'), echo('/a', '2')], authenticate)).toThrow('two routes')
  })
  it('refuses two names for the same part, of which one would never be filled', () => {
    expect(() => createRouter([echo('/a/:id', '1'), echo('/a/:filmId/b', '2')], authenticate)).toThrow(
      'two names',
    )
  })
})

describe('who asks', () => {
  it('must be known where the route needs a user', async () => {
    expect(jsonOf(await call('POST', '/v1/films', { json: { title: 'x' } }))).toMatchObject({
      status: 401,
      code: 'unauthorized',
    })
  })
  it('is asked before the body is looked at', async () => {
    expect((await call('POST', '/v1/films', { body: new Uint8Array(9_999_999) })).status).toBe(401)
  })
  it('reaches the handler', async () => {
    expect(
      jsonOf(await call('POST', '/v1/films', { json: { title: 'x' }, headers: { authorization: 'good' } })),
    ).toEqual({ title: 'x', by: actor.userId })
  })
  it('may be nobody where it is optional', async () => {
    expect(jsonOf(await call('GET', '/v1/who'))).toEqual({ by: 'nobody' })
  })
  it('is refused with a bad token also where it is optional', async () => {
    expect(jsonOf(await call('GET', '/v1/who', { headers: { authorization: 'bad' } }))).toMatchObject({
      status: 401,
      code: 'token-invalid',
    })
  })
  it('is not looked at where the route is public', async () => {
    expect((await call('GET', '/v1/films', { headers: { authorization: 'bad' } })).status).toBe(200)
  })
})

describe('input', () => {
  it('that breaks a rule is 422 and names the field', async () => {
    const response = await call('POST', '/v1/films', { json: {}, headers: { authorization: 'good' } })
    expect(jsonOf(response)).toMatchObject({
      status: 422,
      errors: [{ field: 'body.title', rule: 'required' }],
    })
  })
  it('in a query is read', async () => {
    expect(jsonOf(await call('GET', '/v1/search', { query: new URLSearchParams('q=a%20b') }))).toEqual({
      q: 'a b',
    })
  })
  it('given twice in a query is refused', async () => {
    expect(jsonOf(await call('GET', '/v1/search', { query: new URLSearchParams('q=a&q=b') }))).toMatchObject({
      status: 422,
      errors: [{ field: 'query.q', rule: 'repeated' }],
    })
  })
  it('as bytes reaches the handler', async () => {
    const response = await call('PUT', '/v1/films/7/captions', {
      body: new Uint8Array(4),
      headers: { 'content-type': 'text/vtt; charset=utf-8' },
    })
    expect(jsonOf(response)).toEqual({ bytes: 4 })
  })
  it('as too many bytes is 413', async () => {
    expect(
      (
        await call('PUT', '/v1/films/7/captions', {
          body: new Uint8Array(5),
          headers: { 'content-type': 'text/vtt' },
        })
      ).status,
    ).toBe(413)
  })
  it.each([{}, { 'content-type': 'application/json' }, { 'content-type': '' }])(
    'as bytes of any type is taken with %o where the route says so',
    async (headers: Record<string, string>) => {
      const response = await call('POST', '/v1/challenge', { body: new Uint8Array(3), headers })
      expect(jsonOf(response)).toEqual({ bytes: 3 })
    },
  )
  it('as bytes of another type is 415', async () => {
    expect(
      (
        await call('PUT', '/v1/films/7/captions', {
          body: new Uint8Array(4),
          headers: { 'content-type': 'text/html' },
        })
      ).status,
    ).toBe(415)
  })
})

describe('what goes wrong', () => {
  it('on purpose is answered as its problem', async () => {
    expect(jsonOf(await call('GET', '/v1/refused'))).toEqual({
      type: '/problems/not-found',
      title: 'Not found',
      status: 404,
      code: 'not-found',
      detail: 'There is no such film.',
      instance: 'test-request',
    })
  })
  it('by accident is a 500 that tells nothing of the inside', async () => {
    const { status, body } = await call('GET', '/v1/broken')
    expect([status, String(body).includes('secret')]).toEqual([500, false])
  })
  it('by accident is in the log with its error', async () => {
    const { lines } = await call('GET', '/v1/broken')
    expect(lines).toEqual([
      { level: 'error', message: 'request failed', fields: { error: new Error('secret of the house') } },
    ])
  })
  it.each(['/v1/films', '/v1/refused', '/v1/broken'])('or well, %s carries the request id', async (path) => {
    expect((await call('GET', path)).headers?.['x-request-id']).toBe('test-request')
  })
})
