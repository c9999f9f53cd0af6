import { describe, expect, it } from 'vitest'
import { testContext } from '../../adapters/local/testing/column.ts'
import {
  aCustomer,
  aSubscriber,
  at,
  aUser,
  NOW,
  openUsageDesk,
  tenantId,
  type UsageDesk,
  userId,
} from '../../adapters/local/testing/usage-desk.ts'
import { createRouter } from '../../core/http/router.ts'
import { aRequest, jsonOf } from '../../core/http/testing/request.ts'
import type { MemberRole } from '../../core/identity/model.ts'
import { memberships, organisations } from '../../core/identity/schema.ts'
import { signPlaybackToken } from '../../core/playback/token.ts'
import type { OrganisationId, PlaybackSessionId, SessionId } from '../../core/run/id.ts'
import { rollUp } from '../../core/usage/rollup.ts'
import { usageEvents } from '../../core/usage/schema.ts'
import type { Usage, UsageResults } from '../../core/usage/wire.ts'
import { videos } from '../../core/video/schema.ts'
import usageApi from './usage-api.ts'

const ORG = `org_${'1'.repeat(32)}` as OrganisationId
const VIDEO = `vid_${'1'.repeat(32)}` as (typeof videos.$inferSelect)['id']
const OTHER_VIDEO = `vid_${'2'.repeat(32)}` as typeof VIDEO
const actor = { userId: userId(1), sessionId: 'ses_x' as SessionId }
const router = createRouter(usageApi.routes, async () => actor)

/** A desk whose caller is user 1. */
async function openDesk(): Promise<UsageDesk> {
  const desk = await openUsageDesk()
  await aUser(desk.ports.db, 1)
  return desk
}
const call = (desk: UsageDesk, method: string, path: string, body?: unknown, token?: string) => {
  const [address = '', query = ''] = path.split('?')
  const carried: Record<string, string> = token === undefined ? {} : { 'x-skyreel-playback': token }
  const sent =
    body === undefined
      ? {}
      : {
          body: new TextEncoder().encode(JSON.stringify(body)),
          headers: { 'content-type': 'application/json', ...carried },
        }
  const request = aRequest(method, address, { ...sent, query: new URLSearchParams(query) })
  return router.handle(request, desk.ports, testContext())
}
const send = async (desk: UsageDesk, events: readonly unknown[], query = '') =>
  jsonOf(await call(desk, 'POST', `/v1/usage${query}`, { events })) as unknown as UsageResults
const use = (facts: Record<string, unknown> = {}) => ({
  ...{ source: 'app', id: 'one', meter: 'api_requests', quantity: '1.5', at: at(-1).toISOString() },
  ...facts,
})
async function inOrganisation(desk: UsageDesk, role: MemberRole): Promise<void> {
  await desk.ports.db.insert(organisations).values({ id: ORG, name: 'Ada & Co', createdAt: NOW })
  await aUser(desk.ports.db, 2)
  const rows = [{ userId: userId(2), role: 'owner' as const }]
  if (role !== 'owner') rows.push({ userId: userId(1), role: role as 'owner' })
  else rows.push({ userId: userId(1), role })
  await desk.ports.db
    .insert(memberships)
    .values(rows.map((row) => ({ ...row, organisationId: ORG, createdAt: NOW })))
}

