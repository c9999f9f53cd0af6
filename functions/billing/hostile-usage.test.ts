import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testContext } from '../../adapters/local/testing/column.ts'
import {
  aSubscriber,
  at,
  aUse,
  aUser,
  openUsageDesk,
  type UsageDesk,
  userId,
} from '../../adapters/local/testing/usage-desk.ts'
import { createRouter } from '../../core/http/router.ts'
import { aRequest, jsonOf } from '../../core/http/testing/request.ts'
import type { SessionId } from '../../core/run/id.ts'
import { ingest } from '../../core/usage/ingest.ts'
import { pushUsage } from '../../core/usage/push.ts'
import { rollUp } from '../../core/usage/rollup.ts'
import usageApi from './usage-api.ts'

const actor = { userId: userId(1), sessionId: 'ses_x' as SessionId }
const router = createRouter(usageApi.routes, async () => actor)
let desk: UsageDesk
beforeAll(async () => {
  desk = await openUsageDesk()
  await aUser(desk.ports.db, 1)
})
afterAll(() => desk[Symbol.asyncDispose]())
let n = 0
const use = (facts: Record<string, unknown>) => ({
  ...{ source: 'app', id: `e${n++}`, meter: 'api_requests', quantity: '1', at: at(-1).toISOString() },
  ...facts,
})
const send = (...events: unknown[]) => {
  const body = new TextEncoder().encode(JSON.stringify({ events }))
  const request = aRequest('POST', '/v1/usage', { body, headers: { 'content-type': 'application/json' } })
  return router.handle(request, desk.ports, testContext())
}
const show = (query: string) =>
  router.handle(
    aRequest('GET', '/v1/usage', { query: new URLSearchParams(query) }),
    desk.ports,
    testContext(),
  )

describe('usage that no database can hold', () => {
  it.each([
    { subject: 'a\u0000b' },
    { subject: '\ud800' },
    { dimensions: { 'a\u0000': 'b' } },
    { dimensions: { a: 'b\udfff' } },
  ])('%j is refused alone', async (facts) => {
    const answer = await send(use({}), use(facts))
    expect([answer.status, JSON.stringify(jsonOf(answer))]).toEqual([
      207,
      expect.stringContaining('"accepted"'),
    ])
  })
  it.each([
    '2026-02-30T00:00:00Z',
    '2026-11-20T24:00:00Z',
    '2026-11-20T10:00:60Z',
    '0000-01-01T00:00:00Z',
    '9999-12-31T23:59:59-23:59',
    'x',
  ])('at %s is refused', async (time) => expect((await send(use({ at: time }))).status).toBe(207))
  it.each([1e-9, 1.5e-8, 0.1 + 0.2, 1e21, -0, 999999999999])('of %d is answered', async (quantity) =>
    expect((await send(use({ quantity }))).status).toBeLessThan(300),
  )
})
describe('a chart', () => {
  it.each([
    'from=0000-01-01T00:00:00Z&to=0000-01-02T00:00:00Z',
    'from=9999-12-31T23:00:00-23:59&to=9999-12-31T23:30:00-23:59',
    'from=0001-01-01T00:00:00%2B23:59&to=0001-01-01T00:00:00Z',
  ])('of %s is no fault of ours', async (query) => {
    expect((await show(query)).status).toBeLessThan(500)
  })
})
describe('late usage beyond any amount of money', () => {
  it('does not keep that of others from being billed', async () => {
    const { db } = desk.ports
    const greedy = await aSubscriber(db, 2, { unitAmountDecimal: '999999.5' })
    const other = await aSubscriber(db, 3)
    const long = new Date('2026-01-20T09:10:00.000Z')
    const late = Array.from({ length: 20 }, () => aUse(greedy, { units: '999999999999', at: long }))
    await ingest(db, [...late, aUse(other, { units: '10', at: long })], desk.clock.now())
    await rollUp(desk.ports, desk.ctx)
    await pushUsage(desk.ports, desk.ctx)
    expect([...desk.provider.lines.values()].map(({ customerId }) => customerId)).toEqual(['cus_3'])
  })
})
