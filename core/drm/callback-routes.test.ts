import { createHmac } from 'node:crypto'
import { eq } from 'drizzle-orm'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPlaybackDesk, type PlaybackDesk } from '../../adapters/local/testing/playback-desk.ts'
import type { HttpRequest } from '../http/request.ts'
import type { HttpResponse } from '../http/response.ts'
import { createRouter } from '../http/router.ts'
import { aRequest, jsonOf } from '../http/testing/request.ts'
import { networks, playbackDecisions, playbackSessions } from '../playback/schema.ts'
import type { Ports } from '../ports/ports.ts'
import type { UserId } from '../run/id.ts'
import type { VideoRow } from '../video/show.ts'
import { callbackRoutes } from './callback-routes.ts'
import { openFromSite } from './vendors/doverunner-cipher.ts'
import { type OwnAsk, ownAsk, siteAsk } from './vendors/testing/callback-asks.ts'
import { SECRETS } from './vendors/testing/entitled.ts'

let desk: PlaybackDesk
let film: VideoRow
let viewer: UserId
let session: string
let kid: string
let secret: string
const { siteKey } = SECRETS.doverunner
const router = createRouter(callbackRoutes, async () => undefined)

beforeAll(async () => {
  desk = await openPlaybackDesk()
  film = await desk.aFilm()
  viewer = await desk.aSubscriber(['premium-titles', 'hd'])
  session = (await desk.open(film, viewer)).session.id
  kid = await desk.keyOf(film, 'SD')
  const doverunner = { ...SECRETS.doverunner, callbackKeys: [siteKey] }
  secret = JSON.stringify({ ...SECRETS, doverunner })
})
afterAll(() => desk[Symbol.asyncDispose]())

function send(
  vendor: string,
  request: Partial<HttpRequest>,
  more: Partial<Ports> = {},
): Promise<HttpResponse> {
  const get = async () => secret
  const token = {
    get: (name: string) => (name === 'drm-vendors' ? get() : desk.ports.secrets.get(name as never)),
  }
  const ports = { ...desk.ports, secrets: token, ...more }
  return router.handle(aRequest('POST', `/v1/drm/callbacks/${vendor}`, request), ports, desk.ctx)
}
let nonces = 0
const aNonce = () => `nonce-of-the-tests-${nonces++}`
const anAsk = (more: Partial<OwnAsk> = {}) =>
  ownAsk({ session, kids: [kid], at: desk.clock.now(), nonce: aNonce(), ...more })
/** `200 allow`, `403 deny`, or status and code of a problem. */
function outcome(answer: HttpResponse): string {
  const said = jsonOf(answer) as { allow?: boolean; code?: string; type?: string }
  if (said.allow === undefined) return `${answer.status} ${said.type?.replace('/problems/', '')}`
  return `${answer.status} ${said.allow ? 'allow' : 'deny'}`
}
const asked = async (more: Partial<OwnAsk> = {}) => outcome(await send('skyreel', anAsk(more)))
const minutes = (n: number) => new Date(desk.clock.now().getTime() + n * 60_000)

