import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { testContext } from '../../adapters/local/testing/column.ts'
import {
  at,
  aUse,
  NOW,
  openUsageDesk,
  tenantId,
  type UsageDesk,
} from '../../adapters/local/testing/usage-desk.ts'
import { ingest } from './ingest.ts'
import { hourOf } from './model.ts'
import { decimalOf, type Nano } from './quantity.ts'
import { compareRollups } from './recompute.ts'
import { rollUp } from './rollup.ts'
import { usageEventKeys, usageEvents, usageRollups } from './schema.ts'

const EVER = { from: new Date(0), to: new Date('2100-01-01T00:00:00.000Z') }
const take = (desk: UsageDesk, events: readonly ReturnType<typeof aUse>[]) =>
  ingest(desk.ports.db, events, desk.clock.now())

describe('a usage event', () => {
  it('is taken once, however often it is sent', async () => {
    await using desk = await openUsageDesk()
    const use = aUse(tenantId(1))
    expect([...(await take(desk, [use, use])), ...(await take(desk, [use]))]).toEqual([
      'accepted',
      'duplicate',
      'duplicate',
    ])
  })
  it('is in conflict with another of its source and id, in one batch and in two', async () => {
    await using desk = await openUsageDesk()
    const use = aUse(tenantId(1), { id: 'one' })
    const other = aUse(tenantId(1), { id: 'one', units: '2' })
    expect([await take(desk, [use, other]), await take(desk, [other])]).toEqual([
      ['accepted', 'conflict'],
      ['conflict'],
    ])
  })
  it('is its tenant’s: another tenant may have the same source and id', async () => {
    await using desk = await openUsageDesk()
    const use = aUse(tenantId(1))
    expect(await take(desk, [use, { ...use, tenant: tenantId(2) }])).toEqual(['accepted', 'accepted'])
  })
  it('is written by one of many equal batches at once', async () => {
    await using desk = await openUsageDesk()
    const batch = Array.from({ length: 50 }, () => aUse(tenantId(1)))
    const turned = batch.toReversed()
    const answers = await Promise.all(
      [batch, turned, batch, turned, batch].map((events) => take(desk, events)),
    )
    const accepted = answers.flat().filter((answer) => answer === 'accepted').length
    expect([accepted, await desk.ports.db.$count(usageEvents)]).toEqual([50, 50])
  })
  it('is not claimed where it cannot be written', async () => {
    await using desk = await openUsageDesk()
    const impossible = aUse(tenantId(1), { quantity: 10n ** 40n })
    await expect(take(desk, [aUse(tenantId(1)), impossible])).rejects.toThrow()
    expect(await desk.ports.db.$count(usageEventKeys)).toBe(0)
  })
})

interface Sent {
  readonly tenant: number
  readonly id: number
  readonly units: number
  readonly hoursAgo: number
}
const sent: fc.Arbitrary<Sent> = fc.record({
  tenant: fc.integer({ min: 1, max: 3 }),
  // Few ids, so that many events are the same or in conflict.
  id: fc.integer({ min: 1, max: 12 }),
  units: fc.integer({ min: 0, max: 2 }),
  hoursAgo: fc.integer({ min: 0, max: 900 }),
})

/** What a sequence of batches must come to: the first event of an identity counts. */
function expected(batches: readonly (readonly Sent[])[]): Map<string, Nano> {
  const [seen, sums] = [new Set<string>(), new Map<string, Nano>()]
  for (const one of batches.flat()) {
    const identity = `${one.tenant} ${one.id}`
    if (seen.has(identity)) continue
    seen.add(identity)
    const key = `${tenantId(one.tenant)} ${hourOf(at(-one.hoursAgo)).toISOString()}`
    sums.set(key, (sums.get(key) ?? 0n) + BigInt(one.units) * 250_000_000n)
  }
  return sums
}

describe('hours', () => {
  it('hold each event once, with duplicates, conflicts, late arrivals and two aggregators at once', async () => {
    const ctx = testContext()
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(sent, { minLength: 1, maxLength: 8 }), { maxLength: 6 }),
        async (batches) => {
          await using desk = await openUsageDesk()
          for (const batch of batches) {
            const events = batch.map(({ tenant, id, units, hoursAgo }) =>
              aUse(tenantId(tenant), {
                id: `${id}`,
                quantity: BigInt(units) * 250_000_000n,
                at: at(-hoursAgo),
              }),
            )
            // Counting goes on while more comes.
            await Promise.all([take(desk, events), rollUp(desk.ports, ctx, 3), rollUp(desk.ports, ctx, 2)])
          }
          await Promise.all([rollUp(desk.ports, ctx, 2), rollUp(desk.ports, ctx, 3)])
          await rollUp(desk.ports, ctx)
          const rows = await desk.ports.db.select().from(usageRollups)
          const found = rows.map((row) => [`${row.tenant} ${row.hour.toISOString()}`, Number(row.quantity)])
          const wanted = [...expected(batches)].map(([key, nano]) => [key, Number(decimalOf(nano))])
          expect(found.sort()).toEqual(wanted.sort())
          expect(await compareRollups(desk.ports.db, EVER)).toEqual([])
        },
      ),
      { numRuns: 25 },
    )
  })
  it('begin at the full hour, UTC', async () => {
    await using desk = await openUsageDesk()
    await take(desk, [
      aUse(tenantId(1), { at: new Date('2026-02-10T11:59:59.999Z') }),
      aUse(tenantId(1), { at: NOW }),
    ])
    await rollUp(desk.ports, desk.ctx)
    const rows = await desk.ports.db
      .select({ hour: usageRollups.hour })
      .from(usageRollups)
      .orderBy(usageRollups.hour)
    expect(rows.map(({ hour }) => hour.toISOString())).toEqual([
      '2026-02-10T11:00:00.000Z',
      '2026-02-10T12:00:00.000Z',
    ])
  })
})
