import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { getSignedCookies, getSignedUrl } from '@aws-sdk/cloudfront-signer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cdnContract } from '../../core/ports/cdn.contract.ts'
import type { Secrets } from '../../core/ports/secrets.ts'
import { NotSupported } from '../../core/run/not-supported.ts'
import { askRaw } from '../node/testing/raw-request.ts'
import { openAwsCdn } from './cdn.ts'
import { openCloudFront } from './testing/cloudfront.ts'
import { testConfig } from './testing/config.ts'
import { radosgwMissing } from './testing/radosgw.ts'
import { openStored } from './testing/stored.ts'

const PEM = { type: 'pkcs8', format: 'pem' } as const
const makeRsaKey = (bits = 2048) =>
  generateKeyPairSync('rsa', { modulusLength: bits }).privateKey.export(PEM).toString()
const makeEcKey = (namedCurve = 'prime256v1') =>
  generateKeyPairSync('ec', { namedCurve }).privateKey.export(PEM).toString()
const privateKey = makeRsaKey()
const keyPairId = 'K2JCJMDEHXQW5F'
const NEWER_ID = 'KNEWER00000000'
const secretsOf = (pem: () => string): Secrets => ({ get: async () => pem() })

const cdnAt = (origin: string, pem = () => privateKey) =>
  openAwsCdn({
    config: { cdn: { origin, keyId: keyPairId, cookieDomain: 'example.org' } },
    secrets: secretsOf(pem),
  })

/** The key that signs first, and the one that takes its place. */
const openWith = (older: string, newer: string) => async () => {
  const stack = new AsyncDisposableStack()
  const stored = stack.use(await openStored())
  const keys = new Map([[keyPairId, createPublicKey(older)]])
  let [secret, now] = [older, Date.now]
  const edge = stack.use(await openCloudFront({ keys, access: () => stored.access, now: () => now() }))
  const rotation = {
    begin: () => {
      keys.set(NEWER_ID, createPublicKey(newer))
      secret = JSON.stringify([
        { keyId: NEWER_ID, pem: newer },
        { keyId: keyPairId, pem: older },
      ])
    },
    end: () => void keys.delete(keyPairId),
  }
  const setNow = (at: Date) => {
    now = () => at.getTime()
  }
  const { storage, later, past } = stored
  return {
    ...{ cdn: cdnAt(edge.origin, () => secret), storage, later, past, edge, rotation, setNow, ask: askRaw },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}
const open = openWith(privateKey, makeEcKey())

const missing = radosgwMissing()
const why = missing === undefined ? '' : ` (skipped: ${missing})`
describe.skipIf(missing !== undefined)(`CloudFront before S3${why}`, () => {
  cdnContract('CloudFront before S3', open)
  cdnContract('CloudFront before S3 with a key on P-256', openWith(makeEcKey(), privateKey))

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
    const stranger = makeRsaKey()
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
const policyOf = (Resource: string, expiresAt: Date, clientIp?: string) => {
  const DateLessThan = { 'AWS:EpochTime': Math.floor(expiresAt.getTime() / 1000) }
  const address = clientIp === undefined ? {} : { IpAddress: { 'AWS:SourceIp': `${clientIp}/32` } }
  const Condition = { DateLessThan, ...address }
  return JSON.stringify({ Statement: [{ Resource, Condition }] })
}

const bytesOf = (text: string | null) =>
  Buffer.from(`${text}`.replaceAll('-', '+').replaceAll('_', '=').replaceAll('~', '/'), 'base64')

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
  it('are those of the SDK, byte for byte, where they are for one address', async () => {
    const at = new Date('2026-03-04T05:06:07Z')
    const { url } = await cdnAt(ORIGIN).sign('v/1/', 'a.m4s', at, { clientIp: '203.0.113.9' })
    const theirs = { url: `${ORIGIN}/v/1/a.m4s`, keyPairId, privateKey }
    const policy = policyOf(theirs.url, at, '203.0.113.9')
    expect([url, getSignedUrl({ ...theirs, policy })]).toEqual([
      url,
      getSignedUrl({ ...theirs, dateLessThan: at, ipAddress: '203.0.113.9' }),
    ])
    expect(url).toBe(getSignedUrl({ ...theirs, policy }))
  })
  it('are not made for an address that CloudFront cannot bind', async () => {
    const signed = cdnAt(ORIGIN).sign('v/1/', 'a.m4s', new Date(), { clientIp: '2001:db8::1' })
    await expect(signed).rejects.toThrow(NotSupported)
  })
  it('have with a key on P-256 a signature in DER over SHA-1 that OpenSSL verifies', async () => {
    const pem = makeEcKey()
    const { url } = await cdnAt(ORIGIN, () => pem).sign('v/1/', 'a.m4s', new Date('2026-01-01'))
    const [policy, signature] = ['Policy', 'Signature'].map((name) =>
      bytesOf(new URL(url).searchParams.get(name)),
    )
    expect(
      verify(
        'sha1',
        policy ?? Buffer.alloc(0),
        { key: createPublicKey(pem), dsaEncoding: 'der' },
        signature ?? Buffer.alloc(0),
      ),
    ).toBe(true)
  })
  it.each([
    ['RSA of 3072 bits', makeRsaKey(3072)],
    ['ECDSA on P-384', makeEcKey('secp384r1')],
  ])('are not made with a key that CloudFront does not take: %s', async (_, pem) => {
    const signed = cdnAt(ORIGIN, () => pem).sign('v/1/', 'a.m4s', new Date())
    await expect(signed).rejects.toThrow('CloudFront takes no other')
  })
  it.each(['[', '[]', '[{"keyId":"K"}]', '[{"pem":"-----BEGIN PRIVATE KEY-----"}]'])(
    'are not made with a secret of another form, of which nothing is told: %s',
    async (secret) => {
      const signed = cdnAt(ORIGIN, () => secret).sign('v/1/', 'a.m4s', new Date())
      const error = (await signed.then(
        () => undefined,
        (cause: unknown) => cause,
      )) as Error
      expect([error instanceof Error, error.message.includes('BEGIN'), error.cause]).toEqual([
        true,
        false,
        undefined,
      ])
    },
  )
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
    pem = makeRsaKey()
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
