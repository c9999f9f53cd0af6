import { expect, it } from 'vitest'
import { Crashed, mortal } from '../../adapters/local/testing/mortal-database.ts'
import {
  aSubscriber,
  at,
  aUse,
  openUsageDesk,
  type UsageDesk,
} from '../../adapters/local/testing/usage-desk.ts'
import type { Ports } from '../ports/ports.ts'
import type { CustomerId } from '../run/id.ts'
import { ingest } from './ingest.ts'
import { DAY_MS } from './model.ts'
import { pushUsage } from './push.ts'
import { rollUp } from './rollup.ts'
import { whole } from './testing/meter-provider.ts'
import { all, sumsOf } from './testing/sums.ts'

type Uses = ReturnType<typeof aUse>

/** Fractions that make whole units together, over several hours of two tenants, and some of a period that is closed. */
const someUsage = (tenants: readonly CustomerId[]): Uses[] =>
  tenants.flatMap((tenant) => [
    aUse(tenant, { units: '0.4', at: at(-3) }),
    aUse(tenant, { units: '1.7', at: at(-2) }),
    aUse(tenant, { units: '0.9', at: at(-1) }),
    aUse(tenant, { units: '4', at: new Date(at(0).getTime() - 20 * DAY_MS) }),
  ])

/** One life of a process: takes a batch as a sender sends it again and again, counts and tells. */
async function live(ports: Ports, ctx: UsageDesk['ctx'], batch: readonly Uses[]): Promise<void> {
  await ingest(ports.db, batch, ports.clock.now())
  await rollUp(ports, ctx)
  await pushUsage(ports, ctx)
}

/** Whether it lived to its end. */
async function liveUntil(desk: UsageDesk, nth: number, batch: readonly Uses[]): Promise<boolean> {
  desk.clock.advance(120_000)
  await using process = mortal(desk.ports, { url: desk.databaseUrl, nth, provider: desk.provider })
  try {
    await live(process.ports, desk.ctx, batch)
    return true
  } catch (error) {
    if (!process.doom.dead) throw error
    // Whatever came out, it came of the crash.
    expect(String(error) + String((error as Error).cause)).toContain(Crashed.name)
    return false
  }
}

it('bills what was counted, wherever a process dies and is followed by one that lives', async () => {
  await using desk = await openUsageDesk()
  const tenants = [await aSubscriber(desk.ports.db, 1), await aSubscriber(desk.ports.db, 2)]
  let [nth, batches] = [0, 0]
  for (let lived = false; !lived; batches++) {
    const batch = someUsage(tenants)
    lived = await liveUntil(desk, ++nth, batch)
    await liveUntil(desk, 0, batch)
    await liveUntil(desk, 0, [])
    expect([nth, await sumsOf(desk.ports.db, desk.provider)]).toEqual([nth, all(whole(14 * (batches + 1)))])
  }
  // As many moments as one life has: a scenario that shrank to nothing would prove nothing.
  expect(nth).toBeGreaterThan(60)
}, 180_000)

it('bills what was counted although every process dies a moment later than the one before', async () => {
  await using desk = await openUsageDesk()
  const tenants = [await aSubscriber(desk.ports.db, 1), await aSubscriber(desk.ports.db, 2)]
  const batch = someUsage(tenants)
  let nth = 1
  while (!(await liveUntil(desk, nth, batch))) nth++
  await liveUntil(desk, 0, [])
  expect(await sumsOf(desk.ports.db, desk.provider)).toEqual(all(whole(14)))
})
