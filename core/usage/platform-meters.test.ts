import { describe, expect, it } from 'vitest'
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
import { billingCustomers, subscriptions } from '../billing/schema.ts'
import { aRequest } from '../http/testing/request.ts'
import { memberships, organisations } from '../identity/schema.ts'
import type { OrganisationId, SessionId, VideoId } from '../run/id.ts'
import { renditions, videos } from '../video/schema.ts'
import { meteredMount } from './metered-mount.ts'
import { openRequestMeter } from './request-meter.ts'
import { usageEvents } from './schema.ts'
import { meterStored } from './stored.ts'
import { tenantOfUser } from './tenant.ts'
import { meterTranscoded } from './transcoded.ts'
import { usageRoutes } from './usage-routes.ts'

type NewVideo = typeof videos.$inferInsert
const video = (n: number) => `vid_${n.toString(16).padStart(32, '0')}` as VideoId
const ORG = `org_${'1'.repeat(32)}` as OrganisationId

async function aFilm(desk: UsageDesk, n: number, facts: Partial<NewVideo> = {}): Promise<void> {
  const film = { id: video(n), ownerId: userId(1), title: 'Film', createdAt: NOW, updatedAt: NOW }
  const shown = {
    visibility: 'private' as const,
    status: 'ready' as const,
    durationSeconds: 90,
    generation: 1,
  }
  await desk.ports.db.insert(videos).values({ ...film, ...shown, ...facts })
}
async function aRendition(desk: UsageDesk, name: string): Promise<void> {
  const picture = { width: 1, height: 1, frameRate: 25, codecs: 'avc1', averageBps: 1, peakBps: 1 }
  await desk.ports.db.insert(renditions).values({ videoId: video(1), generation: 1, name, ...picture })
}
const counted = async (desk: UsageDesk) =>
  (await desk.ports.db.select().from(usageEvents).orderBy(usageEvents.eventId, usageEvents.tenant)).map(
    ({ tenant, eventId, quantity }) => [tenant, eventId, Number(quantity)],
  )

describe('minutes stored', () => {
  it('are those of all films that can be played, once an hour', async () => {
    await using desk = await openUsageDesk()
    await aCustomer(desk.ports.db, 1, null)
    await aFilm(desk, 1)
    await aFilm(desk, 2, { status: 'playable', durationSeconds: 30.0004 })
    await aFilm(desk, 3, { status: 'processing' })
    await aFilm(desk, 4, { deletedAt: NOW })
    await Promise.all([meterStored(desk.ports), meterStored(desk.ports)])
    desk.clock.advance(3_600_000)
    await meterStored(desk.ports)
    expect(await counted(desk)).toEqual([
      [tenantId(1), 'stored:2026-02-10T12', 2],
      [tenantId(1), 'stored:2026-02-10T13', 2],
    ])
  })
  it('are nobody’s while nobody is a customer', async () => {
    await using desk = await openUsageDesk()
    await aUser(desk.ports.db, 1)
    await aFilm(desk, 1)
    expect(await meterStored(desk.ports)).toBe(0)
  })
})

describe('minutes transcoded', () => {
  const ready = (desk: UsageDesk, generation = 1) =>
    meterTranscoded(
      { data: { videoId: video(1), generation }, time: at(0).toISOString() },
      desk.ports,
      desk.ctx,
    )
  it('are the length of the film for each of its qualities, once, and make its owner a customer', async () => {
    await using desk = await openUsageDesk()
    await aUser(desk.ports.db, 1)
    await aFilm(desk, 1)
    await aRendition(desk, '144p')
    await aRendition(desk, '240p')
    await ready(desk)
    await ready(desk)
    const [customer] = await desk.ports.db.select().from(billingCustomers)
    expect([customer?.userId, await counted(desk)]).toEqual([
      userId(1),
      [[customer?.id, `transcoded:${video(1)}:1`, 3]],
    ])
  })
  it('are not counted for a film that was replaced meanwhile', async () => {
    await using desk = await openUsageDesk()
    await aUser(desk.ports.db, 1)
    await aFilm(desk, 1)
    await ready(desk, 7)
    expect(await counted(desk)).toEqual([])
  })
})

