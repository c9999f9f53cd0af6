import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { getSignedCookies, getSignedUrl } from '@aws-sdk/cloudfront-signer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cdnContract } from '../../core/ports/cdn.contract.ts'
import type { Secrets } from '../../core/ports/secrets.ts'
import { openAwsCdn } from './cdn.ts'
import { openCloudFront } from './testing/cloudfront.ts'
import { testConfig } from './testing/config.ts'
import { radosgwMissing } from './testing/radosgw.ts'
import { openStored } from './testing/stored.ts'

const PEM = { type: 'pkcs8', format: 'pem' } as const
const makeKey = () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export(PEM).toString()
const privateKey = makeKey()
const keyPairId = 'K2JCJMDEHXQW5F'
const secretsOf = (pem: () => string): Secrets => ({ get: async () => pem() })

const cdnAt = (origin: string, pem = () => privateKey) =>
  openAwsCdn({
    config: { cdn: { origin, keyId: keyPairId, cookieDomain: 'example.org' } },
    secrets: secretsOf(pem),
  })

async function open() {
  const stack = new AsyncDisposableStack()
  const stored = stack.use(await openStored())
  const keys = new Map([[keyPairId, createPublicKey(privateKey)]])
  const edge = stack.use(await openCloudFront({ keys, access: () => stored.access }))
  const { storage, later, past } = stored
  const dispose = () => stack.disposeAsync()
  return { cdn: cdnAt(edge.origin), storage, later, past, edge, [Symbol.asyncDispose]: dispose }
}

const missing = radosgwMissing()
const why = missing === undefined ? '' : ` (skipped: ${missing})`
describe.skipIf(missing !== undefined)(`CloudFront before S3${why}`, () => {
  cdnContract('CloudFront before S3', open)

  it('opens with cookies alone, and by a query alone', async () => {
    await using at = await open()
    await at.storage.put('media', 'v/1/a.mpd', Buffer.from('x'), { contentType: 'text/plain' })
    const { url, cookies } = await at.cdn.sign('v/1/', 'a.mpd', at.later)
    const cookie = cookies.map((line) => line.split(';', 1)[0]).join('; ')
    const answers = [await fetch(url), await fetch(url.split('?', 1)[0] ?? '', { headers: { cookie } })]
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
  })
  it('opens one file by a URL: who is shown a poster does not get at the film', async () => {
    await using at = await open()
    await at.storage.put('media', 'v/1/a.m4s', Buffer.from('x'), { contentType: 'text/plain' })
    const { url } = await at.cdn.sign('v/1/', 'poster.jpg', at.later)
    expect((await fetch(url.replace('poster.jpg', 'a.m4s'))).status).toBe(403)
  })
  it('refuses a grant of a key that is not in the group', async () => {
    await using at = await open()
    const stranger = makeKey()
    const { url } = await cdnAt(at.edge.origin, () => stranger).sign('v/1/', 'a.txt', at.later)
    expect((await fetch(url)).status).toBe(403)
  })
})

const ORIGIN = 'https://media.example.org'
const segment = fc
  .string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
  // The SDK lets a "*" of the path be: see below.
  .filter((text) => !/[/\\*\p{Cc}]|^\.\.?$/u.test(text))
const film = fc.record({
  prefix: fc.array(segment, { minLength: 1, maxLength: 3 }).map((segments) => `${segments.join('/')}/`),
  file: segment,
  expiresAt: fc.date({ min: new Date('2026-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }),
})
const encoded = (path: string) => path.split('/').map(encodeURIComponent).join('/')
const policyOf = (Resource: string, expiresAt: Date) => {
  const Condition = { DateLessThan: { 'AWS:EpochTime': Math.floor(expiresAt.getTime() / 1000) } }
  return JSON.stringify({ Statement: [{ Resource, Condition }] })
}

describe('CloudFront grants', () => {
  it('are those of the SDK, byte for byte, in the URL', async () => {
    const cdn = cdnAt(ORIGIN)
    const same = fc.asyncProperty(film, async (want) => {
      const url = `${ORIGIN}/${encoded(want.prefix + want.file)}`
      const theirs = getSignedUrl({ url, keyPairId, privateKey, policy: policyOf(url, want.expiresAt) })
      expect((await cdn.sign(want.prefix, want.file, want.expiresAt)).url).toBe(theirs)
    })
    await fc.assert(same, { numRuns: 100 })
  })
  it('are those of the SDK, byte for byte, in the cookies', async () => {
    const cdn = cdnAt(ORIGIN)
    const same = fc.asyncProperty(film, async (want) => {
      const policy = policyOf(`${ORIGIN}/${encoded(want.prefix)}*`, want.expiresAt)
      const theirs = getSignedCookies({ keyPairId, privateKey, policy })
      const { cookies } = await cdn.sign(want.prefix, `${want.file}.m3u8`, want.expiresAt)
      const ours = Object.fromEntries(cookies.map((line) => line.split(';', 1)[0]?.split('=', 2) ?? []))
      expect(ours).toEqual(theirs)
    })
    await fc.assert(same, { numRuns: 100 })
  })
  it('set cookies for the prefix, the domain and the time of the grant, that no script reads', async () => {
    const { cookies } = await cdnAt(ORIGIN).sign('v/ä/', 'a.vtt', new Date('2026-01-01T00:00:00Z'))
    const attributes = cookies.map((line) => line.slice(line.indexOf(';') + 2))
    expect(new Set(attributes)).toEqual(
      new Set([
        'Domain=example.org; Path=/v/%C3%A4/; Expires=Thu, 01 Jan 2026 00:00:00 GMT; Secure; HttpOnly; SameSite=None',
      ]),
    )
  })
  it('change with the key, without a restart', async () => {
    let pem = privateKey
    const cdn = cdnAt(ORIGIN, () => pem)
    const at = new Date('2026-01-01')
    const before = await cdn.sign('v/1/', 'a', at)
    pem = makeKey()
    expect((await cdn.sign('v/1/', 'a', at)).url).not.toBe(before.url)
  })
  it('take no wildcard from a key', async () => {
    const { url, cookies } = await cdnAt(ORIGIN).sign('v/*/', '*.mpd', new Date('2026-01-01'))
    const policies = [new URL(url).searchParams.get('Policy'), /Policy=([^;]+)/.exec(cookies.join())?.[1]]
    const resources = policies.map((policy = '') => {
      const text = Buffer.from(`${policy}`.replaceAll('_', '='), 'base64').toString()
      return JSON.parse(text).Statement[0].Resource
    })
    expect([url.split('?', 1)[0], ...resources]).toEqual([
      ...[`${ORIGIN}/v/%2A/%2A.mpd`, `${ORIGIN}/v/%2A/%2A.mpd`],
      `${ORIGIN}/v/%2A/*`,
    ])
  })
  it('are no cookies for a file that refers to no other', async () => {
    expect((await cdnAt(ORIGIN).sign('v/1/', 'poster.jpg', new Date('2026-01-01'))).cookies).toEqual([])
  })
  it('are refused for a prefix that does not end with a slash', async () => {
    await expect(cdnAt(ORIGIN).sign('v/1', 'a', new Date())).rejects.toThrow('ends with "/"')
  })
  it('hold for the configured names', async () => {
    const cdn = openAwsCdn({ config: testConfig(), secrets: secretsOf(() => privateKey) })
    const { url } = await cdn.sign('v/1/', 'a', new Date('2026-01-01'))
    expect(new URL(url).searchParams.get('Key-Pair-Id')).toBe(testConfig().cdn.keyId)
  })
})
