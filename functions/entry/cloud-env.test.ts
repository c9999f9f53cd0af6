import { expect, it } from 'vitest'
import { bucketNames, logLevel, trustedHops } from './cloud-env.ts'

const BUCKETS = { SKYREEL_BUCKET_UPLOADS: 'up', SKYREEL_BUCKET_MEDIA: 'out' }

it('knows our buckets by the names of this deployment', () => {
  expect(bucketNames(BUCKETS)).toEqual({ uploads: 'up', media: 'out' })
})
it.each(['SKYREEL_BUCKET_UPLOADS', 'SKYREEL_BUCKET_MEDIA'])('refuses to start without %s', (name) => {
  expect(() => bucketNames({ ...BUCKETS, [name]: '' })).toThrow(`${name} is missing`)
})
it.each([
  [{}, 'info'],
  [{ SKYREEL_LOG_LEVEL: 'debug' }, 'debug'],
])('%j logs from %s on', (env, level) => {
  expect(logLevel(env)).toBe(level)
})
it('refuses a level that there is not', () => {
  expect(() => logLevel({ SKYREEL_LOG_LEVEL: 'verbose' })).toThrow('debug, info, warn, error')
})
it.each([
  [{}, {}],
  [{ SKYREEL_TRUSTED_HOPS: '0' }, { trustedHops: 0 }],
  [{ SKYREEL_TRUSTED_HOPS: '2' }, { trustedHops: 2 }],
])('%j tells of the proxies %j', (env, told) => {
  expect(trustedHops(env)).toEqual(told)
})
it.each(['-1', 'two', '1.5', '10'])('refuses %s proxies', (given) => {
  expect(() => trustedHops({ SKYREEL_TRUSTED_HOPS: given })).toThrow('SKYREEL_TRUSTED_HOPS')
})
