import { eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { at, aUse, openUsageDesk, tenantId } from '../../adapters/local/testing/usage-desk.ts'
import { ingest } from './ingest.ts'
import { compareRollups, recomputeRollups } from './recompute.ts'
import { rollUp } from './rollup.ts'
import { usageRollups } from './schema.ts'

const FEBRUARY = { from: new Date('2026-02-01T00:00:00.000Z'), to: new Date('2026-03-01T00:00:00.000Z') }

async function spoiledDesk() {
  const desk = await openUsageDesk()
  const { db } = desk.ports
  await ingest(db, [aUse(tenantId(1), { units: '2.5' }), aUse(tenantId(2), { at: at(-5) })], at(0))
  await rollUp(desk.ports, desk.ctx)
  await db
    .update(usageRollups)
    .set({ quantity: '9', reportedQuantity: '1' })
    .where(eq(usageRollups.tenant, tenantId(1)))
  await db.delete(usageRollups).where(eq(usageRollups.tenant, tenantId(2)))
  const invented = {
    tenant: tenantId(3),
    meter: 'api_requests' as const,
    hour: at(-3.5),
    events: 1,
    updatedAt: at(0),
  }
  await db.insert(usageRollups).values({ ...invented, quantity: '4', reportedQuantity: '0' })
  return desk
}

it('finds hours that are wrong, missing or invented', async () => {
  await using desk = await spoiledDesk()
  const found = await compareRollups(desk.ports.db, FEBRUARY)
  expect(found.map(({ tenant, raw, rolledUp }) => [tenant, Number(raw), Number(rolledUp)])).toEqual([
    [tenantId(1), 2.5, 9],
    [tenantId(2), 1, 0],
    [tenantId(3), 0, 4],
  ])
})
it('looks at the hours of its range alone', async () => {
  await using desk = await spoiledDesk()
  expect(await compareRollups(desk.ports.db, { ...FEBRUARY, to: FEBRUARY.from })).toEqual([])
})
it('mends them from the events', async () => {
  await using desk = await spoiledDesk()
  const mended = await recomputeRollups(desk.ports.db, FEBRUARY)
  expect([mended, await compareRollups(desk.ports.db, FEBRUARY)]).toEqual([3, []])
})
it('leaves what was reported', async () => {
  await using desk = await spoiledDesk()
  await recomputeRollups(desk.ports.db, FEBRUARY)
  const [row] = await desk.ports.db
    .select()
    .from(usageRollups)
    .where(eq(usageRollups.tenant, tenantId(1)))
  expect(row?.reportedQuantity).toBe('1.000000000')
})
