import { eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  bytesOf,
  type LicenseDesk,
  openLicenseDesk,
  outcomeOf,
} from '../../adapters/local/testing/license-desk.ts'
import type { Film } from '../../adapters/local/testing/protected-films.ts'
import {
  CERTIFICATE_REQUEST,
  challengeOf,
  SERVICE_CERTIFICATE,
  TEST_SIGNER,
} from '../../adapters/local/testing/widevine-server.ts'
import { planFeatures } from '../billing/schema.ts'
import type { HttpResponse } from '../http/response.ts'
import { aRequest, jsonOf } from '../http/testing/request.ts'
import { playbackRules, playbackSessions } from '../playback/schema.ts'
import { widevineLicense } from './widevine.ts'

let desk: LicenseDesk
let film: Film
let token: string
beforeAll(async () => {
  desk = await openLicenseDesk()
  film = await desk.aFilm()
  token = (await desk.view(film)).token
})
afterAll(() => desk[Symbol.asyncDispose]())
afterEach(() => {
  desk.widevine.instead = undefined
  desk.secrets.widevine = desk.widevine.secret
})

const PATH = '/v1/license/widevine'
const ask = (body: Uint8Array, more: { token?: string; query?: string } = { token }) =>
  desk.ask('POST', PATH + (more.query ?? ''), { body, ...(more.token ? { token: more.token } : {}) })
const textOf = (answer: HttpResponse) => bytesOf(answer).toString()
const lastMessage = () => {
  const message = desk.widevine.messages.at(-1)
  if (!message) throw new Error('nothing was sent')
  return message
}
const withRule = (of: Film, rule: { hardwareForHd?: boolean; allowOffline?: boolean }) =>
  desk.ports.db.insert(playbackRules).values({ videoId: of.video.id, updatedAt: desk.clock.now(), ...rule })

describe('a Widevine licence', () => {
  it('comes as the service made it', async () => {
    const answer = await ask(challengeOf('L1'))
    expect([textOf(answer), answer.headers?.['content-type']]).toEqual([
      'AUDIO,SD,HD,UHD1',
      'application/octet-stream',
    ])
  })
  it('is asked for with the challenge as it came', async () => {
    const challenge = challengeOf('L1', '\u0000\u00ff')
    await ask(challenge)
    expect(Buffer.from(lastMessage().payload, 'base64')).toEqual(Buffer.from(challenge))
  })
  it('is asked for the film of the session', async () => {
    await ask(challengeOf('L1'))
    expect(Buffer.from(lastMessage().content_id ?? '', 'base64').toString()).toBe(film.video.id)
  })
  it('is asked for with the keys of that film', async () => {
    await ask(challengeOf('L1'))
    const sent = lastMessage().content_key_specs?.map(({ key_id, key }) => [key_id, key])
    const { keyId, key } = film.key('HD')
    const base64 = (part: Uint8Array) => Buffer.from(part).toString('base64')
    expect(sent).toContainEqual([base64(Buffer.from(keyId, 'hex')), base64(key)])
  })
  it('has its time by the decision, and our address for renewals', async () => {
    await ask(challengeOf('L1'))
    expect(lastMessage().policy_overrides).toMatchObject({
      license_duration_seconds: desk.ports.config.licenseSeconds,
      renewal_server_url: `${desk.ports.config.publicOrigin}${PATH}`,
      can_persist: false,
    })
  })
  it('leaves out what the plan does not have', async () => {
    const forSubscribers = await desk.aFilm({ visibility: 'subscribers' })
    const viewing = await desk.view(forSubscribers, await desk.aSubscriber())
    expect(textOf(await ask(challengeOf('L1'), viewing))).toBe('AUDIO,SD,HD')
  })
  it('takes its token from the query, too', async () => {
    expect(outcomeOf(await ask(challengeOf('L1'), { query: `?token=${token}` }))).toBe('200')
  })
})

describe('the owner’s rule that HD needs hardware', () => {
  let ruled: string
  beforeAll(async () => {
    const strict = await desk.aFilm()
    await withRule(strict, { hardwareForHd: true })
    ruled = (await desk.view(strict)).token
  })
  it('gives a device in software the sound and SD', async () => {
    expect(textOf(await ask(challengeOf('L3'), { token: ruled }))).toBe('AUDIO,SD')
  })
  it('gives a device in hardware all', async () => {
    expect(textOf(await ask(challengeOf('L1'), { token: ruled }))).toBe('AUDIO,SD,HD,UHD1')
  })
})

describe('a licence to keep', () => {
  it('is refused where the film’s owner does not allow it', async () => {
    const viewing = await desk.view(film, await desk.aSubscriber())
    expect(outcomeOf(await ask(challengeOf('L1'), { ...viewing, query: '?persist=true' }))).toBe(
      '403 offline-not-allowed',
    )
  })
  it('is asked for with its end, and without renewal', async () => {
    const feature = { provider: 'stripe', planId: 'prod_1', feature: 'offline' } as const
    await desk.ports.db.insert(planFeatures).values(feature)
    const kept = await desk.aFilm()
    await withRule(kept, { allowOffline: true })
    const viewing = await desk.view(kept, await desk.aSubscriber())
    await ask(challengeOf('L1'), { ...viewing, query: '?persist=true' })
    expect(lastMessage().policy_overrides).toMatchObject({
      ...{ can_persist: true, can_renew: false, license_duration_seconds: 30 * 86_400 },
    })
  })
})

