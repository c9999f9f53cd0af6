import { describe, expect, it } from 'vitest'
import {
  aSubscriber,
  at,
  aUse,
  openUsageDesk,
  type UsageDesk,
} from '../../adapters/local/testing/usage-desk.ts'
import { PaymentUnavailable } from '../ports/payments.ts'
import type { CustomerId } from '../run/id.ts'
import { ingest } from './ingest.ts'
import { HOUR_MS } from './model.ts'
import { pushUsage } from './push.ts'
import { rollUp } from './rollup.ts'
import { usageReports } from './schema.ts'
import { whole } from './testing/meter-provider.ts'

const cut = async () => {
  throw new PaymentUnavailable('the line is cut')
}
const nothing = async () => undefined

async function used(desk: UsageDesk, tenant: CustomerId, units: string, when: Date): Promise<void> {
  await ingest(desk.ports.db, [aUse(tenant, { units, at: when })], desk.clock.now())
  await rollUp(desk.ports, desk.ctx)
}
const pushAfter = async (desk: UsageDesk, hours: number) => {
  desk.clock.advance(hours * HOUR_MS)
  await pushUsage(desk.ports, desk.ctx)
}
const statesOf = async (desk: UsageDesk) =>
  (await desk.ports.db.select().from(usageReports).orderBy(usageReports.identifier)).map(({ state }) => state)

/** Two units that surely arrived, and three of a report whose answer never came, whether or not it arrived. */
async function inDoubt(arrived: boolean) {
  const desk = await openUsageDesk()
  const tenant = await aSubscriber(desk.ports.db)
  await used(desk, tenant, '2', at(-3))
  await pushAfter(desk, 0)
  await used(desk, tenant, '3', at(-1))
  if (arrived) desk.provider.after = cut
  else desk.provider.before = cut
  await pushAfter(desk, 0)
  desk.provider.after = nothing
  desk.provider.before = nothing
  return Object.assign(desk, { tenant })
}

describe('a report of which nobody knows whether it arrived', () => {
  it('is settled by a total that has it', async () => {
    await using desk = await inDoubt(true)
    await pushAfter(desk, 27)
    expect(await statesOf(desk)).toEqual(['sent', 'sent'])
  })
  it('is told anew where the total lacks it', async () => {
    await using desk = await inDoubt(false)
    await pushAfter(desk, 27)
    await pushAfter(desk, 1)
    expect([await statesOf(desk), desk.provider.total()]).toEqual([['sent', 'replaced', 'sent'], whole(5)])
  })
  it('is left where the total is of neither', async () => {
    await using desk = await inDoubt(true)
    const [some] = desk.provider.usage.values()
    if (some) desk.provider.usage.set('by hand', { ...some, identifier: 'by hand', value: '1' })
    await pushAfter(desk, 27)
    expect(await statesOf(desk)).toEqual(['sent', 'unknown'])
  })
  it('is left while the total may lack what was sent just now', async () => {
    await using desk = await inDoubt(false)
    await used(desk, desk.tenant, '3', at(-2))
    await pushAfter(desk, 25)
    await pushAfter(desk, 2)
    expect(await statesOf(desk)).toEqual(['sent', 'sent', 'unknown'])
  })
  it('is left where the provider tells no total', async () => {
    await using desk = await inDoubt(true)
    const provider = desk.provider.of('stripe')
    provider.usageTotal = cut
    await pushAfter(desk, 27)
    expect(await statesOf(desk)).toEqual(['sent', 'unknown'])
  })
})
