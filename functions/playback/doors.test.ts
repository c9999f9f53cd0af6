import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { planFeatures } from '../../core/billing/schema.ts'
import { contentKeysOf } from '../../core/drm/content-keys.ts'
import type { HttpResponse } from '../../core/http/response.ts'
import { networks, playbackRates, playbackSessions } from '../../core/playback/schema.ts'
import type { Ports } from '../../core/ports/ports.ts'
import { uuidOf } from '../../core/run/id.ts'
import { DOOR_NAMES, type DoorName, type Doors, openDoors, type Watching } from './testing/doors.ts'

let at: Doors
beforeAll(async () => {
  at = await openDoors()
  await at.desk.ports.db.insert(networks).values([
    { network: '192.0.2.0/24', country: 'DE', anonymous: false },
    { network: '198.51.100.0/24', country: 'DE', anonymous: true },
  ])
})
afterAll(() => at[Symbol.asyncDispose]())

/** Brings a state about; answers what is asked otherwise because of it. */
type Arrange = (it: Watching) => Promise<(Partial<Watching> & { ports?: Partial<Ports> }) | undefined>
/** Status and code of the refusal; a door that is left out has nothing that could be refused for this. */
type Refused = Readonly<Partial<Record<DoorName, string>>>

const PLAYERS = ['stream', 'playlist', 'heartbeat', 'key', 'clearkey', 'widevine', 'playready'] as const
const OPENERS = ['playback', 'vendor-token'] as const
const BY_KEY = ['key', 'clearkey', 'playready'] as const
const KEEPING = ['clearkey', 'widevine', 'playready'] as const
const all = (doors: readonly DoorName[], refusal: string): Refused =>
  Object.fromEntries(doors.map((door) => [door, refusal]))
/** A vendor hears no, and nothing more. */
const DENIED = { callback: '403 denied' } as const

const CHECKS: readonly (readonly [check: string, arrange: Arrange, refused: Refused])[] = [
  [
    'the caller is nobody',
    async () => ({ token: undefined, userId: undefined, signedWith: 'not the secret' }),
    {
      ...all(PLAYERS, '401 playback-token-invalid'),
      // Without a token it is a door for whoever has signed in.
      ...all([...OPENERS, 'stream'], '402 subscription-required'),
      callback: '401 callback-refused',
    },
  ],
  [
    'the film is somebody else’s and private',
    async ({ film }) =>
      statement(sql`update videos set visibility = 'private' where id = ${uuidOf(film.id)}`),
    { ...all([...PLAYERS, ...OPENERS], '404 not-found'), ...DENIED },
  ],
  [
    'the token is over',
    async () => {
      at.desk.clock.advance(311_000)
      return undefined
    },
    { ...all(PLAYERS, '401 playback-token-expired'), ...DENIED },
  ],
  [
    'the session was revoked',
    async ({ sessionId }) => {
      const ended = { endedAt: at.desk.clock.now(), endedBy: 'revoked' } as const
      const of = eq(playbackSessions.id, sessionId as never)
      await at.desk.ports.db.update(playbackSessions).set(ended).where(of)
      return undefined
    },
    { ...all(PLAYERS, '403 playback-ended'), ...DENIED },
  ],
  [
    'the key is of another film',
    async () => ({ keyIds: [await at.desk.keyOf(await at.desk.aFilm(), 'SD')] }),
    { ...all(BY_KEY, '403 foreign-key'), ...DENIED },
  ],
  [
    'the token is of another film',
    async () => ({ film: await at.desk.aFilm() }),
    all(['stream', 'playlist'], '401 playback-token-invalid'),
  ],
  [
    'the token is of another session',
    async () => ({ sessionId: `pbs_${'0'.repeat(32)}` }),
    { heartbeat: '401 playback-token-invalid', ...DENIED },
  ],
  [
    'the plan has ended',
    async ({ userId }) => {
      if (userId) await at.desk.endPlan(userId)
      return undefined
    },
    { ...all([...PLAYERS, ...OPENERS], '402 subscription-required'), ...DENIED },
  ],
  [
    'the rights have ended',
    rules({ endsAt: new Date('2025-01-01') }),
    { ...all([...PLAYERS, ...OPENERS], '403 no-longer-open'), ...DENIED },
  ],
  [
    'the country is not among the allowed',
    rules({ countries: ['US'] }),
    { ...all([...PLAYERS, ...OPENERS], '451 not-in-your-country'), ...DENIED },
  ],
  [
    'the network hides its users',
    async ({ film }) => {
      await at.desk.setRules(film.id, { refuseAnonymous: true })
      return { ip: '198.51.100.1' }
    },
    all([...PLAYERS, ...OPENERS], '403 anonymous-network'),
  ],
  [
    'the plan has fewer places by now',
    async ({ film, userId, sessionId }) => {
      const earlier = { createdAt: new Date('2025-01-01') }
      const { session } = await at.desk.open(film, userId, { id: 'kitchen-tablet' })
      await at.desk.ports.db.update(playbackSessions).set(earlier).where(eq(playbackSessions.id, session.id))
      await at.desk.ports.db
        .delete(planFeatures)
        .where(sql`${planFeatures.planId} = ${`prod_${userId}`} and ${planFeatures.feature} = 'two-screens'`)
      return { sessionId }
    },
    { ...all([...PLAYERS, ...OPENERS], '409 too-many-streams'), ...DENIED },
  ],
  [
    'there is one device too many',
    async ({ film, userId, sessionId }) => {
      await at.desk.open(film, userId, { id: 'kitchen-tablet' })
      return { sessionId, device: 'phone-of-ada' }
    },
    all(OPENERS, '409 too-many-devices'),
  ],
  [
    'the quality is not of the plan',
    async ({ film }) => ({ keyIds: [await at.desk.keyOf(film, 'HD')] }),
    { ...all(BY_KEY, '403 quality-not-allowed'), ...DENIED },
  ],
  [
    'the licence is to be kept',
    async () => ({ persist: true }),
    { ...all(KEEPING, '403 offline-not-allowed'), ...DENIED },
  ],
  [
    'the viewer is too young',
    rules({ minAge: 16 }),
    { ...all([...PLAYERS, ...OPENERS], '403 age-restricted'), ...DENIED },
  ],
  [
    'the film was taken down',
    rules({ takenDownAt: new Date('2026-01-01') }),
    { ...all([...PLAYERS, ...OPENERS], '451 taken-down'), ...DENIED },
  ],
  [
    'it was said before',
    async ({ film, userId, nonce }) => {
      for (const _ of [1, 2]) await at.desk.open(film, userId, { id: 'living-room', player: 'player-one' })
      return { nonce }
    },
    { ...all(PLAYERS, '401 playback-token-replayed'), callback: '401 callback-refused' },
  ],
  [
    'the decision cannot be made',
    async () => ({ ports: { db: withoutSelects() } }),
    { ...all([...PLAYERS, ...OPENERS], '503 decision-unavailable'), callback: '503 denied' },
  ],
  [
    'it is asked for too often',
    async () => {
      await at.desk.ports.db.update(playbackRates).set({ count: 1_000_000 })
      return undefined
    },
    { ...all([...PLAYERS, ...OPENERS], '429 too-many-requests'), callback: '403 denied' },
  ],
]