describe('a renewal', () => {
  it('is a licence request like the first', async () => {
    const answers = [await ask(challengeOf('L1')), await ask(challengeOf('L1', ' renewal'))]
    expect(answers.map(outcomeOf)).toEqual(['200', '200'])
  })
  it('is refused once the session was revoked, so that the licence runs out', async () => {
    const viewing = await desk.view(film)
    await ask(challengeOf('L1'), viewing)
    const ended = { endedAt: desk.clock.now(), endedBy: 'revoked' } as const
    await desk.ports.db.update(playbackSessions).set(ended).where(eq(playbackSessions.id, viewing.id))
    const renewed = outcomeOf(await ask(challengeOf('L1', ' renewal'), viewing))
    expect([renewed, lastMessage().payload]).toEqual([
      '403 playback-ended',
      Buffer.from(challengeOf('L1')).toString('base64'),
    ])
  })
})

describe('the service certificate', () => {
  /** It is kept for ten minutes. */
  beforeEach(() => desk.clock.advance(11 * 60_000))
  it('is passed through without a token', async () => {
    expect(textOf(await ask(CERTIFICATE_REQUEST, {}))).toBe(SERVICE_CERTIFICATE)
  })
  it('is asked for without film and without keys', async () => {
    await ask(CERTIFICATE_REQUEST, {})
    expect(lastMessage()).toEqual({ payload: 'CAQ=', provider: 'widevine_test' })
  })
  it('is asked of the service once in ten minutes, however often players ask', async () => {
    const before = desk.widevine.calls.length
    for (let n = 0; n < 3; n++) await ask(CERTIFICATE_REQUEST, {})
    expect(desk.widevine.calls.length - before).toBe(1)
  })
  it('is asked for again where the service was silent', async () => {
    desk.widevine.instead = 'hang-up'
    const silent = outcomeOf(await ask(CERTIFICATE_REQUEST, {}))
    desk.widevine.instead = undefined
    expect([silent, outcomeOf(await ask(CERTIFICATE_REQUEST, {}))]).toEqual([
      '504 license-server-silent',
      '200',
    ])
  })
  it('comes to those who wait for it although whoever asked first has left', async () => {
    const [asked, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const { licenseServers } = desk.ports
    const post: typeof licenseServers.post = async (call) => {
      asked.resolve()
      await answered.promise
      return licenseServers.post(call)
    }
    const leaving = new AbortController()
    const request = aRequest('POST', PATH, { body: CERTIFICATE_REQUEST })
    const uses = { ...desk.ports, licenseServers: { post } }
    const first = widevineLicense(uses, { ...desk.ctx, signal: leaving.signal }, request, false)
    first.catch(() => undefined)
    await asked.promise
    const second = ask(CERTIFICATE_REQUEST, {})
    leaving.abort()
    answered.resolve()
    expect(outcomeOf(await second)).toBe('200')
  })
  it('is refused to a token that is none', async () => {
    expect(outcomeOf(await ask(CERTIFICATE_REQUEST, { token: 'x' }))).toBe('401 playback-token-invalid')
  })
  it('is no way in for what only begins like the request for it', async () => {
    const answer = await ask(Uint8Array.of(...CERTIFICATE_REQUEST, 0), {})
    expect(outcomeOf(answer)).toBe('401 playback-token-invalid')
  })
})

describe('a licence service', () => {
  beforeAll(async () => {
    token = (await desk.view(film)).token
  })
  const detailOf = (answer: HttpResponse) => (jsonOf(answer) as { detail: string }).detail
  it('that is silent is told as such', async () => {
    desk.widevine.instead = 'hang-up'
    expect(outcomeOf(await ask(challengeOf('L1')))).toBe('504 license-server-silent')
  })
  it.each([
    ['refuses us', 200, '{"status":"INTERNAL_ERROR","license":"c2VjcmV0"}', 'INTERNAL_ERROR'],
    ['has no licence for its OK', 200, '{"status":"OK"}', 'OK'],
    ['says no word of status', 200, '{"status":"<script>"}', 'something that is not a status'],
    ['answers no JSON', 200, 'secret', 'something that is not a status'],
    ['fails', 500, 'secret', '500'],
    ['wants us elsewhere', 302, 'secret', '302'],
  ])('that %s is told by its word alone', async (_, status, body, word) => {
    desk.widevine.instead = { status, body }
    const answer = await ask(challengeOf('L1'))
    expect([outcomeOf(answer), detailOf(answer)]).toEqual([
      '502 license-server-refused',
      `The licence server answered ${word}.`,
    ])
  })
  it('that does not take the challenge leaves that to the device', async () => {
    expect(outcomeOf(await ask(Buffer.from('no challenge')))).toBe('422 challenge-refused')
  })
  it('that does not know our signature refuses', async () => {
    const wrong = { ...JSON.parse(desk.widevine.secret), key: TEST_SIGNER.key.replace('1a', '1b') }
    desk.secrets.widevine = JSON.stringify(wrong)
    const answer = await ask(challengeOf('L1'))
    expect([outcomeOf(answer), detailOf(answer)]).toEqual([
      '502 license-server-refused',
      'The licence server answered SIGNATURE_FAILED.',
    ])
  })
  it('that is not set up is told as such', async () => {
    delete desk.secrets.widevine
    expect(outcomeOf(await ask(challengeOf('L1')))).toBe('503 drm-not-set-up')
  })
  it.each(['{"key":"of ours"', '{"url":"http://example.org/"}'])(
    'whose secret is %s is our fault, and the secret in no line',
    async (secret) => {
      desk.secrets.widevine = secret
      const answer = await ask(challengeOf('L1'))
      const last = desk.log.lines.at(-1)?.fields.error as Error
      expect([outcomeOf(answer), last.message, last.cause]).toEqual([
        '500 internal',
        'the secret widevine is not the JSON that docs/drm.md says',
        undefined,
      ])
    },
  )
})
