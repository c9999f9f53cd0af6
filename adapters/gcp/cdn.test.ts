import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { cdnContract, filesForAddresses } from '../../core/ports/cdn.contract.ts'
import type { Ports } from '../../core/ports/ports.ts'
import type { SecretName } from '../../core/ports/secrets.ts'
import { openDeliveryApi } from '../node/testing/delivery-api.ts'
import { askRaw } from '../node/testing/raw-request.ts'
import { openGcpCdn } from './cdn.ts'
import { cookieGrant, queryGrant } from './cdn-sign.ts'
import { openCdnEdge } from './testing/cdn-edge.ts'
import { TOKEN } from './testing/env.ts'
import { BUCKET_NAMES, openServedGcpStorage, someSecrets } from './testing/served-storage.ts'

/** Of Google's own samples. */
const KEY = 'nZtRohdNF9m3cKM24IcK4w=='
const NEWER = 'AAECAwQFBgcICQoLDA0ODw=='

async function open() {
  const stack = new AsyncDisposableStack()
  const served = stack.use(await openServedGcpStorage())
  const keys = new Map([['my-key', KEY]])
  const edge = stack.use(
    await openCdnEdge({
      ...{ store: served.gcs.origin, bucket: BUCKET_NAMES.media, token: TOKEN },
      ...{ keys, now: served.clock.now },
    }),
  )
  const values = { 'cdn-key': KEY, 'delivery-key': makeKey() }
  const secrets = { get: (name: SecretName) => someSecrets(values).get(name) }
  const ports: Partial<Ports> = { storage: served.storage, clock: served.clock }
  const api = stack.use(await openDeliveryApi(ports))
  const options = { origin: edge.origin, keyName: 'my-key', cookieDomain: 'example.org', secrets }
  const cdn = openGcpCdn({ ...options, publicOrigin: api.origin })
  Object.assign(ports, { cdn })
  const rotation = {
    begin: () => {
      keys.set('newer-key', NEWER)
      const list = [
        { name: 'newer-key', key: NEWER },
        { name: 'my-key', key: KEY },
      ]
      Object.assign(values, { 'cdn-key': JSON.stringify(list) })
    },
    end: () => void keys.delete('my-key'),
  }
  return {
    ...{ ...served, edge, cdn, rotation, setNow: served.clock.set, ask: askRaw },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

const makeKey = () => randomBytes(32).toString('base64url')

cdnContract(
  'Cloud CDN',
  open,
  filesForAddresses('a signed request of Cloud CDN has no condition on the address'),
)

describe('Cloud CDN', () => {
  const grant = { keyName: 'my-key', key: KEY, expiresAt: new Date(1_549_751_401_000) }
  // GoogleCloudPlatform/python-docs-samples, cdn/snippets_test.py
  it('signs cookies as Google’s sample does', () => {
    expect([
      cookieGrant({ ...grant, urlPrefix: 'http://35.186.234.33/index.html' }),
      cookieGrant({ ...grant, urlPrefix: 'http://www.example.com/foo/' }),
    ]).toEqual([
      'URLPrefix=aHR0cDovLzM1LjE4Ni4yMzQuMzMvaW5kZXguaHRtbA==:Expires=1549751401:KeyName=my-key:Signature=uImwlOBCPs91mlCyG9vyyZRrNWU=',
      'URLPrefix=aHR0cDovL3d3dy5leGFtcGxlLmNvbS9mb28v:Expires=1549751401:KeyName=my-key:Signature=Z9uYAu73YHioRScZDxnP-TnS274=',
    ])
  })
  it('signs URLs by their prefix as Google’s sample does', () => {
    expect([
      queryGrant({ ...grant, urlPrefix: 'http://35.186.234.33/' }),
      queryGrant({ ...grant, urlPrefix: 'http://www.example.com/some/' }),
    ]).toEqual([
      'URLPrefix=aHR0cDovLzM1LjE4Ni4yMzQuMzMv&Expires=1549751401&KeyName=my-key&Signature=j7HYgoQ8dIOVsW3Rw4cpkjWfRMA=',
      'URLPrefix=aHR0cDovL3d3dy5leGFtcGxlLmNvbS9zb21lLw==&Expires=1549751401&KeyName=my-key&Signature=3th4ThmpS95I1TAKYyYSCSq3dnQ=',
    ])
  })
  it('gives a cookie for the shared domain and the prefix alone', async () => {
    await using at = await open()
    const { cookies } = await at.cdn.sign('v/1 ü;/', 'main.m3u8', at.later)
    expect(cookies[0]).toMatch(
      /^Cloud-CDN-Cookie=[\w:=-]+; Domain=example\.org; Path=\/v\/1%20%C3%BC%3B\/; Expires=Thu, 01 Jan 2026 01:00:00 GMT; HttpOnly;/,
    )
  })
  it('gives no cookie with a file that refers to no others', async () => {
    await using at = await open()
    expect((await at.cdn.sign('v/1/', 'poster.jpg', at.later)).cookies).toEqual([])
  })
  it('opens by the cookie what the URL’s own grant is not for', async () => {
    await using at = await open()
    await at.storage.put('media', 'v/1 ü/720p/1.m4s', Buffer.from('x'), { contentType: 'video/mp4' })
    const { url, cookies } = await at.cdn.sign('v/1 ü/', 'main.m3u8', at.later)
    const cookie = cookies[0]?.split(';')[0] ?? ''
    expect((await fetch(new URL('720p/1.m4s', url), { headers: { cookie } })).status).toBe(200)
  })
  it('opens by the URL alone no other file under the prefix', async () => {
    await using at = await open()
    await at.storage.put('media', 'v/1/film.mp4', Buffer.from('x'), { contentType: 'video/mp4' })
    const { url } = await at.cdn.sign('v/1/', 'poster.jpg', at.later)
    expect((await fetch(url.replace('poster.jpg', 'film.mp4'))).status).toBe(403)
  })
  it('is refused by an edge that has another key of that name', async () => {
    await using at = await open()
    const secrets = someSecrets({ 'cdn-key': 'AAAAAAAAAAAAAAAAAAAAAA==' })
    const options = { origin: at.edge.origin, keyName: 'my-key', cookieDomain: 'example.org', secrets }
    const { url } = await openGcpCdn({ ...options, publicOrigin: 'http://localhost' }).sign(
      'v/1/',
      'a',
      at.later,
    )
    expect((await fetch(url)).status).toBe(403)
  })
  it.each(['[', '[]', '[{"name":"my-key"}]', '[{"key":"QUJDREVGR0g="}]'])(
    'tells nothing of a secret that it cannot read: %s',
    async (secret) => {
      const options = { origin: 'http://localhost', keyName: 'my-key', cookieDomain: 'example.org' }
      const secrets = someSecrets({ 'cdn-key': secret })
      const signed = openGcpCdn({ ...options, publicOrigin: 'http://localhost', secrets }).sign(
        'v/',
        'a',
        new Date(),
      )
      const error = (await signed.then(
        () => undefined,
        (cause: unknown) => cause,
      )) as Error
      expect([error instanceof Error, error.message.includes('QUJD'), error.cause]).toEqual([
        true,
        false,
        undefined,
      ])
    },
  )
  it('leads a bound playlist to our API, and an unbound one to the edge', async () => {
    await using at = await open()
    const urls = [
      await at.cdn.sign('v/1/', 'a.mpd', at.later, { clientIp: '127.0.0.1' }),
      await at.cdn.sign('v/1/', 'a.mpd', at.later),
    ]
    expect(urls.map(({ url }) => new URL(url).pathname)).toEqual(['/v1/delivery', '/v/1/a.mpd'])
  })
})
