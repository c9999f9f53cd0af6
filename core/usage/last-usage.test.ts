import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import {
  aSubscriber,
  at,
  aUse,
  NOW,
  openUsageDesk,
  type UsageDesk,
} from '../../adapters/local/testing/usage-desk.ts'
import { invoices, subscriptions } from '../billing/schema.ts'
import { anInvoice } from '../billing/testing/objects.ts'
import type { CustomerId } from '../run/id.ts'
import { ingest } from './ingest.ts'
import { pushUsage } from './push.ts'
import { rollUp } from './rollup.ts'

const MINUTE = 60_000

async function used(desk: UsageDesk, tenant: CustomerId, units: string, when: Date): Promise<void> {
  await ingest(desk.ports.db, [aUse(tenant, { units, at: when })], desk.clock.now())
  await rollUp(desk.ports, desk.ctx)
}
const end = (desk: UsageDesk, endedAt = NOW) =>
  desk.ports.db
    .update(subscriptions)
    .set({ status: 'canceled', endedAt })
    .where(eq(subscriptions.id, 'sub_1_api_requests'))
const pushAfter = (desk: UsageDesk, minutes: number) => {
  desk.clock.advance(minutes * MINUTE)
  return pushUsage(desk.ports, desk.ctx)
}
const linesOf = (desk: UsageDesk) =>
  [...desk.provider.lines.values()].map(({ subscriptionId, invoiceId, money }) => ({
    ...{ subscriptionId, invoiceId, minor: money.amountMinor },
  }))

/** Ten requests of 0.5 cents that no meter was told of when the subscription ended at `NOW`. */
async function ended() {
  const desk = await openUsageDesk()
  const tenant = await aSubscriber(desk.ports.db)
  await used(desk, tenant, '10', at(-0.1))
  await end(desk)
  return Object.assign(desk, { tenant })
}

describe('the last usage of a subscription that has ended', () => {
  it('becomes a line of the customer’s next invoice', async () => {
    await using desk = await ended()
    await pushAfter(desk, 15)
    expect(linesOf(desk)).toEqual([{ subscriptionId: null, invoiceId: undefined, minor: 5 }])
  })
  it('becomes a line of the last invoice while that is a draft', async () => {
    await using desk = await ended()
    const { customerId, payments, ...facts } = anInvoice({ status: 'draft', createdAt: NOW })
    const mine = { provider: 'stripe' as const, providerCustomerId: 'cus_1', syncedAt: NOW }
    const subscriptionId = 'sub_1_api_requests'
    await desk.ports.db
      .insert(invoices)
      .values({ ...facts, ...mine, subscriptionId, payments: [...payments] })
    await pushAfter(desk, 15)
    expect(linesOf(desk)).toEqual([{ subscriptionId: null, invoiceId: 'in_1', minor: 5 }])
  })
  it('waits until all of it is counted', async () => {
    await using desk = await ended()
    await pushAfter(desk, 5)
    expect(linesOf(desk)).toEqual([])
  })
  it('is billed once', async () => {
    await using desk = await ended()
    await pushAfter(desk, 15)
    await pushAfter(desk, 15)
    expect(linesOf(desk)).toHaveLength(1)
  })
  it('is followed by what arrives later', async () => {
    await using desk = await ended()
    await pushAfter(desk, 15)
    await used(desk, desk.tenant, '4', at(-2))
    await pushAfter(desk, 15)
    expect(linesOf(desk).map(({ minor }) => minor)).toEqual([5, 2])
  })
  it('is nothing of after the end, in its hour neither', async () => {
    await using desk = await ended()
    await used(desk, desk.tenant, '100', new Date(NOW.getTime() + MINUTE))
    await used(desk, desk.tenant, '100', new Date(NOW.getTime() + 90 * MINUTE))
    await pushAfter(desk, 120)
    expect(linesOf(desk).map(({ minor }) => minor)).toEqual([5])
  })
  it('is left to another subscription that is billed for it', async () => {
    await using desk = await ended()
    const [sub] = await desk.ports.db.select().from(subscriptions)
    if (sub)
      await desk.ports.db
        .insert(subscriptions)
        .values({ ...sub, id: 'sub_other', status: 'active', endedAt: null })
    await pushAfter(desk, 15)
    expect([linesOf(desk), [...desk.provider.usage.values()].map(({ value }) => value)]).toEqual([[], ['10']])
  })
  it('of a trial is nothing', async () => {
    await using desk = await ended()
    await desk.ports.db.update(subscriptions).set({ trialEnd: at(100) })
    await pushAfter(desk, 15)
    expect(linesOf(desk)).toEqual([])
  })
})
