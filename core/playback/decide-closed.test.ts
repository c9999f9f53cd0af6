import { setImmediate } from 'node:timers/promises'
import { inspect } from 'node:util'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPlaybackDesk, outcome, type PlaybackDesk } from '../../adapters/local/testing/playback-desk.ts'
import type { Database } from '../ports/database.ts'
import type { Permit } from './ask.ts'
import { decide } from './decide.ts'
import { playbackRules, playbackSessions } from './schema.ts'

let at: PlaybackDesk
beforeAll(async () => {
  at = await openPlaybackDesk()
})
afterAll(() => at[Symbol.asyncDispose]())

/** The database but for one of its methods. */
const but = (method: string, instead: () => unknown): Database =>
  new Proxy(at.ports.db, {
    get: (db, name) => {
      const value = Reflect.get(db, name) as unknown
      if (name === method) return instead
      return typeof value === 'function' ? value.bind(db) : value
    },
  })
const askOver = (db: Database, { session, video }: Permit, signal = at.ctx.signal) =>
  decide(
    { ...at.ports, db },
    { ...at.ctx, signal },
    {
      ...{ door: 'clearkey', asker: { by: 'token', token: session.token }, videoId: video.id },
      request: { clientIp: '192.0.2.1', headers: {} },
    },
  )
const fails = () => {
  throw new Error('the database is away')
}
const never = () => new Promise(() => undefined)
const lasting = { from: () => lasting, leftJoin: () => lasting, where: never }

describe('a decision', () => {
  it.each(['select', 'insert'])('is refused where the database fails at %s', async (method) => {
    const permit = await at.open(await at.aFilm({ visibility: 'public' }))
    expect(await outcome(askOver(but(method, fails), permit))).toBe('decision-unavailable')
  })
  it('is refused within two seconds where the database does not answer', async () => {
    const permit = await at.open(await at.aFilm({ visibility: 'public' }))
    const begun = at.clock.now().getTime()
    let result: string | undefined
    void outcome(
      askOver(
        but('select', () => lasting),
        permit,
      ),
    ).then((reason) => {
      result = reason
    })
    while (result === undefined && at.clock.now().getTime() < begun + 2000) {
      await setImmediate()
      at.clock.advance(50)
    }
    expect(result).toBe('decision-unavailable')
  })
  it('is refused where the client has left', async () => {
    const permit = await at.open(await at.aFilm({ visibility: 'public' }))
    const asked = askOver(
      but('select', () => lasting),
      permit,
      AbortSignal.abort(),
    )
    expect(await outcome(asked)).toBe('decision-unavailable')
  })
  it('that fails is logged without the token', async () => {
    const permit = await at.open(await at.aFilm({ visibility: 'public' }))
    await outcome(askOver(but('select', fails), permit))
    const text = inspect(at.log.lines, { depth: 10 })
    expect([text.includes('a playback decision failed'), text.includes(permit.session.token)]).toEqual([
      true,
      false,
    ])
  })
})

describe('the record', () => {
  it('has a row for what was allowed, with all that is known of it', async () => {
    const [film, viewer] = [await at.aFilm(), await at.aSubscriber()]
    const { session } = await at.open(film, viewer, { id: 'living-room' })
    const [row] = await at.decisionsOf(film.id)
    expect(row).toMatchObject({
      ...{ door: 'playback', refusal: null, sessionId: session.id, userId: viewer, deviceId: 'living-room' },
      ...{ clientIp: '192.0.2.1', requestId: 'test-request', at: at.clock.now() },
    })
  })
  it('has a row for what was refused, with the key ids', async () => {
    const [film, viewer] = [await at.aFilm(), await at.aSubscriber()]
    const { session } = await at.open(film, viewer)
    const keyIds = [await at.keyOf(film, 'UHD')]
    await outcome(at.ask('clearkey', session.token, { keyIds }))
    expect((await at.decisionsOf(film.id)).at(-1)).toMatchObject({
      refusal: 'quality-not-allowed',
      keyIds,
      userId: viewer,
    })
  })
  it('has a row for a device that got no session', async () => {
    const [film, viewer] = [await at.aFilm(), await at.aViewer()]
    await outcome(at.open(film, viewer, { id: 'living-room' }))
    expect((await at.decisionsOf(film.id)).at(-1)).toMatchObject({
      refusal: 'subscription-required',
      deviceId: 'living-room',
    })
  })
  it('has a row also where the decision could not be made', async () => {
    const permit = await at.open(await at.aFilm({ visibility: 'public' }))
    await outcome(askOver(but('select', fails), permit))
    expect((await at.decisionsOf(permit.video.id)).map(({ refusal }) => refusal)).toContain(
      'decision-unavailable',
    )
  })
  it('has no token anywhere', async () => {
    const { video, session } = await at.open(await at.aFilm({ visibility: 'public' }))
    await outcome(at.ask('clearkey', session.token, { keyIds: ['0'.repeat(32)] }))
    const [, , signature = ''] = session.token.split('.')
    expect(JSON.stringify(await at.decisionsOf(video.id))).not.toContain(signature)
  })
})

describe('a session that was refused for good', () => {
  const stop = async (id: Permit['session']['id'], endedAt: Date | null) =>
    at.ports.db.update(playbackSessions).set({ endedAt }).where(eq(playbackSessions.id, id))

  it('is refused again for five seconds without a look at the film', async () => {
    const { session } = await at.open(await at.aFilm({ visibility: 'public' }))
    await stop(session.id, at.clock.now())
    const asked = [await outcome(at.ask('clearkey', session.token))]
    await stop(session.id, null)
    asked.push(await outcome(at.ask('clearkey', session.token)))
    at.clock.advance(5000)
    asked.push(await outcome(at.ask('clearkey', session.token)))
    expect(asked).toEqual(['playback-ended', 'playback-ended', 'ok'])
  })
  it('has a row for each refusal', async () => {
    const { video, session } = await at.open(await at.aFilm({ visibility: 'public' }))
    await at.ports.db
      .insert(playbackRules)
      .values({ videoId: video.id, takenDownAt: at.clock.now(), updatedAt: at.clock.now() })
    for (const _ of [1, 2, 3]) await outcome(at.ask('clearkey', session.token))
    const refused = (await at.decisionsOf(video.id)).filter(({ refusal }) => refusal === 'taken-down')
    expect(refused).toHaveLength(3)
  })
})