describe('POST /v1/usage', () => {
  it('answers each event by itself', async () => {
    await using desk = await openDesk()
    await send(desk, [use({ id: 'old' })])
    const { items } = await send(desk, [use(), use({ id: 'old' }), use({ quantity: 2 }), use({ meter: 'x' })])
    expect(items.map(({ status }) => status)).toEqual(['accepted', 'duplicate', 'conflict', 'refused'])
  })
  it('is 200 when all are there and 207 when not', async () => {
    await using desk = await openDesk()
    const status = async (event: unknown) =>
      (await call(desk, 'POST', '/v1/usage', { events: [event] })).status
    expect([await status(use()), await status(use()), await status(use({ quantity: '9' }))]).toEqual([
      200, 200, 207,
    ])
  })
  it.each([
    [{ quantity: '-1' }, 'quantity', 'format'],
    [{ quantity: '1.0000000001' }, 'quantity', 'format'],
    [{ quantity: 1e-10 }, 'quantity', 'format'],
    [{ quantity: '1234567890123' }, 'quantity', 'format'],
    [{ quantity: undefined }, 'quantity', 'required'],
    [{ at: '2026-02-10' }, 'at', 'format'],
    [{ at: at(25).toISOString() }, 'at', 'too_new'],
    [{ at: at(-36 * 24).toISOString() }, 'at', 'too_old'],
    [{ source: 'platform' }, 'source', 'reserved'],
    [{ source: 'requests' }, 'source', 'reserved'],
    [{ id: '' }, 'id', 'too_small'],
    [{ id: 'a b' }, 'id', 'format'],
    [{ meter: 'constructor' }, 'meter', 'one_of'],
    [{ dimensions: { a: 1 } }, 'dimensions.a', 'type'],
    [{ more: 1 }, '', 'unknown_field'],
  ])('refuses %j by field and rule', async (facts, field, rule) => {
    await using desk = await openDesk()
    const { items } = await send(desk, [use(facts)])
    expect(items).toMatchObject([{ status: 'refused', field, rule }])
  })
  it('takes usage to the edges of its time', async () => {
    await using desk = await openDesk()
    const edges = [at(24), at(-35 * 24)].map((when, i) => use({ id: `${i}`, at: when.toISOString() }))
    expect((await send(desk, edges)).items.map(({ status }) => status)).toEqual(['accepted', 'accepted'])
  })
  it('takes the same quantity for the same, however it is written', async () => {
    await using desk = await openDesk()
    await send(desk, [use({ quantity: '1.5', dimensions: { a: 'x', b: 'y' } })])
    const { items } = await send(desk, [use({ quantity: 1.5, dimensions: { b: 'y', a: 'x' } })])
    expect(items.map(({ status }) => status)).toEqual(['duplicate'])
  })
  it.each([[{}], [{ events: [] }], [{ events: Array(501).fill({}) }], [{ events: [1] }]])(
    'is 422 for a broken envelope',
    async (body) => {
      await using desk = await openDesk()
      expect((await call(desk, 'POST', '/v1/usage', body)).status).toBe(422)
    },
  )
  it.each([
    ['owner', 200],
    ['billing', 200],
    ['member', 403],
  ] as const)('takes an organisation’s usage from its %s: %d', async (role, status) => {
    await using desk = await openDesk()
    await inOrganisation(desk, role)
    const answer = await call(desk, 'POST', `/v1/usage?organisationId=${ORG}`, { events: [use()] })
    expect(answer.status).toBe(status)
  })
  it.each([`org_${'9'.repeat(32)}`, 'nonsense'])('is 404 for organisation %s', async (id) => {
    await using desk = await openDesk()
    const answer = await call(desk, 'POST', `/v1/usage?organisationId=${id}`, { events: [use()] })
    expect(answer.status).toBe(404)
  })
})

describe('GET /v1/usage', () => {
  const show = async (desk: UsageDesk, query = '') =>
    jsonOf(await call(desk, 'GET', `/v1/usage${query}`)) as unknown as Usage
  async function usedDesk() {
    const desk = await openDesk()
    await aSubscriber(desk.ports.db)
    const when = [at(-1), at(-2), at(-26), new Date('2026-01-20T09:00:00.000Z')]
    await send(
      desk,
      when.map((time, i) => use({ id: `${i}`, at: time.toISOString() })),
    )
    await rollUp(desk.ports, desk.ctx)
    return desk
  }
  it('shows days of the billing period, its total and its price', async () => {
    await using desk = await usedDesk()
    expect(await show(desk, '?meter=api_requests')).toEqual({
      period: { start: '2026-02-01T00:00:00.000Z', end: '2026-03-01T00:00:00.000Z' },
      ...{ from: '2026-02-01T00:00:00.000Z', to: NOW.toISOString(), step: 'day' },
      meters: [
        {
          ...{ meter: 'api_requests', name: 'API requests', unit: 'requests', total: '4.5' },
          ...{ unitAmountDecimal: '0.5', currency: 'eur' },
          points: [
            { at: '2026-02-09T00:00:00.000Z', quantity: '1.5' },
            { at: '2026-02-10T00:00:00.000Z', quantity: '3' },
          ],
        },
      ],
    })
  })
  it('shows hours', async () => {
    await using desk = await usedDesk()
    const { meters } = await show(desk, `?step=hour&meter=api_requests&from=${at(-3).toISOString()}`)
    expect(meters[0]?.points.map((point) => point.at)).toEqual([
      '2026-02-10T10:00:00.000Z',
      '2026-02-10T11:00:00.000Z',
    ])
  })
  it('shows nothing used to somebody who is no customer, by the calendar month', async () => {
    await using desk = await openDesk()
    const { period, meters } = await show(desk)
    expect([period.start, meters.map(({ total }) => total)]).toEqual([
      '2026-02-01T00:00:00.000Z',
      ['0', '0', '0', '0'],
    ])
  })
  it.each([
    ['step=week', 422],
    ['meter=x', 422],
    ['from=2026-02-10', 422],
    ['from=2026-02-10T00:00:00Z&to=2026-02-09T00:00:00Z', 422],
    ['step=hour&from=2026-01-01T00:00:00Z&to=2026-02-02T00:00:00Z', 422],
  ])('is refused for ?%s', async (query, status) => {
    await using desk = await openDesk()
    expect((await call(desk, 'GET', `/v1/usage?${query}`)).status).toBe(status)
  })
})

