import { describe, expect, it } from 'vitest'
import type { Cloud } from '../../cdktf/shared/environment.ts'
import { smokeTest } from './smoke-test.ts'

type Answers = Readonly<Record<string, readonly [number, string]>>
const GOOD: Answers = {
  '/healthz': [200, 'application/json'],
  '/readyz': [200, 'application/json'],
  '/': [200, 'text/html; charset=utf-8'],
  '/v1/there-is-no-such-path': [404, 'application/problem+json'],
}

/** A platform that answers by path; `from` is the attempt at which it is up. */
async function tested(
  answers: Answers,
  from = 1,
  cloud: Cloud = 'aws',
): Promise<{ error: string; pauses: number }> {
  let pauses = 0
  const fetch = async (url: string | URL | Request) => {
    if (pauses + 1 < from) throw new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND') })
    const [status, type] = answers[new URL(String(url)).pathname] ?? [500, 'text/plain']
    return new Response('{}', { status, headers: { 'content-type': type } })
  }
  const sleep = async () => void pauses++
  const options = {
    ...{ origin: 'https://video.test', cloud },
    fetch: fetch as typeof globalThis.fetch,
    sleep,
    attempts: 3,
  }
  const error = await smokeTest(options).then(
    () => '',
    (failed: Error) => failed.message,
  )
  return { error, pauses }
}

describe('the smoke test', () => {
  it('is content with a platform that answers as it should', async () => {
    expect(await tested(GOOD)).toEqual({ error: '', pauses: 0 })
  })
  it('waits until a new host name is known', async () => {
    expect(await tested(GOOD, 3)).toEqual({ error: '', pauses: 2 })
  })
  it('does not ask Cloud Run for the path that Google keeps to itself', async () => {
    expect(await tested({ ...GOOD, '/healthz': [404, 'text/html'] }, 1, 'gcp')).toEqual({
      error: '',
      pauses: 0,
    })
  })
  it('says the cause where nothing ever answers', async () => {
    expect((await tested(GOOD, 9)).error).toContain('/healthz does not answer (getaddrinfo ENOTFOUND)')
  })
  it.each([
    ['/healthz', [503, 'application/json'], '/healthz answers 503'],
    ['/readyz', [503, 'application/problem+json'], '/readyz answers 503'],
    ['/', [200, 'application/json'], '/ is application/json'],
    ['/', [404, 'text/html'], '/ answers 404'],
    ['/v1/there-is-no-such-path', [404, 'text/html'], 'answers 404 as text/html'],
    ['/v1/there-is-no-such-path', [200, 'text/html'], 'answers 200 as text/html'],
  ] as const)('fails where %s is %j', async (path, answer, says) => {
    expect((await tested({ ...GOOD, [path]: answer })).error).toContain(says)
  })
})
