import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPlaybackDesk, outcome, type PlaybackDesk } from '../../adapters/local/testing/playback-desk.ts'
import { planFeatures } from '../billing/schema.ts'
import { removeDevice } from './devices.ts'
import { endSession } from './end-session.ts'
import { playbackDevices, playbackSessions } from './schema.ts'
import { beat } from './sessions.ts'

let at: PlaybackDesk
beforeAll(async () => {
  at = await openPlaybackDesk({ playbackDevices: 3 })
})
afterAll(() => at[Symbol.asyncDispose]())

const on = (id: string, player = 'player-one') => ({ id, player })
const DEVICES = ['living-room', 'phone-of-ada', 'kitchen-tablet', 'old-laptop'] as const

describe('places', () => {
  it.each([
    ['no feature for more', [], 1],
    ['two-screens', ['two-screens'], 2],
    ['four-screens', ['four-screens'], 4],
  ] as const)('with %s are, of twenty that ask at once, for %#', async (_, features, places) => {
    const [film, viewer] = [await at.aFilm(), await at.aSubscriber(['premium-titles', ...features])]
    const askers = Array.from({ length: 20 }, (_, i) =>
      at.open(film, viewer, on('living-room', `player-${i}`)),
    )
    const outcomes = await Promise.all(askers.map(outcome))
    const refused = outcomes.filter((one) => one === 'too-many-streams').length
    expect([outcomes.filter((one) => one === 'ok').length, refused]).toEqual([places, 20 - places])
  })
  it('are free again once a session is closed', async () => {
    const [film, viewer] = [await at.aFilm(), await at.aSubscriber()]
    const { session } = await at.open(film, viewer, on(DEVICES[0]))
    await endSession(at.ports, { id: session.id, token: session.token, actor: undefined })
    expect(await outcome(at.open(film, viewer, on(DEVICES[1])))).toBe('ok')
  })
  it('are free again once the heartbeats of a session stay away', async () => {
    const [film, viewer] = [await at.aFilm(), await at.aSubscriber()]
    await at.open(film, viewer, on(DEVICES[0]))
    const before = await outcome(at.open(film, viewer, on(DEVICES[1])))
    at.clock.advance(60_000)
    expect([before, await outcome(at.open(film, viewer, on(DEVICES[1])))]).toEqual(['too-many-streams', 'ok'])
  })
  it('are not given twice to a session that was away for long', async () => {
    const [film, viewer] = [await at.aFilm(), await at.aSubscriber()]
    const { session } = await at.open(film, viewer, on(DEVICES[0]))
    at.clock.advance(60_000)
    await at.open(film, viewer, on(DEVICES[1]))
    const beaten = await outcome(at.ask('heartbeat', session.token))
    expect([beaten, await outcome(at.open(film, viewer, on(DEVICES[0])))]).toEqual([
      'playback-ended',
      'too-many-streams',
    ])
  })
  it('are not taken back by a heartbeat that was on its way when they were given away', async () => {
    const [film, viewer] = [await at.aFilm(), await at.aSubscriber()]
    const { session } = await at.open(film, viewer, on(DEVICES[0]))
    const row = await at.sessionOf(session.id)
    at.clock.advance(60_000)
    await at.open(film, viewer, on(DEVICES[1]))
    expect(row && (await beat(at.ports, row, row.tokenNumber))).toBeUndefined()
  })
  it('are lost by the session that came last when the plan has fewer', async () => {
    const [film, viewer] = [await at.aFilm(), await at.aSubscriber(['premium-titles', 'two-screens'])]
    const first = await at.open(film, viewer, on(DEVICES[0]))
    at.clock.advance(1)
    const last = await at.open(film, viewer, on(DEVICES[1]))
    await at.ports.db.delete(planFeatures).where(eq(planFeatures.feature, 'two-screens'))
    const asked = [first, last].map(({ session }) => outcome(at.ask('clearkey', session.token)))
    expect(await Promise.all(asked)).toEqual(['ok', 'too-many-streams'])
  })
  it.each([
    [
      'a public film',
      async () => at.open(await at.aFilm({ visibility: 'public' }), await at.aViewer(), on('tv-in-bedroom')),
    ],
    ['its owner', async () => at.open(await at.aFilm(), at.owner, on('tv-in-bedroom'))],
  ])('are not taken by %s', async (_, open) => {
    const { session } = await open()
    expect((await at.sessionOf(session.id))?.counts).toBe(false)
  })
})

