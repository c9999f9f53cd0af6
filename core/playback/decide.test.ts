import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPlaybackDesk, outcome, type PlaybackDesk } from '../../adapters/local/testing/playback-desk.ts'
import type { UserId } from '../run/id.ts'
import type { VideoRow } from '../video/show.ts'
import type { Permit } from './ask.ts'
import type { RefusalReason } from './model.ts'
import { networks, playbackSessions, viewingLimits } from './schema.ts'

let at: PlaybackDesk
beforeAll(async () => {
  at = await openPlaybackDesk({ playbackDevices: 2 })
  await at.ports.db.insert(networks).values([
    { network: '192.0.2.0/24', country: 'DE', anonymous: false },
    { network: '198.51.100.0/24', country: 'FR', anonymous: false },
    { network: '198.51.100.7/32', country: 'DE', anonymous: true },
  ])
})
afterAll(() => at[Symbol.asyncDispose]())

/** Somebody watching. */
interface Watching {
  readonly film: VideoRow
  readonly userId: UserId
  readonly permit: Permit
}
async function watch(): Promise<Watching> {
  const [film, userId] = [await at.aFilm(), await at.aSubscriber()]
  return { film, userId, permit: await at.open(film, userId, { id: 'device-one' }) }
}

/** All others ask the same question; over HTTP each door has its own table. */
const BY_TOKEN = ['clearkey'] as const

interface Row {
  readonly state: string
  /** Brings the state about; answers what to ask otherwise than usual. */
  arrange(
    it: Watching,
  ): Promise<{ token?: string | undefined; ip?: string; keyIds?: string[]; persist?: true } | undefined>
  readonly refused: RefusalReason
}

const changed = (text: string, index: number) =>
  text.slice(0, index) + (text[index] === 'A' ? 'B' : 'A') + text.slice(index + 1)