describe('a callback in our own form', () => {
  it('is told the keys and the time of the licence', async () => {
    expect(jsonOf(await send('skyreel', anAsk()))).toEqual({ allow: true, kids: [kid], licenseSeconds: 300 })
  })
  it('is told only the keys that the plan has', async () => {
    const kids = [kid, await desk.keyOf(film, 'UHD')]
    expect(jsonOf(await send('skyreel', anAsk({ kids })))).toMatchObject({ kids: [kid] })
  })
  it('is answered with a signature over its own nonce', async () => {
    const nonce = aNonce()
    const { headers, body } = await send('skyreel', anAsk({ nonce }))
    const right = createHmac('sha256', SECRETS.skyreel.secrets[0]).update(`${nonce}.${body}`).digest('hex')
    expect(headers?.['x-skyreel-signature']).toBe(right)
  })
  it('is taken with the second secret while the first is changed', async () => {
    expect(await asked({ key: SECRETS.skyreel.secrets[1] })).toBe('200 allow')
  })
  it('is taken with a clock that is 4 minutes off', async () => {
    expect([await asked({ at: minutes(-4) }), await asked({ at: minutes(4) })]).toEqual([
      '200 allow',
      '200 allow',
    ])
  })
  it('leaves a row in the audit', async () => {
    const other = await desk.aFilm({ visibility: 'public' })
    const { session: opened } = await desk.open(other)
    await asked({ session: opened.id, kids: [await desk.keyOf(other, 'SD')] })
    expect((await desk.decisionsOf(other.id)).map(({ door, refusal }) => [door, refusal])).toContainEqual([
      'callback',
      null,
    ])
  })
  it.each<[string, () => Partial<OwnAsk>, string]>([
    ['of 6 minutes ago', () => ({ at: minutes(-6) }), '401 callback-refused'],
    ['of 6 minutes ahead', () => ({ at: minutes(6) }), '401 callback-refused'],
    ['with another secret', () => ({ key: 'x'.repeat(32) }), '401 callback-refused'],
    [
      'with a changed body',
      () => ({ tampered: (body) => body.replace('widevine', 'fairplay') }),
      '401 callback-refused',
    ],
    ['with a space more', () => ({ tampered: (body) => `${body} ` }), '401 callback-refused'],
    [
      'with another nonce in its header',
      () => ({ headers: { 'x-skyreel-nonce': aNonce() } }),
      '401 callback-refused',
    ],
    [
      'with another time in its header',
      () => ({ headers: { 'x-skyreel-timestamp': '1' } }),
      '401 callback-refused',
    ],
    ['without a signature', () => ({ headers: { 'x-skyreel-signature': '' } }), '401 callback-refused'],
    ['with a field that the form does not have', () => ({ more: { admin: true } }), '401 callback-refused'],
    ['with another nonce in its body', () => ({ more: { nonce: aNonce() } }), '401 callback-refused'],
    ['without a key', () => ({ kids: [] }), '401 callback-refused'],
    ['of a session that is not there', () => ({ session: `pbs_${'0'.repeat(32)}` }), '403 deny'],
    ['for a key of no film', () => ({ kids: ['f'.repeat(32)] }), '403 deny'],
  ])('%s is refused', async (_, more, right) => {
    expect(await asked(more())).toBe(right)
  })
  it('is refused for keys of another film', async () => {
    const other = await desk.aFilm()
    expect(await asked({ kids: [await desk.keyOf(other, 'SD')] })).toBe('403 deny')
  })
  it('is refused for a session of another film', async () => {
    const other = await desk.aFilm()
    const { session: swapped } = await desk.open(other, await desk.aSubscriber())
    expect(await asked({ session: swapped.id })).toBe('403 deny')
  })
  it('is refused the second time', async () => {
    const ask = anAsk()
    expect([outcome(await send('skyreel', ask)), outcome(await send('skyreel', ask))]).toEqual([
      '200 allow',
      '401 callback-refused',
    ])
  })
  it('is taken once of ten that come at once', async () => {
    const ask = anAsk()
    const answers = await Promise.all(Array.from({ length: 10 }, () => send('skyreel', ask)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  })
  it('is refused once the session has ended', async () => {
    const { session: ended } = await desk.open(film, await desk.aSubscriber())
    await desk.ports.db
      .update(playbackSessions)
      .set({ endedAt: desk.clock.now(), endedBy: 'revoked' })
      .where(eq(playbackSessions.id, ended.id))
    expect(await asked({ session: ended.id })).toBe('403 deny')
  })
  it('says nothing of why it refuses', async () => {
    expect(jsonOf(await send('skyreel', anAsk({ kids: ['f'.repeat(32)] })))).toEqual({ allow: false })
  })
  it('is refused where nothing can be decided', async () => {
    const db = new Proxy(desk.ports.db, {
      get: () => () => {
        throw new Error('the database is away')
      },
    })
    expect(outcome(await send('skyreel', anAsk(), { db }))).toBe('503 deny')
  })
  it('is refused where the database does not answer within 2 seconds', async () => {
    const away = new Promise<never>(() => undefined)
    const insert = () => ({ values: () => ({ onConflictDoNothing: () => ({ returning: () => away }) }) })
    const asking = send('skyreel', anAsk(), { db: { ...desk.ports.db, insert } as unknown as Ports['db'] })
    await new Promise((resolve) => setImmediate(resolve))
    desk.clock.advance(2000)
    expect(outcome(await asking)).toBe('503 deny')
  })
  it('is written down when its session is not there, too', async () => {
    const session = `pbs_${'1'.repeat(32)}`
    await asked({ session })
    const rows = await desk.ports.db
      .select()
      .from(playbackDecisions)
      .where(eq(playbackDecisions.door, 'callback'))
    expect(rows.at(-1)?.refusal).toBe('playback-token-invalid')
  })
  it('looks for the country of the viewer and not of the vendor', async () => {
    const bound = await desk.aFilm({ visibility: 'public', rules: { countries: ['DE'] } })
    await desk.ports.db
      .insert(networks)
      .values({ network: '198.51.100.0/24', country: 'DE', anonymous: false })
    const { session: german } = await desk.open(bound, undefined, { ip: '198.51.100.7' })
    expect(await asked({ session: german.id, kids: [await desk.keyOf(bound, 'SD')] })).toBe('200 allow')
  })
})

describe('a callback of DoveRunner', () => {
  const data = (more: Record<string, unknown> = {}) => ({
    user_id: 'viewer',
    cid: film.id,
    oid: session,
    nonce: aNonce(),
    device_id: 'd1',
    device_type: 'android',
    drm_type: 'Widevine',
    ...more,
  })
  const opened = ({ body }: HttpResponse) =>
    JSON.parse(Buffer.from(openFromSite(siteKey, String(body)) ?? []).toString())
  const codeOf = async (more: Record<string, unknown> = {}) =>
    opened(await send('doverunner', siteAsk(data(more)))).error_code
  /** Public: its viewer may have every quality. */
  const aPublicSession = async () => {
    const other = await desk.aFilm({ visibility: 'public' })
    return { cid: other.id, oid: (await desk.open(other)).session.id }
  }

  it('is allowed with the time of the licence and its own nonce', async () => {
    const ask = data(await aPublicSession())
    expect(opened(await send('doverunner', siteAsk(ask)))).toEqual({
      error_code: '0000',
      error_message: 'success',
      playback_policy: { limit: true, persistent: false, duration: 300 },
      nonce: ask.nonce,
    })
  })
  it('is read as the vendor’s sample encrypts it', () => {
    // github.com/inka-pallycon/sdk-quickstart-php, PHP-API-Reference.md, parseRequestLicense.
    const sample =
      'yFuWBkRWkW1TTXKC9ZzEAy4/R0WekL0R3yxmmUM21xhcsM0cM4gDr1qsoWExaClhjwDERbucx5tZrPVc2c+wIVyybexs0E6T8HCIZyXjOyYWBqAv03HDbi6x3G+tZdAsHyKK3+42G0eEiOIPAoZTmA=='
    const text = Buffer.from(openFromSite('a'.repeat(32), sample) ?? []).toString()
    expect(JSON.parse(text)).toMatchObject({ cid: 'DEMOtest-cid', nonce: '3426u3050329384g' })
  })
  it('is refused where the plan has not every quality: its answer cannot withhold one', async () => {
    expect(await codeOf()).toBe('4030')
  })
  it('is refused for the session of another film', async () => {
    expect(await codeOf({ ...(await aPublicSession()), oid: session })).toBe('4030')
  })
  it('is refused the second time', async () => {
    const ask = siteAsk(data())
    await send('doverunner', ask)
    expect(outcome(await send('doverunner', ask))).toBe('401 callback-refused')
  })
  it('is refused under another site key', async () => {
    expect(outcome(await send('doverunner', siteAsk(data(), 'x'.repeat(32))))).toBe('401 callback-refused')
  })
  it('is refused where no key is set up for it', async () => {
    const get = async () => JSON.stringify({ doverunner: SECRETS.doverunner })
    const answer = await send('doverunner', siteAsk(data()), { secrets: { get } })
    expect(outcome(answer)).toBe('401 callback-refused')
  })
})

describe('the callback route', () => {
  const json = { 'content-type': 'application/json' }
  it.each([
    ['an unknown vendor', 'acme', anEmpty(json), '404 not-found'],
    ['a vendor that never calls back', 'axinom', anEmpty(json), '404 not-found'],
    ['EZDRM, whose form is not published', 'ezdrm', anEmpty(json), '501 callback-not-supported'],
    ['DRMtoday, whose form is not published', 'drmtoday', anEmpty(json), '501 callback-not-supported'],
    ['another media type', 'skyreel', anEmpty({ 'content-type': 'text/xml' }), '415 unsupported-media-type'],
    [
      'another vendor’s media type',
      'skyreel',
      anEmpty({ 'content-type': 'application/x-www-form-urlencoded' }),
      '415 unsupported-media-type',
    ],
    ['64 KiB and a byte', 'skyreel', { headers: json, body: new Uint8Array(65_537) }, '413 body-too-large'],
  ])('refuses %s', async (_, vendor, request, right) => {
    expect(outcome(await send(vendor, request))).toBe(right)
  })
  it('never answers 5xx and never allows whatever is sent', async () => {
    const words = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.json().map((text) => Buffer.from(text)),
    )
    const header = fc.stringMatching(/^[\x20-\x7e]{0,70}$/)
    const headers = fc.record({ timestamp: header, nonce: header, signature: header })
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('skyreel', 'doverunner'),
        words,
        headers,
        async (vendor, body, said) => {
          const own = Object.fromEntries(
            Object.entries(said).map(([name, value]) => [`x-skyreel-${name}`, value]),
          )
          const type = vendor === 'skyreel' ? 'application/json' : 'application/x-www-form-urlencoded'
          const { status } = await send(vendor, { body, headers: { ...own, 'content-type': type } })
          expect(status).toBe(401)
        },
      ),
      { numRuns: 300 },
    )
  })
  it('never allows a question that was changed by a byte', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(10_000), fc.integer({ min: 1, max: 255 }), async (at, by) => {
        const ask = anAsk()
        const body = Uint8Array.from(ask.body, (byte, i) => (i === at % ask.body.length ? byte ^ by : byte))
        expect((await send('skyreel', { ...ask, body })).status).toBe(401)
      }),
      { numRuns: 100 },
    )
  })
  it('writes no secret into the log', () => {
    const lines = JSON.stringify(desk.log.lines)
    expect([...SECRETS.skyreel.secrets, siteKey].filter((text) => lines.includes(text))).toEqual([])
  })
})

function anEmpty(headers: Record<string, string>) {
  return { headers, body: new Uint8Array() }
}
