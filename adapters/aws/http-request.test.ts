import { describe, expect, it } from 'vitest'
import { Problem } from '../../core/http/problem.ts'
import { requestFromAws } from './http-request.ts'

const v2 = (more: { path?: string; headers?: object; sourceIp?: string; domainName?: string } = {}) => ({
  rawPath: more.path ?? '/',
  rawQueryString: '',
  headers: more.headers ?? {},
  requestContext: {
    domainName: more.domainName ?? 'a.execute-api.us-east-1.amazonaws.com',
    http: { method: 'GET', sourceIp: more.sourceIp ?? '192.0.2.9' },
  },
})
const url = (path: string) => v2({ path, domainName: 'a.lambda-url.us-east-1.on.aws' })
const alb = (forwarded: string) => ({
  requestContext: { elb: {} },
  httpMethod: 'GET',
  path: '/',
  headers: { 'x-forwarded-for': forwarded },
})
const codeOf = (read: () => unknown) => {
  try {
    read()
    return 'nothing thrown'
  } catch (error) {
    return error instanceof Problem ? error.facts.code : error
  }
}

describe('the path', () => {
  it.each(['/a/../b', '/a/%2e%2e/b', '/a%00b', '/%zz'])('refuses %s of a Function URL', (path) => {
    expect(codeOf(() => requestFromAws(url(path)))).toBe('bad-path')
  })
  it.each(['/a/../b', '/a\u0000b'])('refuses %j of an HTTP API, which decodes', (path) => {
    expect(codeOf(() => requestFromAws(v2({ path })))).toBe('bad-path')
  })
  it('is not decoded twice behind an HTTP API', () => {
    expect(requestFromAws(v2({ path: '/a%2e%2eb%' })).path).toBe('/a%2e%2eb%')
  })
})

describe('the address of the client', () => {
  const forged = { 'x-forwarded-for': '203.0.113.66' }

  it('is the one that the gateway saw', () => {
    expect(requestFromAws(v2({ headers: forged })).clientIp).toBe('192.0.2.9')
  })
  it('is the one that the CDN saw where a CDN stands before the gateway', () => {
    const headers = { 'x-forwarded-for': '203.0.113.66, 198.51.100.7, 192.0.2.9' }
    expect(requestFromAws(v2({ headers }), 1).clientIp).toBe('198.51.100.7')
  })
  it('is the one that the CDN saw although the gateway left itself out of the header', () => {
    const headers = { 'x-forwarded-for': '203.0.113.66, 198.51.100.7' }
    expect(requestFromAws(v2({ headers }), 1).clientIp).toBe('198.51.100.7')
  })
  it('is the last that a load balancer names', () => {
    expect(requestFromAws(alb('203.0.113.66,198.51.100.7')).clientIp).toBe('198.51.100.7')
  })
  it('is what there is where there are fewer hops than ours', () => {
    expect(requestFromAws(v2(), 3).clientIp).toBe('192.0.2.9')
  })
})

describe('the headers', () => {
  it('come in lower case once, though two spell a name differently', () => {
    const multiValueHeaders = { Accept: ['a'], accept: ['b'], Cookie: ['a=1', 'b=2'] }
    const { headers } = requestFromAws({
      httpMethod: 'GET',
      path: '/',
      requestContext: {},
      multiValueHeaders,
    })
    expect({ ...headers }).toEqual({ accept: 'a, b', cookie: 'a=1; b=2' })
  })
  it('leave the native event as it was', () => {
    const native = { ...v2({ headers: { Accept: 'a' } }), cookies: ['a=1'] }
    const before = structuredClone(native)
    requestFromAws(native)
    expect(native).toEqual(before)
  })
  it('name no host where the client sent none', () => {
    expect(requestFromAws(v2()).headers.host).toBeUndefined()
  })
})

it('refuses what is no request', () => {
  expect(codeOf(() => requestFromAws({ Records: [] }))).toBe('not-http')
})

it('reads the same through an object that is laid over it, as the router does', () => {
  const laid = Object.create(
    requestFromAws({ ...v2({ headers: { cookie: 'a=1' } }), rawQueryString: 'b=2', body: 'c' }),
  )
  expect([laid.cookies.a, laid.query.get('b'), Buffer.from(laid.body).toString()]).toEqual(['1', '2', 'c'])
})
