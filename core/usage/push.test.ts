import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import {
  aCustomer,
  aSubscriber,
  at,
  aUse,
  NOW,
  openUsageDesk,
  type UsageDesk,
} from '../../adapters/local/testing/usage-desk.ts'
import { subscriptions } from '../billing/schema.ts'
import { PaymentRefused, PaymentUnavailable } from '../ports/payments.ts'
import type { CustomerId } from '../run/id.ts'
import { ingest } from './ingest.ts'
import { DAY_MS, HOUR_MS } from './model.ts'
import { meterErrors, observeMeterNotice } from './observe.ts'
import { pushUsage } from './push.ts'
import { retryRefused, settleUnknown } from './retry-refused.ts'
import { rollUp } from './rollup.ts'
import { usageReports } from './schema.ts'
import { whole } from './testing/meter-provider.ts'

async function used(desk: UsageDesk, tenant: CustomerId, units: string, when: Date = at(-1)): Promise<void> {
  await ingest(desk.ports.db, [aUse(tenant, { units, at: when })], desk.clock.now())
  await rollUp(desk.ports, desk.ctx)
}
const push = (desk: UsageDesk) => pushUsage(desk.ports, desk.ctx)
const statesOf = async (desk: UsageDesk) =>
  (await desk.ports.db.select().from(usageReports).orderBy(usageReports.identifier)).map(
    ({ identifier, state }) => `${identifier.split(':').slice(2).join(' ')} ${state}`,
  )

describe('usage is told to the provider', () => {
  it('under an identifier that says whose, of what, when and the how manieth', async () => {
    await using desk = await openUsageDesk()
    const tenant = await aSubscriber(desk.ports.db)
    await used(desk, tenant, '3')
    await push(desk)
    expect([...desk.provider.usage.values()]).toEqual([
      {
        identifier: `${tenant}:api_requests:2026-02-10T11:1`,
        ...{
          meter: 'api_requests',
          customerId: 'cus_1',
          value: '3',
          at: new Date('2026-02-10T11:00:00.000Z'),
        },
      },
    ])
  })
  it('by the difference alone when more arrives late for an hour', async () => {
    await using desk = await openUsageDesk()
    const tenant = await aSubscriber(desk.ports.db)
    await used(desk, tenant, '3')
    await push(desk)
    await used(desk, tenant, '2')
    await push(desk)
    expect([...desk.provider.usage.values()].map(({ value }) => value)).toEqual(['3', '2'])
  })
  it('by nobody twice when several push at once', async () => {
    await using desk = await openUsageDesk()
    for (const n of [1, 2, 3]) await used(desk, await aSubscriber(desk.ports.db, n), '5')
    await Promise.all([push(desk), push(desk), push(desk)])
    expect([desk.provider.calls.length, desk.provider.total()]).toEqual([3, whole(15)])
  })
  it('not before there is a subscription', async () => {
    await using desk = await openUsageDesk()
    await used(desk, await aCustomer(desk.ports.db, 1, 'cus_1'), '3')
    expect(await push(desk)).toEqual({ sent: 0, refused: 0, waits: 0 })
  })
  it('once there is one: the usage since it began', async () => {
    await using desk = await openUsageDesk()
    const customer = await aCustomer(desk.ports.db, 1, 'cus_1')
    await used(desk, customer, '3', at(-30))
    await used(desk, customer, '4', at(-1))
    const began = new Date(NOW.getTime() - DAY_MS)
    await aSubscriber(desk.ports.db, 1, { customer, startedAt: began, periodStart: began })
    await push(desk)
    expect(desk.provider.total()).toBe(whole(4))
  })
  it('not for a trial', async () => {
    await using desk = await openUsageDesk()
    await used(desk, await aSubscriber(desk.ports.db), '3', at(-5))
    await desk.ports.db.update(subscriptions).set({ trialEnd: at(-2), status: 'active' })
    expect(await push(desk)).toEqual({ sent: 0, refused: 0, waits: 0 })
  })
  it('not after the subscription ended', async () => {
    await using desk = await openUsageDesk()
    await used(desk, await aSubscriber(desk.ports.db), '3')
    await desk.ports.db.update(subscriptions).set({ status: 'canceled' })
    expect(await push(desk)).toEqual({ sent: 0, refused: 0, waits: 0 })
  })
  it('not while the mirror still shows a period that is over', async () => {
    await using desk = await openUsageDesk()
    await used(desk, await aSubscriber(desk.ports.db, 1, { periodEnd: at(-0.1) }), '3')
    expect(await push(desk)).toEqual({ sent: 0, refused: 0, waits: 0 })
  })
  it('as a priced line of the next invoice when its period is closed', async () => {
    await using desk = await openUsageDesk()
    const tenant = await aSubscriber(desk.ports.db, 1, { unitAmountDecimal: '0.25' })
    await used(desk, tenant, '10', new Date('2026-01-20T09:10:00.000Z'))
    await push(desk)
    expect([...desk.provider.lines.values()]).toEqual([
      {
        ...{
          customerId: 'cus_1',
          subscriptionId: 'sub_1_api_requests',
          money: { amountMinor: 3, currency: 'eur' },
        },
        description: 'API requests, told late: 10 requests',
        periodStart: new Date('2026-01-20T09:00:00.000Z'),
        periodEnd: new Date('2026-01-20T10:00:00.000Z'),
        reference: `${tenant}:api_requests:2026-01-20T09:1`,
        idempotencyKey: `${tenant}:api_requests:2026-01-20T09:1`,
      },
    ])
  })
  it('not at all where a late line has no price: that is told', async () => {
    await using desk = await openUsageDesk()
    const tenant = await aSubscriber(desk.ports.db, 1, { unitAmountDecimal: null })
    await used(desk, tenant, '10', new Date('2026-01-20T09:10:00.000Z'))
    await push(desk)
    expect(desk.events.map(({ type }) => type)).toEqual(['billing.usage.refused'])
  })
})