describe('a player', () => {
  it('that asks again goes on with its session', async () => {
    const [film, viewer] = [await at.aFilm(), await at.aSubscriber()]
    const [first, again] = [
      await at.open(film, viewer, on(DEVICES[0])),
      await at.open(film, viewer, on(DEVICES[0])),
    ]
    expect([again.session.id, again.session.token === first.session.token]).toEqual([first.session.id, false])
  })
  it('that opens another film ends the one before', async () => {
    const viewer = await at.aSubscriber()
    const first = await at.open(await at.aFilm(), viewer, on(DEVICES[0]))
    await at.open(await at.aFilm(), viewer, on(DEVICES[0]))
    expect((await at.sessionOf(first.session.id))?.endedBy).toBe('replaced')
  })
  it('that may not open another film keeps the one before', async () => {
    const viewer = await at.aSubscriber()
    const first = await at.open(await at.aFilm(), viewer, on(DEVICES[0]))
    await outcome(at.open(await at.aFilm({ rules: { countries: ['US'] } }), viewer, on(DEVICES[0])))
    expect(await outcome(at.ask('heartbeat', first.session.token))).toBe('ok')
  })
  it('of nobody in particular has a session of its own each time', async () => {
    const film = await at.aFilm({ visibility: 'public' })
    const opened = [
      await at.open(film, undefined, on(DEVICES[0])),
      await at.open(film, undefined, on(DEVICES[0])),
    ]
    expect(new Set(opened.map(({ session }) => session.id)).size).toBe(2)
  })
})

describe('devices', () => {
  const closing = async (viewer: Awaited<ReturnType<PlaybackDesk['aViewer']>>, id: string) => {
    const { session } = await at.open(await at.aFilm(), viewer, on(id))
    await endSession(at.ports, { id: session.id, token: session.token, actor: undefined })
  }
  const usedThree = async () => {
    const viewer = await at.aSubscriber()
    for (const id of DEVICES.slice(0, 3)) await closing(viewer, id)
    return viewer
  }
  it('beyond the most are refused', async () => {
    const viewer = await usedThree()
    expect(await outcome(at.open(await at.aFilm(), viewer, on(DEVICES[3])))).toBe('too-many-devices')
  })
  it('that were used before stay welcome', async () => {
    const viewer = await usedThree()
    expect(await outcome(at.open(await at.aFilm(), viewer, on(DEVICES[1])))).toBe('ok')
  })
  it('make room when one is removed', async () => {
    const viewer = await usedThree()
    await removeDevice(at.ports, viewer, DEVICES[0])
    expect(await outcome(at.open(await at.aFilm(), viewer, on(DEVICES[3])))).toBe('ok')
  })
  it('make room after 30 days', async () => {
    const viewer = await usedThree()
    at.clock.advance(30 * 86_400_000)
    expect(await outcome(at.open(await at.aFilm(), viewer, on(DEVICES[3])))).toBe('ok')
  })
  it('that do not count any more are forgotten', async () => {
    const viewer = await usedThree()
    at.clock.advance(30 * 86_400_000)
    await closing(viewer, DEVICES[3])
    const left = await at.ports.db.select().from(playbackDevices).where(eq(playbackDevices.userId, viewer))
    expect(left.map(({ deviceId }) => deviceId)).toEqual([DEVICES[3]])
  })
  it('that are removed stop playing', async () => {
    const viewer = await at.aSubscriber()
    const { session } = await at.open(await at.aFilm(), viewer, on(DEVICES[0]))
    await removeDevice(at.ports, viewer, DEVICES[0])
    const asked = await outcome(at.ask('heartbeat', session.token))
    expect([asked, (await at.sessionOf(session.id))?.endedBy]).toEqual(['playback-ended', 'device-removed'])
  })
  it('of somebody else are not removed', async () => {
    const [film, viewer] = [await at.aFilm(), await at.aSubscriber()]
    await at.open(film, viewer, on(DEVICES[0]))
    expect(await removeDevice(at.ports, await at.aViewer(), DEVICES[0])).toBe(false)
  })
  it('do not count that watch what needs no plan', async () => {
    const [film, viewer] = [await at.aFilm({ visibility: 'public' }), await at.aViewer()]
    const asked = DEVICES.map((id) => outcome(at.open(film, viewer, on(id))))
    expect(await Promise.all(asked)).toEqual(['ok', 'ok', 'ok', 'ok'])
  })
})

describe('ending a session', () => {
  it('that was ended before changes nothing', async () => {
    const { session } = await at.open(await at.aFilm(), await at.aSubscriber(), on(DEVICES[0]))
    const once = { id: session.id, token: session.token, actor: undefined }
    await endSession(at.ports, once)
    const [before] = await at.ports.db
      .select()
      .from(playbackSessions)
      .where(eq(playbackSessions.id, session.id))
    at.clock.advance(1000)
    await endSession(at.ports, once)
    expect((await at.sessionOf(session.id))?.endedAt).toEqual(before?.endedAt)
  })
  it('is refused with the token of another', async () => {
    const film = await at.aFilm({ visibility: 'public' })
    const [one, other] = [await at.open(film), await at.open(film)]
    const asked = endSession(at.ports, { id: one.session.id, token: other.session.token, actor: undefined })
    expect(await outcome(asked)).toBe('playback-token-invalid')
  })
})
