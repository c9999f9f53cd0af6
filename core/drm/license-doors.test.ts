import { inspect } from 'node:util'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { SPC } from '../../adapters/local/testing/fairplay-module.ts'
import {
  clearKeyBody,
  type LicenseDesk,
  openLicenseDesk,
  outcomeOf,
} from '../../adapters/local/testing/license-desk.ts'
import { playReadyChallenge } from '../../adapters/local/testing/playready-server.ts'
import type { Film, Viewing } from '../../adapters/local/testing/protected-films.ts'
import { challengeOf } from '../../adapters/local/testing/widevine-server.ts'
import { subscriptions } from '../billing/schema.ts'
import { playbackDecisions, playbackSessions } from '../playback/schema.ts'

let desk: LicenseDesk
beforeAll(async () => {
  desk = await openLicenseDesk()
})
afterAll(() => desk[Symbol.asyncDispose]())

interface Door {
  readonly name: string
  readonly protection: 'cenc' | 'aes-128'
  /** Asks for the key of the film's SD track; or for any that the film has, where the door reads no key ids. */
  ask(film: Film, token: string | undefined, foreign?: Film): ReturnType<LicenseDesk['ask']>
  /** Whether what is asked for names its keys, so that another film's are seen. */
  readonly names: boolean
}

const sd = (film: Film) => film.key('SD').keyId
const withToken = (token: string | undefined) => (token === undefined ? {} : { token })
const DOORS: readonly Door[] = [
  {
    ...{ name: 'clearkey', protection: 'cenc', names: true },
    ask: (film, token, foreign = film) =>
      desk.ask('POST', '/v1/license/clearkey', {
        ...{ ...withToken(token), body: clearKeyBody([...new Set([sd(film), sd(foreign)])]) },
      }),
  },
  {
    ...{ name: 'key', protection: 'aes-128', names: true },
    ask: (film, token, foreign = film) => desk.ask('GET', `/v1/license/key/${sd(foreign)}`, withToken(token)),
  },
  {
    ...{ name: 'widevine', protection: 'cenc', names: false },
    ask: (_, token) =>
      desk.ask('POST', '/v1/license/widevine', { ...withToken(token), body: challengeOf('L1') }),
  },
  {
    ...{ name: 'playready', protection: 'cenc', names: true },
    ask: (film, token, foreign = film) => {
      const body = Buffer.from(playReadyChallenge(sd(film), sd(foreign)))
      return desk.ask('POST', '/v1/license/playready', { ...withToken(token), body })
    },
  },
  {
    ...{ name: 'fairplay', protection: 'cenc', names: true },
    ask: (_, token, foreign) =>
      desk.ask('POST', `/v1/license/fairplay${foreign ? `?assetId=skd://${sd(foreign)}` : ''}`, {
        ...{ ...withToken(token), body: SPC },
      }),
  },
]

describe.each(DOORS)('the licence door $name', ({ name, protection, ask, names }) => {
  let film: Film
  let viewing: Viewing
  beforeEach(async () => {
    film = await desk.aFilm({ protection })
    viewing = await desk.view(film)
  })
  const outcome = async (token: string | undefined, foreign?: Film) =>
    outcomeOf(await ask(film, token, foreign))

  it('opens to whoever plays the film', async () => {
    expect(await outcome(viewing.token)).toBe('200')
  })
  it('lets no cache keep the answer, and pages of other sites read it', async () => {
    const { headers } = await ask(film, viewing.token)
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'access-control-allow-origin': '*' })
  })
  it('lets pages of other sites read why it refuses', async () => {
    const { headers } = await ask(film, undefined)
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'access-control-allow-origin': '*' })
  })
  it('is shut without a token', async () => {
    expect(await outcome(undefined)).toBe('401 playback-token-invalid')
  })
  it('is shut to a token that was changed', async () => {
    const [head, body = '', signature] = viewing.token.split('.')
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as object
    const other = await desk.aFilm({ protection })
    const changed = Buffer.from(JSON.stringify({ ...claims, vid: other.video.id })).toString('base64url')
    expect(await outcome(`${head}.${changed}.${signature}`)).toBe('401 playback-token-invalid')
  })
  it('is shut to a token that is over', async () => {
    desk.clock.advance((desk.ports.config.playbackTokenSeconds + 60) * 1000)
    expect(await outcome(viewing.token)).toBe('401 playback-token-expired')
  })
  it('is shut once the session was ended', async () => {
    const ended = { endedAt: desk.clock.now(), endedBy: 'revoked' } as const
    await desk.ports.db.update(playbackSessions).set(ended).where(eq(playbackSessions.id, viewing.id))
    expect(await outcome(viewing.token)).toBe('403 playback-ended')
  })
  it('is shut to the token of another film', async () => {
    const other = await desk.view(await desk.aFilm({ protection }))
    const answer = await ask(film, other.token, film)
    // Without key ids in it the request is for the film of the token, whatever the device thinks.
    expect(outcomeOf(answer)).toBe(names ? '403 foreign-key' : '200')
  })
  it('is shut once the plan is cancelled', async () => {
    const paying = await desk.aSubscriber()
    film = await desk.aFilm({ protection, visibility: 'subscribers' })
    const { token } = await desk.view(film, paying)
    const before = await outcome(token)
    await desk.ports.db
      .update(subscriptions)
      .set({ status: 'canceled' })
      .where(eq(subscriptions.id, `sub_${paying}`))
    expect([before, await outcome(token)]).toEqual(['200', '402 subscription-required'])
  })
  it('has each question written down, without key and token', async () => {
    await ask(film, viewing.token)
    const rows = desk.ports.db.select().from(playbackDecisions)
    const written = await rows.where(eq(playbackDecisions.sessionId, viewing.id))
    expect(written.map(({ door, refusal }) => [door, refusal])).toContainEqual([name, null])
    const text = JSON.stringify(written)
    expect(
      text.includes(viewing.token) || text.includes(Buffer.from(film.key('SD').key).toString('hex')),
    ).toBe(false)
  })
})

describe.each(DOORS.filter(({ names }) => names))('the licence door $name', ({ protection, ask }) => {
  it('is shut to a key of another film, also beside one of this', async () => {
    const [film, foreign] = [await desk.aFilm({ protection }), await desk.aFilm({ protection })]
    const { token } = await desk.view(film)
    expect(outcomeOf(await ask(film, token, foreign))).toBe('403 foreign-key')
  })
})

describe('keys and tokens', () => {
  it('are in no line of the log, whatever the doors answered', async () => {
    const film = await desk.aFilm()
    const { token } = await desk.view(film)
    desk.widevine.instead = { status: 200, body: '{"status":"INTERNAL_ERROR"}' }
    for (const door of DOORS) await door.ask(film, token)
    desk.widevine.instead = undefined
    const { key } = film.key('SD')
    const secret = [
      token,
      ...(['hex', 'base64', 'base64url'] as const).map((as) => Buffer.from(key).toString(as)),
    ]
    const log = inspect(desk.log.lines, { depth: 20, maxStringLength: null })
    expect([log.includes('INTERNAL_ERROR'), secret.filter((one) => log.includes(one))]).toEqual([true, []])
  })
})
