import { and, eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { testContext } from '../../adapters/local/testing/column.ts'
import { type InboxColumn, openInbox } from '../../adapters/local/testing/inbox.ts'
import { aPayment, aSubscription } from '../billing/testing/objects.ts'
import { PaymentUnavailable } from '../ports/payments.ts'
import { NotSupported } from '../run/not-supported.ts'
import { claimNext } from './claim.ts'
import { drainInbox } from './drain.ts'
import { LEASE_MS, MOST_ATTEMPTS, pauseMs } from './model.ts'
import { processClaim } from './process.ts'
import { stripPayloads } from './retention.ts'
import { webhookObjects } from './schema.ts'
import { sweepInbox } from './sweep.ts'
import { anEvent } from './testing/provider.ts'

const of = (id: string) => ({ kind: 'subscription', id, accountId: null }) as const
const drain = (column: InboxColumn, workers = 1) =>
  drainInbox(column.ports, column.ctx, { apply: column.apply, workers })

/** A worker's claim, of which the test is sure. */
async function claimed(column: InboxColumn) {
  const claim = await claimNext(column.ports)
  if (claim === undefined || claim === 'busy') throw new Error(`nothing was claimed: ${claim}`)
  return claim
}
const settled = (column: InboxColumn) =>
  Promise.all([column.states(), column.ports.db.select().from(webhookObjects)])

describe('processing', () => {
  it('writes the object as the provider has it, and its webhook is done', async () => {
    await using column = await openInbox()
    column.provider.objects.set('sub_1', aSubscription({ status: 'past_due' }))
    await column.send(anEvent({ eventId: 'evt_a' }))
    await drain(column)
    expect([column.applied, await settled(column)]).toEqual([['sub_1 past_due'], [['evt_a done'], []]])
  })
  it('fetches once for all webhooks of an object', async () => {
    await using column = await openInbox()
    await column.send(anEvent(), anEvent(), anEvent())
    await drain(column)
    expect([column.provider.fetched.length, (await column.states()).length]).toEqual([1, 3])
  })
  it('tells what the webhooks were', async () => {
    await using column = await openInbox()
    await column.send(anEvent({ type: 'a' }))
    column.clock.advance(1)
    await column.send(anEvent({ type: 'b' }))
    const types: string[] = []
    await drainInbox(column.ports, column.ctx, {
      apply: async (_at, _object, events) => void types.push(...events.map(({ type }) => type)),
    })
    expect(types.sort()).toEqual(['a', 'b'])
  })
  it('of an object that is deleted at the provider comes to an end', async () => {
    await using column = await openInbox()
    await column.send(anEvent({ eventId: 'evt_a' }))
    await drain(column)
    expect([column.applied, await column.states()]).toEqual([['sub_1 gone'], ['evt_a done']])
  })
  it('of a part goes on with the whole, once for both', async () => {
    await using column = await openInbox()
    column.provider.objects.set('pi_1', aPayment())
    column.provider.parts.set('ch_1', 'pi_1')
    await column.send(anEvent({ about: { kind: 'payment', id: 'ch_1', accountId: null } }))
    await column.send(anEvent({ about: { kind: 'payment', id: 'pi_1', accountId: null } }))
    await drain(column)
    const rows = await column.rows()
    expect([rows.map(({ objectId, state }) => `${objectId} ${state}`), new Set(column.applied)]).toEqual([
      ['pi_1 done', 'pi_1 done'],
      new Set(['pi_1 succeeded']),
    ])
  })
  it('of an object that is always answered as another one ends as dead', async () => {
    await using column = await openInbox()
    column.provider.fetch = async (ref) => aSubscription({ id: `${ref.id}x` })
    await column.send(anEvent({ eventId: 'evt_a' }))
    await drain(column)
    expect(await column.states()).toEqual(['evt_a dead'])
  })
  it('leaves a webhook that comes during the fetch to the next fetch', async () => {
    await using column = await openInbox()
    column.provider.objects.set('sub_1', aSubscription({ status: 'active' }))
    column.provider.onFetch = async () => {
      if (column.provider.fetched.length > 1) return
      column.provider.objects.set('sub_1', aSubscription({ status: 'canceled' }))
      await column.send(anEvent())
    }
    await column.send(anEvent())
    await drain(column)
    expect(column.applied).toEqual(['sub_1 active', 'sub_1 canceled'])
  })
  it('lingers for what came without a wake-up', async () => {
    await using column = await openInbox()
    const naps: number[] = []
    const sleep = async (ms: number) => {
      naps.push(ms)
      if (naps.length === 1) await column.send(anEvent({ eventId: 'evt_a' }))
    }
    const ports = { ...column.ports, clock: { ...column.clock, sleep } }
    await drainInbox(ports, column.ctx, { apply: column.apply, lingerMs: 250 })
    expect([naps, await column.states()]).toEqual([[250, 250], ['evt_a done']])
  })
  it('takes nothing more once the time is up', async () => {
    await using column = await openInbox()
    await column.send(anEvent({ eventId: 'evt_a' }))
    const ctx = testContext(column.log, AbortSignal.abort())
    await drainInbox(column.ports, ctx, column)
    expect(await column.states()).toEqual(['evt_a received'])
  })
})

describe('two workers', () => {
  it('never have one object at once', async () => {
    await using column = await openInbox()
    let [inside, most] = [0, 0]
    column.provider.onFetch = async () => {
      inside += 1
      most = Math.max(most, inside)
      await column.send(anEvent())
      inside -= 1
    }
    const limited: InboxColumn['provider']['onFetch'] = column.provider.onFetch
    column.provider.onFetch = async (ref) => {
      if (column.provider.fetched.length < 40) await limited(ref)
    }
    await column.send(anEvent())
    await drain(column, 6)
    expect([most, column.provider.fetched.length]).toEqual([1, 40])
  })
  it('share the objects that wait', async () => {
    await using column = await openInbox()
    for (let n = 0; n < 30; n += 1) await column.send(anEvent({ about: of(`sub_${n}`) }))
    await Promise.all([drain(column, 3), drain(column, 3)])
    expect(new Set(column.applied).size).toBe(column.applied.length)
  })
  it('come past an object that a third one has', async () => {
    await using column = await openInbox()
    await column.send(anEvent({ about: of('sub_1') }))
    await claimed(column)
    for (let n = 0; n < 100; n += 1) await column.send(anEvent({ about: of('sub_1') }))
    await column.send(anEvent({ about: of('sub_2') }))
    await drain(column, 2)
    expect(column.applied).toEqual(['sub_2 gone'])
  })
})

describe('a worker whose lease has run out', () => {
  /** The first worker sleeps while a second one takes the object over and finishes. */
  async function late() {
    const column = await openInbox()
    column.provider.objects.set('sub_1', aSubscription({ status: 'active' }))
    await column.send(anEvent({ eventId: 'evt_a' }))
    const slow = await claimed(column)
    let taken = false
    column.provider.onFetch = async () => {
      if (taken) return
      taken = true
      column.clock.advance(LEASE_MS)
      column.provider.objects.set('sub_1', aSubscription({ status: 'canceled' }))
      await drain(column)
    }
    const outcome = await processClaim(column.ports, column.ctx, slow, column.apply)
    return { column, outcome, [Symbol.asyncDispose]: () => column[Symbol.asyncDispose]() }
  }
  it('writes nothing', async () => {
    await using at = await late()
    expect([at.outcome.is, at.column.applied]).toEqual(['lost', ['sub_1 canceled']])
  })
  it('does not end a webhook of its successor', async () => {
    await using column = await openInbox()
    await column.send(anEvent({ eventId: 'evt_a' }))
    const slow = await claimed(column)
    column.clock.advance(LEASE_MS)
    const next = await claimed(column)
    column.provider.down = new Error('too late')
    await processClaim(column.ports, column.ctx, slow, column.apply)
    const [row] = await column.rows()
    expect([row?.state, row?.leaseToken]).toEqual(['leased', next.token])
  })
  it('that nobody took over still writes: what it has is the newest', async () => {
    await using column = await openInbox()
    await column.send(anEvent({ eventId: 'evt_a' }))
    const slow = await claimed(column)
    column.clock.advance(LEASE_MS)
    await processClaim(column.ports, column.ctx, slow, column.apply)
    expect(await column.states()).toEqual(['evt_a done'])
  })
  it('and was killed leaves its webhook to the next one', async () => {
    await using column = await openInbox()
    await column.send(anEvent({ eventId: 'evt_a' }))
    await claimed(column)
    await drain(column)
    const before = await column.states()
    column.clock.advance(LEASE_MS)
    await drain(column)
    expect([before, await column.states()]).toEqual([['evt_a leased'], ['evt_a done']])
  })
})

describe('what fails', () => {
  it('is tried again later, each time after a longer pause', async () => {
    await using column = await openInbox()
    await column.send(anEvent())
    column.provider.down = new PaymentUnavailable('down')
    const pauses: number[] = []
    for (let n = 0; n < 4; n += 1) {
      await drain(column)
      const wait = ((await column.rows())[0]?.availableAt.getTime() ?? 0) - column.clock.now().getTime()
      pauses.push(wait / 1000)
      column.clock.advance(wait)
    }
    expect(pauses).toEqual([10, 40, 160, 640])
  })
  it('waits six hours at most', () => {
    expect(pauseMs(MOST_ATTEMPTS)).toBe(6 * 3_600_000)
  })
  it('is not tried before its time', async () => {
    await using column = await openInbox()
    await column.send(anEvent())
    column.provider.down = new PaymentUnavailable('down')
    await drain(column)
    column.clock.advance(9_999)
    await drain(column)
    expect(column.provider.fetched).toHaveLength(1)
  })
  it('says why in its row', async () => {
    await using column = await openInbox()
    await column.send(anEvent())
    column.provider.down = new PaymentUnavailable('the provider is down')
    await drain(column)
    const [row] = await column.rows()
    expect(row).toMatchObject({ state: 'received', lastError: 'PaymentUnavailable: the provider is down' })
  })
  it('is done together with the next webhook of its object', async () => {
    await using column = await openInbox()
    await column.send(anEvent({ eventId: 'evt_a' }))
    column.provider.down = new PaymentUnavailable('down')
    await drain(column)
    column.provider.down = undefined
    await column.send(anEvent({ eventId: 'evt_b' }))
    await drain(column)
    expect((await column.states()).sort()).toEqual(['evt_a done', 'evt_b done'])
  })
  it('is not tried more often because others of its object come', async () => {
    await using column = await openInbox()
    column.provider.down = new PaymentUnavailable('down')
    for (let n = 0; n < 12; n += 1) {
      await column.send(anEvent())
      await drain(column)
    }
    expect((await column.rows())[0]?.attempts).toBe(1)
  })
  it('too often is dead', async () => {
    await using column = await openInbox()
    await column.send(anEvent({ eventId: 'evt_a' }))
    column.provider.down = new PaymentUnavailable('down')
    for (let n = 0; n < MOST_ATTEMPTS + 2; n += 1) {
      await drain(column)
      column.clock.advance(6 * 3_600_000)
    }
    expect([await column.states(), column.provider.fetched.length]).toEqual([['evt_a dead'], MOST_ATTEMPTS])
  })
  it('is told to an operator when it is dead', async () => {
    await using column = await openInbox()
    await column.send(anEvent())
    column.provider.down = new NotSupported('this provider has no such objects at all')
    await drain(column)
    expect(column.log.lines.filter(({ level }) => level === 'error').map(({ message }) => message)).toEqual([
      'webhooks are dead: an operator must look',
    ])
  })
  it('leaves nothing of a transaction that did not come to its end', async () => {
    await using column = await openInbox()
    await column.send(anEvent({ eventId: 'evt_a' }))
    await drainInbox(column.ports, column.ctx, {
      apply: async ({ tx, emit }) => {
        await emit({ type: 'billing.webhook.received', data: { provider: 'ghost' } })
        await tx.execute(`update webhook_inbox set note = 'half'`)
        throw new Error('no further')
      },
    })
    const [row] = await column.rows()
    expect([row?.state, row?.note, column.events.length]).toEqual(['received', null, 1])
  })
  it('by killing its worker each time is dead after as many', async () => {
    await using column = await openInbox()
    await column.send(anEvent({ eventId: 'evt_a' }))
    for (let n = 0; n < MOST_ATTEMPTS; n += 1) {
      await claimed(column)
      column.clock.advance(LEASE_MS)
    }
    await sweepInbox(column.ports, column.ctx, column.apply)
    expect([await column.states(), column.applied]).toEqual([['evt_a dead'], []])
  })
})

describe('an object whose webhooks are done', () => {
  it('is leased to nobody', async () => {
    await using column = await openInbox()
    await column.send(anEvent())
    await drain(column)
    const here = and(eq(webhookObjects.provider, 'stripe'), eq(webhookObjects.objectId, 'sub_1'))
    expect(await column.ports.db.select().from(webhookObjects).where(here)).toEqual([])
  })
})

describe('a lease that a worker died with, empty-handed', () => {
  const left = async (leaseUntil: number) => {
    await using column = await openInbox()
    const { db, clock } = column.ports
    const until = new Date(clock.now().getTime() + leaseUntil)
    const row = {
      provider: 'stripe',
      objectId: 'sub_1',
      leaseToken: column.ports.ids.uuid(),
      leaseUntil: until,
    } as const
    await db.insert(webhookObjects).values(row)
    await sweepInbox(column.ports, column.ctx, column.apply)
    return (await db.select().from(webhookObjects)).length
  }
  it('is dropped by the sweep once it is over', async () => {
    expect(await left(-1)).toBe(0)
  })
  it('is left while it lasts', async () => {
    expect(await left(1000)).toBe(1)
  })
})

describe('retention', () => {
  it('takes the payload after 30 days and keeps id, type and hash', async () => {
    await using column = await openInbox()
    await column.send(anEvent({ eventId: 'evt_a' }))
    column.clock.advance(31 * 86_400_000)
    await column.send(anEvent({ eventId: 'evt_b' }))
    await stripPayloads(column.ports, testContext())
    const rows = await column.rows()
    expect(
      rows.map(({ eventId, payload, payloadHash }) => [eventId, payload === null, payloadHash.length]),
    ).toEqual([
      ['evt_a', true, 64],
      ['evt_b', false, 64],
    ])
  })

  it('takes what grew old since the last time', async () => {
    await using column = await openInbox()
    await column.send(anEvent({ eventId: 'evt_a' }))
    for (const days of [20, 20]) {
      column.clock.advance(days * 86_400_000)
      await stripPayloads(column.ports, testContext())
    }
    expect((await column.rows()).map(({ payload }) => payload)).toEqual([null])
  })
})