function rules(of: Parameters<Doors['desk']['setRules']>[1]): Arrange {
  return async ({ film }) => {
    await at.desk.setRules(film.id, of)
    return undefined
  }
}
async function statement(of: ReturnType<typeof sql>): Promise<undefined> {
  await at.desk.ports.db.execute(of)
}
const withoutSelects = (): Ports['db'] =>
  new Proxy(at.desk.ports.db, {
    get: (db, name) => {
      const value = Reflect.get(db, name) as unknown
      if (name === 'select')
        return () => {
          throw new Error('the database is away')
        }
      return typeof value === 'function' ? value.bind(db) : value
    },
  })

const textOf = ({ body }: HttpResponse): string =>
  body instanceof Uint8Array ? Buffer.from(body).toString('latin1') : String(body ?? '')

/** `open`, or status and code. */
function outcome(answer: HttpResponse): string {
  if (answer.status < 400) return 'open'
  const said = JSON.parse(textOf(answer)) as { code?: string; allow?: boolean }
  return `${answer.status} ${said.code ?? (said.allow === false ? 'denied' : 'allowed')}`
}

/** Whatever would help to play: a key in any of its forms, a URL, a cookie, a token. */
async function opened(
  { film }: Watching,
  { headers, cookies = [], ...answer }: HttpResponse,
): Promise<string[]> {
  const { id: videoId, generation, edition } = film
  const keys = await contentKeysOf(at.desk.ports, { videoId, generation, edition })
  const forms = [...keys.values()].flatMap(({ key }) =>
    (['hex', 'base64', 'base64url', 'latin1'] as const).map((form) => Buffer.from(key).toString(form)),
  )
  const signs = [...forms, 'media/', 'token=', 'eyJ']
  return [
    ...signs.filter((sign) => textOf(answer).includes(sign)),
    ...cookies,
    headers?.location ?? '',
  ].filter((found) => found !== '')
}

/** A session as it began: another nonce, since a nonce is taken once. */
async function first(door: DoorName): Promise<Watching> {
  const watching = await at.watching(door)
  const begun = outcome(await at.knock(door, watching))
  if (begun !== 'open') throw new Error(`the door ${door} does not open for a subscriber: ${begun}`)
  // The heartbeat's answer and that of the opening doors hold the next token; the one before stays good for a moment.
  return { ...watching }
}

describe.each(DOOR_NAMES)('the door %s', (door) => {
  const cases = CHECKS.flatMap(([check, arrange, refused]) => {
    const refusal = refused[door]
    return refusal === undefined ? [] : [[check, refusal, arrange] as const]
  })
  it.each(cases)('that has opened is closed when %s: %s', async (check, refusal, arrange) => {
    const watching = await first(door)
    const { ports, ...asked } = (await arrange(watching)) ?? {}
    const nonce = check === 'it was said before' ? watching.nonce : `${watching.nonce}-2`
    const handedOut = at.widevine.messages.length + at.playready.entitlements.length
    const answer = await at.knock(door, { ...watching, nonce, ...asked }, ports)
    const more = at.widevine.messages.length + at.playready.entitlements.length - handedOut
    expect([outcome(answer), await opened(watching, answer), more]).toEqual([refusal, [], 0])
  })
})

describe('the record', () => {
  it('has a row for each door that was opened and for each that stayed closed', async () => {
    const rows = await at.desk.ports.db.execute(
      sql`select door, bool_or(refusal is null) as opened, bool_or(refusal is not null) as closed
        from playback_decisions group by door order by door`,
    )
    const seen = (rows as unknown as { rows: { door: string; opened: boolean; closed: boolean }[] }).rows
    // What we sign for vendors goes out with the playback's own decision.
    const doors = DOOR_NAMES.filter((door) => door !== 'vendor-token').sort()
    expect(seen).toEqual(doors.map((door) => ({ door, opened: true, closed: true })))
  })
})