describe('a report whose answer was lost', () => {
  async function lost() {
    const desk = await openUsageDesk()
    await used(desk, await aSubscriber(desk.ports.db), '3')
    desk.provider.after = async () => {
      throw new PaymentUnavailable('the line is cut')
    }
    await push(desk)
    desk.provider.after = async () => undefined
    return desk
  }
  it('is sent again under the same identifier', async () => {
    await using desk = await lost()
    desk.clock.advance(HOUR_MS)
    await push(desk)
    expect([new Set(desk.provider.calls).size, desk.provider.calls.length, desk.provider.total()]).toEqual([
      1,
      2,
      whole(3),
    ])
  })
  it('counts as sent when the provider says that it has it', async () => {
    await using desk = await lost()
    desk.clock.advance(HOUR_MS)
    desk.provider.before = async () => {
      throw new PaymentRefused('invalid_request', 'An event already exists with identifier x')
    }
    await push(desk)
    expect(await statesOf(desk)).toEqual(['2026-02-10T11 1 sent'])
  })
  it('is not sent a day later, when the provider may have forgotten it', async () => {
    await using desk = await lost()
    desk.clock.advance(DAY_MS)
    await push(desk)
    expect([await statesOf(desk), desk.provider.calls.length]).toEqual([['2026-02-10T11 1 unknown'], 1])
  })
  it('is settled by somebody who has looked', async () => {
    await using desk = await lost()
    desk.clock.advance(DAY_MS)
    await push(desk)
    const [report] = await desk.ports.db.select().from(usageReports)
    await settleUnknown(desk.ports, { identifier: report?.identifier ?? '', arrived: true })
    expect(await statesOf(desk)).toEqual(['2026-02-10T11 1 sent'])
  })
  it('is asked for under a new identifier when it never arrived', async () => {
    await using desk = await lost()
    desk.clock.advance(DAY_MS)
    await push(desk)
    const [report] = await desk.ports.db.select().from(usageReports)
    await settleUnknown(desk.ports, { identifier: report?.identifier ?? '', arrived: false })
    expect(await statesOf(desk)).toEqual(['2026-02-10T11 1 replaced', '2026-02-10T11 2 asked'])
  })
})