describe('who pays for what a user uses', () => {
  async function member() {
    const desk = await openUsageDesk()
    const { db } = desk.ports
    await aCustomer(db, 1, 'cus_1')
    await db.insert(organisations).values({ id: ORG, name: 'Ada & Co', createdAt: NOW })
    await db
      .insert(memberships)
      .values({ organisationId: ORG, userId: userId(1), role: 'member', createdAt: NOW })
    const bill = { provider: 'stripe' as const, email: 'x@example.org', createdAt: NOW, providerId: 'cus_9' }
    await db.insert(billingCustomers).values({ id: tenantId(9), organisationId: ORG, ...bill })
    await aSubscriber(db, 9, { customer: tenantId(9) })
    return desk
  }
  it('is their organisation with a plan that is billed by use', async () => {
    await using desk = await member()
    expect(await tenantOfUser(desk.ports, userId(1))).toBe(tenantId(9))
  })
  it('is they themselves once that plan has ended', async () => {
    await using desk = await member()
    await desk.ports.db.update(subscriptions).set({ status: 'canceled' })
    expect(await tenantOfUser(desk.ports, userId(1))).toBe(tenantId(1))
  })
})

describe('requests', () => {
  async function meteredDesk() {
    const desk = await openUsageDesk()
    for (const n of [1, 2]) await aCustomer(desk.ports.db, n, null)
    const meter = openRequestMeter({ instance: 'i1' })
    const note = (n: number, times: number) => {
      for (let i = 0; i < times; i++) meter.note(userId(n), desk.clock.now())
    }
    return Object.assign(desk, { meter, note })
  }
  it('are not written one by one', async () => {
    await using desk = await meteredDesk()
    desk.note(1, 99)
    await desk.meter.flushIfDue(desk.ports, desk.ctx)
    expect(await counted(desk)).toEqual([])
  })
  it('are written as sums by user when there are a hundred', async () => {
    await using desk = await meteredDesk()
    desk.note(1, 60)
    desk.note(2, 40)
    await desk.meter.flushIfDue(desk.ports, desk.ctx)
    expect(await counted(desk)).toEqual([
      [tenantId(1), 'i1:1', 60],
      [tenantId(2), 'i1:1', 40],
    ])
  })
  it('are written with the next request after ten seconds, for the time when they were', async () => {
    await using desk = await meteredDesk()
    desk.note(1, 3)
    desk.clock.advance(3_600_000)
    await desk.meter.flushIfDue(desk.ports, desk.ctx)
    const [event] = await desk.ports.db.select().from(usageEvents)
    expect([Number(event?.quantity), event?.at]).toEqual([3, NOW])
  })
  it('are written when the process ends', async () => {
    await using desk = await meteredDesk()
    desk.note(1, 3)
    await desk.meter.flushAll(desk.ports, desk.ctx)
    expect(await counted(desk)).toEqual([[tenantId(1), 'i1:1', 3]])
  })
  it('are all written once although a flush failed with its answer lost and more came meanwhile', async () => {
    await using desk = await meteredDesk()
    desk.note(1, 100)
    const lost = { ...desk.ports.db, execute: execute(desk, 'after') } as typeof desk.ports.db
    await desk.meter.flushIfDue({ ...desk.ports, db: lost }, desk.ctx)
    desk.note(1, 5)
    await desk.meter.flushAll(desk.ports, desk.ctx)
    expect(await counted(desk)).toEqual([
      [tenantId(1), 'i1:1', 100],
      [tenantId(1), 'i1:2', 5],
    ])
  })
  it('are those with an access token, whatever their answer', async () => {
    await using desk = await meteredDesk()
    const session = 'ses_x' as SessionId
    const known = async ({ path }: { path: string }) =>
      path === '/v1/usage' ? { userId: userId(1), sessionId: session } : undefined
    const mount = meteredMount({ routes: usageRoutes, timeoutSeconds: 10 }, desk.ports, known)
    for (const path of ['/v1/usage', '/v1/usage', '/v1/nothing'])
      await mount.handle(aRequest('GET', path), desk.ctx)
    await mount.handle(aRequest('POST', '/v1/usage'), desk.ctx)
    await mount.stop(desk.ctx)
    expect((await counted(desk)).map(([tenant, , requests]) => [tenant, requests])).toEqual([
      [tenantId(1), 3],
    ])
  })
  it('do not fail a request when they cannot be written, and wait', async () => {
    await using desk = await meteredDesk()
    desk.note(1, 100)
    const down = { ...desk.ports.db, execute: execute(desk, 'before') } as typeof desk.ports.db
    await desk.meter.flushIfDue({ ...desk.ports, db: down }, desk.ctx)
    await desk.meter.flushIfDue(desk.ports, desk.ctx)
    expect(await counted(desk)).toEqual([[tenantId(1), 'i1:1', 100]])
  })
})

/** A database whose writes fail: before they are done, or after, with the answer lost. */
function execute(desk: UsageDesk, when: 'before' | 'after') {
  let calls = 0
  return async (statement: Parameters<typeof desk.ports.db.execute>[0]) => {
    calls++
    // The first one looks the tenants up.
    if (calls > 1 && when === 'before') throw new Error('the database is away')
    const result = await desk.ports.db.execute(statement)
    if (calls > 1) throw new Error('the line is cut')
    return result
  }
}
