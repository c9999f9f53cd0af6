import { eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { APP_CERTIFICATE, CKC, SPC } from '../../adapters/local/testing/fairplay-module.ts'
import {
  bytesOf,
  clearKeyBody,
  type LicenseDesk,
  openLicenseDesk,
  outcomeOf,
} from '../../adapters/local/testing/license-desk.ts'
import { fault, playReadyChallenge } from '../../adapters/local/testing/playready-server.ts'
import type { Film } from '../../adapters/local/testing/protected-films.ts'
import { challengeOf } from '../../adapters/local/testing/widevine-server.ts'
import { jsonOf } from '../http/testing/request.ts'
import { decide } from '../playback/decide.ts'
import type { KeyLabel } from '../protection/model.ts'
import { videos } from '../video/schema.ts'
import { contentKeysOf, makeContentKeys } from './content-keys.ts'
import { guidOf } from './license-key-id.ts'

let desk: LicenseDesk
let film: Film
let token: string
/** Of somebody whose plan has HD, on a film for subscribers. */
let premium: { film: Film; token: string }
beforeAll(async () => {
  desk = await openLicenseDesk()
  film = await desk.aFilm()
  token = (await desk.view(film)).token
  const forSubscribers = await desk.aFilm({ visibility: 'subscribers' })
  premium = { film: forSubscribers, token: (await desk.view(forSubscribers, await desk.aSubscriber())).token }
})
afterAll(() => desk[Symbol.asyncDispose]())
afterEach(() => {
  desk.secrets.playready = desk.playready.secrets.entitlement
  desk.playready.instead = undefined
})

const base64url = (part: Uint8Array | string) =>
  Buffer.from(part as string, typeof part === 'string' ? 'hex' : undefined).toString('base64url')

describe('Clear Key', () => {
  const ask = (body: Uint8Array | string, with_ = token) =>
    desk.ask('POST', '/v1/license/clearkey', { token: with_, body: Buffer.from(body as string) })
  const kidsOf = (of: Film, ...labels: readonly KeyLabel[]) => labels.map((label) => of.key(label).keyId)

  it('answers a JSON Web Key for each key that was asked for', async () => {
    const { keyId, key } = film.key('SD')
    expect(jsonOf(await ask(clearKeyBody([keyId])))).toEqual({
      keys: [{ kty: 'oct', kid: base64url(keyId), k: base64url(key) }],
      type: 'temporary',
    })
  })
  it('leaves out keys of a quality that the plan does not have', async () => {
    const answer = await ask(clearKeyBody(kidsOf(premium.film, 'AUDIO', 'HD', 'UHD')), premium.token)
    const { keys } = jsonOf(answer) as { keys: { kid: string }[] }
    const wanted = kidsOf(premium.film, 'AUDIO', 'HD').map((id) => base64url(id))
    expect(keys.map(({ kid }) => kid).sort()).toEqual(wanted.sort())
  })
  it('refuses such keys by themselves', async () => {
    const answer = await ask(clearKeyBody(kidsOf(premium.film, 'UHD')), premium.token)
    expect(outcomeOf(answer)).toBe('403 quality-not-allowed')
  })
  it('asks whether a licence may be kept', async () => {
    const answer = await ask(clearKeyBody(kidsOf(film, 'SD'), 'persistent-license'))
    expect(outcomeOf(answer)).toBe('403 offline-not-allowed')
  })
  it('hands out no key of AES-128 segments', async () => {
    const other = await desk.aFilm({ protection: 'aes-128' })
    const viewing = await desk.view(other)
    expect(outcomeOf(await ask(clearKeyBody(kidsOf(other, 'SD')), viewing.token))).toBe('403 foreign-key')
  })
  const kid = base64url('a7e61c373e219033c21091fa607bf3b8')
  it.each([
    ['no JSON', '{', '400 invalid-json'],
    ['no object', '[]', '422 invalid-input'],
    ['no key', '{"kids":[],"type":"temporary"}', '422 invalid-input'],
    ['no type', `{"kids":["${kid}"]}`, '422 invalid-input'],
    ['another type', `{"kids":["${kid}"],"type":"persistent-usage-record"}`, '422 invalid-input'],
    ['another field', `{"kids":["${kid}"],"type":"temporary","a":1}`, '422 invalid-input'],
    ['base64 with padding', `{"kids":["${kid}=="],"type":"temporary"}`, '422 invalid-input'],
    [
      'another spelling of a key id',
      `{"kids":["${kid.slice(0, -1)}h"],"type":"temporary"}`,
      '422 invalid-input',
    ],
    ['17 keys', JSON.stringify({ kids: Array(17).fill(kid), type: 'temporary' }), '422 invalid-input'],
    ['5 kB', `{"kids":["${'a'.repeat(5000)}"]}`, '413 body-too-large'],
  ])('refuses %s', async (_, body, outcome) => {
    expect(outcomeOf(await ask(body))).toBe(outcome)
  })
})

describe('the key of AES-128', () => {
  it.each([
    ['hex', (id: string) => id],
    ['a UUID', guidOf],
    ['capitals', (id: string) => id.toUpperCase()],
  ])('comes as 16 bytes for %s', async (_, write) => {
    const other = await desk.aFilm({ protection: 'aes-128' })
    const viewing = await desk.view(other)
    const { keyId, key } = other.key('SD')
    const answer = await desk.ask('GET', `/v1/license/key/${write(keyId)}?token=${viewing.token}`)
    expect([bytesOf(answer), answer.headers?.['content-type']]).toEqual([
      Buffer.from(key),
      'application/octet-stream',
    ])
  })
  it('is not that of a film with DRM', async () => {
    const answer = await desk.ask('GET', `/v1/license/key/${film.key('SD').keyId}`, { token })
    expect(outcomeOf(answer)).toBe('403 foreign-key')
  })
  it('is not there for what is no key id', async () => {
    expect(outcomeOf(await desk.ask('GET', '/v1/license/key/..%2f', { token }))).toBe('404 not-found')
  })
})

describe('PlayReady', () => {
  const ask = (
    soap: string,
    more: { query?: string; headers?: Record<string, string>; token?: string } = {},
  ) =>
    desk.ask('POST', `/v1/license/playready${more.query ?? ''}`, {
      ...{ token: more.token ?? token, headers: more.headers ?? {}, body: Buffer.from(soap) },
    })
  const sd = () => film.key('SD').keyId
  /** Base64 has a plus, which an address reads as a space. */
  async function aKeyWithPlus() {
    for (;;) {
      const other = await desk.aFilm()
      const key = Buffer.from(other.key('SD').key).toString('base64')
      if (key.includes('+')) return { keyId: other.key('SD').keyId, key, viewing: await desk.view(other) }
    }
  }

  it('answers what the server said', async () => {
    const answer = await ask(playReadyChallenge(sd()))
    expect([answer.headers?.['content-type'], bytesOf(answer).toString()]).toEqual([
      'text/xml; charset=utf-8',
      expect.stringContaining('<License>a licence</License>'),
    ])
  })
  it('passes the challenge on as it came', async () => {
    const soap = playReadyChallenge(sd())
    await ask(soap)
    expect(desk.playready.calls.at(-1)?.body.toString()).toBe(soap)
  })
  it('vouches for the key ids that were asked for and are allowed', async () => {
    const kids = [sd(), premium.film.key('UHD').keyId]
    const { film: of, token: by } = premium
    await ask(playReadyChallenge(of.key('SD').keyId, kids[1] ?? ''), { token: by })
    expect(desk.playready.entitlements.at(-1)).toMatchObject({
      iss: desk.ports.config.publicOrigin,
      sub: of.video.id,
      kids: [guidOf(of.key('SD').keyId)],
      persist: false,
      licenseSeconds: desk.ports.config.licenseSeconds,
    })
  })
  it('tells the operator’s server no key', async () => {
    await ask(playReadyChallenge(sd()))
    const sent = JSON.stringify(desk.playready.calls.at(-1)) + JSON.stringify(desk.playready.entitlements)
    const key = Buffer.from(film.key('SD').key)
    const seen = (['hex', 'base64', 'base64url'] as const).some((as) => sent.includes(key.toString(as)))
    expect(seen).toBe(false)
  })
  it('tells Microsoft’s test server the keys in its address', async () => {
    desk.secrets.playready = desk.playready.secrets['test-cfg']
    const { keyId, key, viewing } = await aKeyWithPlus()
    await ask(playReadyChallenge(keyId), { token: viewing.token })
    const { searchParams } = new URL(desk.playready.calls.at(-1)?.path ?? '', desk.playready.origin)
    expect(searchParams.get('cfg')).toBe(`(kid:${guidOf(keyId)},contentkey:${key},persist:false,sl:150)`)
  })
  it('answers no other action', async () => {
    const headers = { soapaction: '"http://schemas.microsoft.com/DRM/2007/03/protocols/AcknowledgeLicense"' }
    expect(outcomeOf(await ask(playReadyChallenge(sd()), { headers }))).toBe('422 challenge-refused')
  })
  it('tells the code of a SOAP fault', async () => {
    desk.playready.instead = fault('0x8004C600')
    const answer = await ask(playReadyChallenge(sd()))
    expect(jsonOf(answer)).toMatchObject({ status: 422, detail: 'The licence server answered 0x8004C600.' })
  })
  it('shows nothing of another failure', async () => {
    desk.playready.instead = { status: 403, type: 'text/html', body: 'a secret' }
    const answer = await ask(playReadyChallenge(sd()))
    expect(jsonOf(answer)).toMatchObject({ status: 502, detail: 'The licence server answered 403.' })
  })
})

describe('FairPlay', () => {
  const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
  const ask = (body: Uint8Array | string, query = '', headers: Record<string, string> = {}) =>
    desk.ask('POST', `/v1/license/fairplay${query}`, { token, headers, body: Buffer.from(body as string) })

  it('answers the module’s CKC as bytes', async () => {
    expect(bytesOf(await ask(SPC))).toEqual(Buffer.from(CKC))
  })
  it('answers a form as Apple’s sample does', async () => {
    const form = new URLSearchParams({ spc: SPC.toString('base64') }).toString()
    expect(bytesOf(await ask(form, '', FORM)).toString()).toBe('<ckc>//4AAQ==</ckc>')
  })
  it('gives the module the key that the playlist names, and its constant IV', async () => {
    const { keyId, key, iv } = film.key('HD')
    await ask(SPC, `?assetId=skd://${keyId}`)
    const base64 = (part: Uint8Array) => Buffer.from(part).toString('base64')
    expect(desk.fairplay.asked.at(-1)).toEqual({
      spc: base64(SPC),
      keys: [{ assetId: `skd://${keyId}`, key: base64(key), iv: base64(iv) }],
      leaseSeconds: desk.ports.config.licenseSeconds,
    })
  })
  it('gives the module every key that is allowed where none is named', async () => {
    await ask(SPC)
    expect(desk.fairplay.asked.at(-1)?.keys.length).toBe(4)
  })
  it.each([
    ['no SPC', '', '', {}],
    ['a form without one', 'a=b', '', FORM],
    ['a form with what is no base64', 'spc=*', '', FORM],
    ['an asset that is none', SPC, '?assetId=https://example.org', {}],
    ['what the module does not take', 'no SPC', '', {}],
  ])('refuses %s', async (_, body, query, headers) => {
    expect(outcomeOf(await ask(body, query, headers))).toBe('422 challenge-refused')
  })
  it('shows the application certificate to everybody', async () => {
    const answer = await desk.ask('GET', '/v1/license/fairplay/certificate')
    expect([bytesOf(answer).toString(), answer.headers?.['cache-control']]).toEqual([
      APP_CERTIFICATE,
      'public, max-age=3600',
    ])
  })
})

describe('a token', () => {
  const ask = (by: string) =>
    desk.ask('POST', '/v1/license/clearkey', { token: by, body: clearKeyBody([film.key('SD').keyId]) })
  const beat = async (by: string) => {
    const asker = { by: 'token', token: by } as const
    const request = { clientIp: '127.0.0.1', headers: {} }
    return (await decide(desk.ports, desk.ctx, { door: 'heartbeat', asker, request })).session.token
  }
  it('that was used up opens nothing any more', async () => {
    const first = (await desk.view(film)).token
    await beat(await beat(first))
    expect(outcomeOf(await ask(first))).toBe('401 playback-token-replayed')
  })
  it('that was replaced a moment ago still opens what was on its way', async () => {
    const first = (await desk.view(film)).token
    await beat(first)
    expect(outcomeOf(await ask(first))).toBe('200')
  })
  /** Keys are kept for a minute, and a session without heartbeats is over by then. */
  const aMinuteLater = async (by: string) => {
    desk.clock.advance(31_000)
    const next = await beat(by)
    desk.clock.advance(31_000)
    return next
  }
  it('signed before its key was rotated opens until the old key goes', async () => {
    const old = JSON.parse(await desk.ports.secrets.get('token-key'))
    const fresh = { ...old, d: Buffer.alloc(32, 7).toString('base64url') }
    desk.clock.advance(61_000)
    const before = (await desk.view(film)).token
    desk.secrets['token-key'] = JSON.stringify({ keys: [fresh, old] })
    const signedByOld = await aMinuteLater(before)
    const inFlight = outcomeOf(await ask(signedByOld))
    const signedByFresh = await beat(signedByOld)
    desk.secrets['token-key'] = JSON.stringify({ keys: [fresh] })
    const newest = await aMinuteLater(signedByFresh)
    const after = [outcomeOf(await ask(signedByOld)), outcomeOf(await ask(newest))]
    delete desk.secrets['token-key']
    expect([inFlight, ...after]).toEqual(['200', '401 playback-token-invalid', '200'])
  })
})

describe('a film whose keys are those of AES-128', () => {
  it.each([
    ['widevine', challengeOf('L1')],
    ['fairplay', SPC],
  ])('has none for %s', async (system, body) => {
    const viewing = await desk.view(await desk.aFilm({ protection: 'aes-128' }))
    const answer = await desk.ask('POST', `/v1/license/${system}`, { token: viewing.token, body })
    expect(outcomeOf(answer)).toBe('403 foreign-key')
  })
})

describe('a film that is encrypted anew', () => {
  it('gives the keys of both encryptions to a session that goes on', async () => {
    const again = await desk.aFilm()
    const viewing = await desk.view(again)
    const { id: videoId, generation } = again.video
    const next = { videoId, generation, edition: 1 }
    const wanted = { ...next, protection: 'cbcs', labels: ['SD'] } as const
    await desk.ports.db.transaction((tx) => makeContentKeys(tx, desk.ports, wanted))
    await desk.ports.db.update(videos).set({ edition: 1, protection: 'cbcs' }).where(eq(videos.id, videoId))
    const keyIds = [again.key('SD').keyId, (await contentKeysOf(desk.ports, next)).get('SD')?.keyId ?? '']
    const answer = await desk.ask('POST', '/v1/license/clearkey', {
      ...{ token: viewing.token, body: clearKeyBody(keyIds) },
    })
    expect((jsonOf(answer) as { keys: unknown[] }).keys.length).toBe(2)
  })
})