describe('usage that the provider refuses', () => {
  async function refused() {
    const desk = await openUsageDesk()
    await used(desk, await aSubscriber(desk.ports.db), '3')
    desk.provider.before = async () => {
      throw new PaymentRefused('no_meter', 'No such meter')
    }
    await push(desk)
    desk.provider.before = async () => undefined
    return desk
  }
  it('is told as an event', async () => {
    await using desk = await refused()
    expect(desk.events.map(({ data }) => data)).toMatchObject([
      { meter: 'api_requests', because: 'no_meter: No such meter' },
    ])
  })
  it('is sent once more under a new identifier when it is asked for again', async () => {
    await using desk = await refused()
    const again = await retryRefused(desk.ports, { meter: 'api_requests' })
    desk.clock.advance(120_000)
    await push(desk)
    expect([again, await statesOf(desk), desk.provider.total()]).toEqual([
      1,
      ['2026-02-10T11 1 replaced', '2026-02-10T11 2 sent'],
      whole(3),
    ])
  })
  it('does not keep that of others from being told', async () => {
    await using desk = await openUsageDesk()
    for (const n of [1, 2]) await used(desk, await aSubscriber(desk.ports.db, n), '3')
    desk.provider.before = async (identifier) => {
      if (identifier.startsWith('bcu_00000000000000000000000000000001')) throw new PaymentUnavailable('busy')
    }
    expect(await push(desk)).toEqual({ sent: 1, refused: 0, waits: 1 })
  })
})

describe('a notice that a meter refused usage', () => {
  const noticeOf = (identifier: string, count = 1) => ({
    ...{ kind: 'notice' as const, id: 'evt_1', livemode: false, notice: 'meter-refused-usage' as const },
    details: {
      reason: {
        error_count: count,
        error_types: [
          {
            ...{ code: 'meter_event_customer_not_found', error_count: count },
            sample_errors: [{ error_message: 'no such customer', request: { identifier } }],
          },
        ],
      },
    },
  })
  async function noticed(times: number, count = 1) {
    const desk = await openUsageDesk()
    await used(desk, await aSubscriber(desk.ports.db), '3')
    await push(desk)
    const [report] = await desk.ports.db.select().from(usageReports)
    const emitted: unknown[] = []
    for (let i = 0; i < times; i++)
      await desk.ports.db.transaction((tx) =>
        observeMeterNotice(
          {
            ...{ tx, provider: 'stripe', now: NOW, ids: desk.ports.ids, log: desk.log },
            emit: async (event) => void emitted.push(event.data),
          },
          noticeOf(report?.identifier ?? '', count),
        ),
      )
    return Object.assign(desk, { emitted })
  }
  it('makes the report refused and tells it once, however often it comes', async () => {
    await using desk = await noticed(3)
    expect([await statesOf(desk), desk.emitted]).toMatchObject([
      ['2026-02-10T11 1 refused'],
      [{ meter: 'api_requests', because: 'meter_event_customer_not_found: no such customer' }],
    ])
  })
  it('does not touch a report that was replaced since', async () => {
    await using desk = await noticed(1)
    await retryRefused(desk.ports)
    await desk.ports.db.transaction((tx) =>
      observeMeterNotice(
        {
          ...{ tx, provider: 'stripe', now: NOW, ids: desk.ports.ids, log: desk.log },
          emit: async () => undefined,
        },
        noticeOf([...desk.provider.usage.keys()][0] ?? ''),
      ),
    )
    expect(await statesOf(desk)).toEqual(['2026-02-10T11 1 replaced', '2026-02-10T11 2 asked'])
  })
  it('says loudly that it names fewer than it counts', async () => {
    await using desk = await noticed(1, 7)
    expect(desk.log.lines.map(({ message }) => message)).toContain(
      'a meter refused more usage than it names: compare its totals',
    )
  })
  it.each([{}, { reason: null }, { reason: { error_types: [{ sample_errors: 'x' }] } }])(
    'is read in any form: %j',
    (details) => {
      expect(meterErrors(details)).toEqual({ errors: [], count: 0 })
    },
  )
})

it('removes nobody else’s usage when one tenant’s subscription changes', async () => {
  await using desk = await openUsageDesk()
  await used(desk, await aSubscriber(desk.ports.db, 1), '3')
  await used(desk, await aSubscriber(desk.ports.db, 2), '4')
  await desk.ports.db.delete(subscriptions).where(eq(subscriptions.id, 'sub_1_api_requests'))
  await push(desk)
  expect(desk.provider.total()).toBe(whole(4))
})