describe('POST /v1/usage/playback', () => {
  async function filmDesk(facts: Partial<typeof videos.$inferInsert> = {}) {
    const desk = await openDesk()
    await aCustomer(desk.ports.db, 2, null)
    const film = { id: VIDEO, ownerId: userId(2), title: 'Film', createdAt: NOW, updatedAt: NOW }
    const shown = { visibility: 'public' as const, status: 'ready' as const }
    await desk.ports.db.insert(videos).values({ ...film, ...shown, ...facts })
    return desk
  }
  const playing = async (desk: UsageDesk, videoId = VIDEO, session = '1') => {
    const sessionId = `pbs_${session.repeat(32)}` as PlaybackSessionId
    return (await signPlaybackToken(desk.ports, { sessionId, videoId, number: 1 })).token
  }
  const good = { videoId: VIDEO, sessionId: 'a'.repeat(20), sequence: 1, seconds: 30 }
  const tell = async (desk: UsageDesk, facts: object, token?: string) =>
    call(desk, 'POST', '/v1/usage/playback', { ...good, ...facts }, token ?? (await playing(desk)))
  const beacon = (desk: UsageDesk, sequence: number, seconds = 30) => tell(desk, { sequence, seconds })
  const counted = async (desk: UsageDesk) =>
    (await desk.ports.db.select().from(usageEvents).orderBy(usageEvents.sequence)).map(
      ({ tenant, quantity }) => [tenant, Number(quantity)],
    )

  it('counts minutes for the film’s owner', async () => {
    await using desk = await filmDesk()
    const { status } = await beacon(desk, 1)
    expect([status, await counted(desk)]).toEqual([204, [[tenantId(2), 0.5]]])
  })
  it('counts a number of a session once, also when it comes twice at once', async () => {
    await using desk = await filmDesk()
    await Promise.all([beacon(desk, 1), beacon(desk, 1), beacon(desk, 1)])
    expect(await counted(desk)).toEqual([[tenantId(2), 0.5]])
  })
  it('counts no more than the time that has passed, and a minute', async () => {
    await using desk = await filmDesk()
    await beacon(desk, 1, 3600)
    desk.clock.advance(30_000)
    await beacon(desk, 2, 3600)
    expect((await counted(desk)).map(([, minutes]) => minutes)).toEqual([1, 0.5])
  })
  it('gives two beacons at once no more than one', async () => {
    await using desk = await filmDesk()
    await Promise.all([1, 2, 3, 4].map((sequence) => beacon(desk, sequence, 60)))
    expect((await counted(desk)).reduce((sum, [, minutes]) => sum + Number(minutes), 0)).toBe(1)
  })
  it('gives a page that names itself anew no more time than its playback has', async () => {
    await using desk = await filmDesk()
    for (const name of ['b', 'c', 'd']) await tell(desk, { sessionId: name.repeat(20), seconds: 60 })
    expect((await counted(desk)).reduce((sum, [, minutes]) => sum + Number(minutes), 0)).toBe(1)
  })
  it('counts two playbacks of a film each for itself', async () => {
    await using desk = await filmDesk()
    for (const session of ['1', '2']) await tell(desk, {}, await playing(desk, VIDEO, session))
    expect((await counted(desk)).map(([, minutes]) => minutes)).toEqual([0.5, 0.5])
  })
  it.each([
    ['without a token', async () => ''],
    ['with what is no token', async () => 'token'],
    ['with a token of another film', (desk: UsageDesk) => playing(desk, OTHER_VIDEO)],
  ])('is 401 %s', async (_, token) => {
    await using desk = await filmDesk()
    expect((await tell(desk, {}, await token(desk))).status).toBe(401)
  })
  it('is 401 with a token that is over', async () => {
    await using desk = await filmDesk()
    const token = await playing(desk)
    desk.clock.advance(310_000)
    expect((await tell(desk, {}, token)).status).toBe(401)
  })
  it('is 404 for a film that is gone', async () => {
    await using desk = await filmDesk({ deletedAt: NOW })
    expect((await beacon(desk, 1)).status).toBe(404)
  })
  it.each([{ seconds: -1 }, { seconds: 3601 }, { sequence: 0 }, { sequence: 1.5 }, { sessionId: 'short' }])(
    'is 422 for %j',
    async (facts) => {
      await using desk = await filmDesk()
      expect((await tell(desk, facts)).status).toBe(422)
    },
  )
})