const ROWS: readonly Row[] = [
  {
    state: 'without a token',
    arrange: async () => ({ token: undefined }),
    refused: 'playback-token-invalid',
  },
  {
    state: 'with a token whose signature is changed',
    arrange: async ({ permit: { session } }) => ({ token: changed(session.token, session.token.length - 9) }),
    refused: 'playback-token-invalid',
  },
  {
    state: 'with a token whose claims are changed',
    arrange: async ({ permit: { session } }) => ({
      token: changed(session.token, session.token.indexOf('.') + 30),
    }),
    refused: 'playback-token-invalid',
  },
  {
    state: 'with an access token',
    arrange: async () => ({ token: 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ1c3JfMSJ9.c2ln' }),
    refused: 'playback-token-invalid',
  },
  {
    state: 'with a token that was used up',
    arrange: async ({ film, userId }) => {
      for (const _ of [1, 2]) await at.open(film, userId, { id: 'device-one' })
      return undefined
    },
    refused: 'playback-token-replayed',
  },
  {
    state: 'once the session is ended',
    arrange: async ({ permit: { session } }) => {
      await end(session.id)
      return undefined
    },
    refused: 'playback-ended',
  },
  {
    state: 'once its heartbeats stay away',
    arrange: async ({ permit: { session } }) => {
      await at.ports.db
        .update(playbackSessions)
        .set({ heartbeatAt: new Date(at.clock.now().getTime() - 61_000) })
        .where(eq(playbackSessions.id, session.id))
      return undefined
    },
    refused: 'playback-ended',
  },
  {
    state: 'once the plan has ended',
    arrange: async ({ userId }) => {
      await at.endPlan(userId)
      return undefined
    },
    refused: 'subscription-required',
  },
  {
    state: 'before the window',
    arrange: rules({ startsAt: new Date('2100-01-01') }),
    refused: 'not-open-yet',
  },
  {
    state: 'after the window',
    arrange: rules({ endsAt: new Date('2025-01-01') }),
    refused: 'no-longer-open',
  },
  {
    state: 'in a country that is not among the allowed',
    arrange: rules({ countries: ['US'] }),
    refused: 'not-in-your-country',
  },
  {
    state: 'in a country that is among the forbidden',
    arrange: rules({ notCountries: ['DE'] }),
    refused: 'not-in-your-country',
  },
  {
    state: 'where the country is not known',
    arrange: async ({ film }) => {
      await at.setRules(film.id, { countries: ['DE'] })
      return { ip: '203.0.113.9' }
    },
    refused: 'not-in-your-country',
  },
  {
    state: 'through a network that hides its users',
    arrange: async ({ film }) => {
      await at.setRules(film.id, { refuseAnonymous: true })
      return { ip: '198.51.100.7' }
    },
    refused: 'anonymous-network',
  },
  { state: 'where the viewer’s age is not known', arrange: rules({ minAge: 16 }), refused: 'age-restricted' },
  {
    state: 'once the film is taken down',
    arrange: rules({ takenDownAt: new Date('2026-01-01') }),
    refused: 'taken-down',
  },
  {
    state: 'for a key of another film',
    arrange: async () => ({ keyIds: [await at.keyOf(await at.aFilm(), 'SD')] }),
    refused: 'foreign-key',
  },
  {
    state: 'for a key of the film together with one of another',
    arrange: async ({ film }) => ({
      keyIds: [await at.keyOf(film, 'SD'), await at.keyOf(await at.aFilm(), 'SD')],
    }),
    refused: 'foreign-key',
  },
  {
    state: 'for a key of a quality that the plan does not have',
    arrange: async ({ film }) => ({ keyIds: [await at.keyOf(film, 'HD')] }),
    refused: 'quality-not-allowed',
  },
  {
    state: 'for a licence to keep',
    arrange: async () => ({ persist: true }),
    refused: 'offline-not-allowed',
  },
  {
    state: 'once the film is private',
    arrange: async ({ film }) => {
      await at.ports.db.execute(`update videos set visibility = 'private' where id = '${film.id.slice(4)}'`)
      return undefined
    },
    refused: 'not-found',
  },
  {
    state: 'once the film is deleted',
    arrange: async ({ film }) => {
      await at.ports.db.execute(`update videos set deleted_at = now() where id = '${film.id.slice(4)}'`)
      return undefined
    },
    refused: 'not-found',
  },
]

function rules(of: Parameters<PlaybackDesk['setRules']>[1]) {
  return async ({ film }: Watching) => {
    await at.setRules(film.id, of)
    return undefined
  }
}

async function end(id: Permit['session']['id']): Promise<void> {
  const over = { endedAt: at.clock.now(), endedBy: 'revoked' } as const
  await at.ports.db.update(playbackSessions).set(over).where(eq(playbackSessions.id, id))
}

describe.each(BY_TOKEN)('the door %s', (door) => {
  it('opens for a running session', async () => {
    const { permit } = await watch()
    expect(await outcome(at.ask(door, permit.session.token))).toBe('ok')
  })
  it.each(ROWS.map((row) => [row.state, row] as const))('is closed %s', async (_, { arrange, refused }) => {
    const watching = await watch()
    const asked = (await arrange(watching)) ?? {}
    const { token, ...more } = { token: watching.permit.session.token, ...asked }
    expect(await outcome(at.ask(door, token, more))).toBe(refused)
  })
})

describe('a film that one has no session of', () => {
  const open = (film: { id: string }, userId?: UserId, ip?: string) =>
    outcome(at.open(film, userId, ip === undefined ? {} : { ip }))

  it('is not found by an id that is none', async () => {
    expect(await open({ id: "vid_' or 1=1" })).toBe('not-found')
  })
  it.each([
    ['a stranger', 'not-found', (): Promise<UserId> => at.aViewer()],
    ['its owner', 'ok', async (): Promise<UserId> => at.owner],
  ] as const)('that is private is, for %s, %s', async (_, result, who) => {
    expect(await open(await at.aFilm({ visibility: 'private' }), await who())).toBe(result)
  })
  it('says nothing of its takedown to whom it is hidden', async () => {
    const film = await at.aFilm({ visibility: 'private', rules: { takenDownAt: new Date('2026-01-01') } })
    expect(await open(film, await at.aViewer())).toBe('not-found')
  })
  it('that is taken down is closed for its owner, too', async () => {
    expect(await open(await at.aFilm({ rules: { takenDownAt: new Date('2026-01-01') } }), at.owner)).toBe(
      'taken-down',
    )
  })
  it.each([
    ['processing', 'not-playable-yet'],
    ['failed', 'film-failed'],
  ] as const)('that is %s is %s for its owner', async (status, result) => {
    expect(await open(await at.aFilm({ status }), at.owner)).toBe(result)
  })
  it.each([
    ['nobody in particular', 'subscription-required', async (): Promise<UserId | undefined> => undefined],
    ['a viewer without a plan', 'subscription-required', (): Promise<UserId> => at.aViewer()],
    ['a plan that lacks the feature', 'subscription-required', (): Promise<UserId> => at.aSubscriber(['hd'])],
    ['a subscriber', 'ok', (): Promise<UserId> => at.aSubscriber()],
  ] as const)('and that is for subscribers is, for %s, %s', async (_, result, who) => {
    expect(await open(await at.aFilm(), await who())).toBe(result)
  })
  it('exempts its owner from windows, countries and age', async () => {
    const rules = { startsAt: new Date('2100-01-01'), countries: ['US'], minAge: 18, refuseAnonymous: true }
    expect(await open(await at.aFilm({ rules }), at.owner, '198.51.100.7')).toBe('ok')
  })
  it.each([
    ['nobody in particular', 'sign-in-required', async (): Promise<UserId | undefined> => undefined],
    ['a viewer of fifteen', 'age-restricted', (): Promise<UserId> => ofAge(15)],
    ['a viewer of sixteen', 'ok', (): Promise<UserId> => ofAge(16)],
  ] as const)('and that is from sixteen is, for %s, %s', async (_, result, who) => {
    const film = await at.aFilm({ visibility: 'public', rules: { minAge: 16 } })
    expect(await open(film, await who())).toBe(result)
  })
})

async function ofAge(age: number): Promise<UserId> {
  const userId = await at.aViewer()
  await at.ports.db.insert(viewingLimits).values({ userId, age, updatedAt: at.clock.now() })
  return userId
}

describe('a film of titles with windows', () => {
  const [before, after] = [new Date('2020-01-01'), new Date('2100-01-01')]
  const past = { startsAt: before, endsAt: new Date('2021-01-01') }
  const coming = { startsAt: after, endsAt: null }
  const open = { startsAt: before, endsAt: null }
  it.each([
    ['all windows are over', 'no-longer-open', [past]],
    ['one is to come', 'not-open-yet', [past, coming]],
    ['one is open', 'ok', [past, open, coming]],
    ['the open one is for here', 'ok', [{ ...open, countries: ['AT', 'DE'] }]],
    ['the open one is for elsewhere', 'not-in-your-country', [{ ...open, countries: ['US'] }]],
  ] as const)('where %s: %s', async (_, result, windows) => {
    const film = await at.aFilm({ visibility: 'public', windows: windows as never })
    expect(await outcome(at.open(film))).toBe(result)
  })
})

describe('asking for a film too often', () => {
  it('is refused until the minute is over', async () => {
    const [film, viewer] = [await at.aFilm({ visibility: 'public' }), await at.aViewer()]
    const asked: string[] = []
    for (let i = 0; i < 31; i++) asked.push(await outcome(at.open(film, viewer)))
    at.clock.advance(60_000)
    asked.push(await outcome(at.open(film, viewer)))
    expect(asked.slice(-3)).toEqual(['ok', 'too-many-requests', 'ok'])
  })
})
