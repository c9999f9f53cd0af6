import { describe, expect, it } from 'vitest'
import { openTestColumn } from '../../adapters/local/testing/column.ts'
import { currencyOf } from '../billing/money.ts'
import { createRouter } from '../http/router.ts'
import { idFromUuid } from '../run/id.ts'
import { revenueRoutes } from './http.ts'
import { projectRevenueDay } from './revenue.ts'
import { revenueDays } from './schema.ts'

const userId = idFromUuid('usr', '01900000-0000-7000-8000-000000000001')
const sessionId = idFromUuid('ses', '01900000-0000-7000-8000-000000000002')

/** Asks for revenue as one user; `staff` is who may. */
async function ask(staff: readonly string[], search: string) {
  await using column = await openTestColumn({ config: { billingStaff: [...staff] } })
  await column.ports.db.insert(revenueDays).values({
    ...{ day: '2026-01-01', currency: currencyOf('eur'), grossMinor: 999, refundsMinor: 0, disputesMinor: 0 },
    ...{ feesMinor: 54, taxMinor: 0, mrrMinor: 999, activeSubscriptions: 1, activeCustomers: 1 },
    ...{ startedSubscriptions: 1, endedSubscriptions: 0, computedAt: column.clock.now() },
  })
  await projectRevenueDay(column.ports, '2026-01-02')
  const router = createRouter(revenueRoutes, async () => ({ userId, sessionId }))
  const query = new URLSearchParams(search)
  const request = { method: 'GET', path: '/v1/billing/revenue', query, headers: {}, cookies: {}, params: {} }
  const answer = await router.handle(
    { ...request, body: new Uint8Array(), clientIp: '' },
    column.ports,
    column.ctx,
  )
  return { status: answer.status, body: JSON.parse(String(answer.body)) }
}
const JANUARY = 'from=2026-01-01&to=2026-01-31&currency=eur'

describe('revenue', () => {
  it('is shown to staff by day', async () => {
    const { body } = await ask([userId], JANUARY)
    expect(body).toEqual({
      currency: 'eur',
      days: [
        {
          ...{
            day: '2026-01-01',
            grossMinor: 999,
            refundsMinor: 0,
            disputesMinor: 0,
            feesMinor: 54,
            taxMinor: 0,
          },
          ...{ netMinor: 945, mrrMinor: 999, arpuMinor: 999, activeSubscriptions: 1, activeCustomers: 1 },
          ...{ startedSubscriptions: 1, endedSubscriptions: 0 },
        },
      ],
      total: {
        ...{ grossMinor: 999, refundsMinor: 0, disputesMinor: 0, feesMinor: 54, taxMinor: 0, netMinor: 945 },
        ...{ startedSubscriptions: 1, endedSubscriptions: 0, churnBasisPoints: null },
      },
    })
  })

  it('is shown to nobody where no staff is named', async () => {
    expect((await ask([], JANUARY)).status).toBe(403)
  })

  it.each([
    ['from=2026-01-02&to=2026-01-01&currency=eur', 'query.to'],
    ['from=2020-01-01&to=2026-01-01&currency=eur', 'query.to'],
    ['from=2026-01-01&to=2026-01-31&currency=EURO', 'query.currency'],
    ['from=2026-02-30&to=2026-03-01&currency=eur', 'query.from'],
  ])('is refused for %s', async (search, field) => {
    const { body } = await ask([userId], search)
    expect(body.errors.map((error: { field: string }) => error.field)).toEqual([field])
  })
})
