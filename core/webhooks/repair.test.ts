import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import {
  diffOf,
  drain,
  LIFE,
  mended,
  never,
  openMirror,
  provider,
  put,
  short,
} from '../../adapters/local/testing/mirror.ts'
import { applyObject } from '../billing/apply.ts'
import { aSubscription } from '../billing/testing/objects.ts'
import type { ListedKind } from '../ports/payments.ts'
import type { Difference } from './diff.ts'
import { LISTED_KINDS } from './mirror.ts'
import { reconcile } from './reconcile.ts'
import { reconcileChanged } from './reconcile-changed.ts'
import { refetchNow } from './refetch.ts'
import { anEvent } from './testing/provider.ts'

describe('a comparison', () => {
  it('finds what we do not have', async () => {
    await using column = await openMirror()
    put(column, ...LIFE)
    expect(short(await diffOf(column))).toEqual([
      'product prod_1 missing-here',
      'price price_1 missing-here',
      'subscription sub_1 missing-here',
      'invoice in_1 missing-here',
      'payment pi_1 missing-here',
      'refund re_1 missing-here',
    ])
  })
  it('finds nothing where all is mirrored', async () => {
    await using column = await openMirror()
    await mended(column)
    expect(await diffOf(column)).toEqual([])
  })
  it('names the fields that differ', async () => {
    await using column = await openMirror()
    await mended(column)
    put(column, aSubscription({ status: 'past_due', cancelAtPeriodEnd: true }))
    expect(await diffOf(column)).toMatchObject([
      {
        id: 'sub_1',
        is: 'different',
        fields: [
          { field: 'status', here: 'active', there: 'past_due' },
          { field: 'cancelAtPeriodEnd', here: false, there: true },
        ],
      },
    ])
  })
  it('finds what the provider does not have any more', async () => {
    await using column = await openMirror()
    await mended(column)
    column.provider.objects.delete('prod_1')
    expect(short(await diffOf(column))).toEqual(['product prod_1 missing-there'])
  })
  it('changes nothing', async () => {
    await using column = await openMirror()
    put(column, ...LIFE)
    await diffOf(column)
    expect(await column.rows()).toEqual([])
  })
})

describe('a reconciliation', () => {
  it('mends what differs', async () => {
    await using column = await openMirror()
    await mended(column)
    put(column, aSubscription({ status: 'past_due' }))
    await reconcile(column.ports, never, { provider })
    await drain(column)
    expect(await diffOf(column)).toEqual([])
  })
  it('mends an object that is back in a state that was mended before', async () => {
    await using column = await openMirror()
    await mended(column)
    for (const cancelAtPeriodEnd of [true, false, true]) {
      put(column, aSubscription({ cancelAtPeriodEnd }))
      await reconcile(column.ports, never, { provider })
      await drain(column)
    }
    expect(await diffOf(column)).toEqual([])
  })
  it('buries what the provider does not have any more', async () => {
    await using column = await openMirror()
    await mended(column)
    column.provider.objects.delete('prod_1')
    column.clock.advance(1000)
    await reconcile(column.ports, never, { provider })
    await drain(column)
    expect(await diffOf(column)).toEqual([])
  })
  it('that is dry tells the same and writes nothing', async () => {
    await using column = await openMirror()
    put(column, ...LIFE)
    const told: Difference[] = []
    const found = await reconcile(column.ports, never, {
      provider,
      dryRun: true,
      onDifference: (d) => told.push(d),
    })
    expect([found, told.length, await column.rows()]).toEqual([6, 6, []])
  })
  it('that was cut off goes on behind the last kind that it finished', async () => {
    await using column = await openMirror()
    put(column, ...LIFE)
    const stop = new AbortController()
    const onProgress = (kind: ListedKind) => {
      if (kind === 'invoice') stop.abort()
    }
    await reconcile(column.ports, stop.signal, { provider, resume: true, onProgress })
    const kinds: ListedKind[] = []
    await reconcile(column.ports, never, {
      provider,
      resume: true,
      onProgress: (kind) => void kinds.push(kind),
    })
    expect(kinds).toEqual(['invoice', 'payment', 'refund'])
  })
  it('runs each hour, and asks for what was not written for a day', async () => {
    await using column = await openMirror()
    await mended(column)
    column.clock.advance(25 * 3_600_000)
    await reconcileChanged(column.ports, column.ctx, applyObject)
    expect(
      (await column.rows()).filter(({ type }) => type === 'skyreel.recheck').map(({ objectId }) => objectId),
    ).toEqual(['sub_1'])
  })
  it('each hour comes to every kind in the end, though none is listed within its time', async () => {
    await using column = await openMirror()
    const begun: string[] = []
    for (let hour = 0; hour < 2 * LISTED_KINDS.length; hour += 1) {
      const stop = new AbortController()
      column.provider.list = async function* (kind) {
        begun.push(kind)
        stop.abort()
        yield* []
      }
      await reconcileChanged(column.ports, { ...column.ctx, signal: stop.signal }, applyObject)
    }
    expect(begun).toEqual([...LISTED_KINDS, ...LISTED_KINDS])
  })
  it('looks a month back for a notice, too, that was on its way into the inbox during the last run', async () => {
    await using column = await openMirror()
    await reconcileChanged(column.ports, column.ctx, applyObject)
    column.clock.advance(-1000)
    const about = { kind: 'notice', id: 'evt_n', accountId: null } as const
    await column.send(anEvent({ type: 'core.health.event_generation_failure.resolved', about }))
    column.clock.advance(3_600_000)
    const asked: (Date | undefined)[] = []
    column.provider.list = async function* (_kind, query) {
      asked.push(query?.since)
      yield* []
    }
    await reconcileChanged(column.ports, column.ctx, applyObject)
    expect((column.clock.now().getTime() - (asked[0]?.getTime() ?? 0)) / 86_400_000).toBe(30)
  })
  it('asks for the others in the next hour where the first are gone at the provider and stay as they are', async () => {
    await using column = await openMirror()
    await mended(column)
    await column.ports.db.execute(sql`insert into payments (provider, id, status, currency, amount_minor,
        amount_captured_minor, amount_refunded_minor, disputed, created_at, synced_at)
      select 'stripe', 'pi_gone_' || n, 'processing', 'eur', 1, 0, 0, false, '2020-01-01', '2020-01-01'
      from generate_series(1, 200) n`)
    const asked = async () => {
      column.clock.advance(25 * 3_600_000)
      await reconcileChanged(column.ports, column.ctx, applyObject)
      column.clock.advance(3_600_000)
      await reconcileChanged(column.ports, column.ctx, applyObject)
      return (await column.rows()).filter(({ type }) => type === 'skyreel.recheck')
    }
    expect((await asked()).map(({ objectId }) => objectId)).toContain('sub_1')
  })
  it('looks a month back after the provider has said that it lost events', async () => {
    await using column = await openMirror()
    const about = { kind: 'notice', id: 'evt_n', accountId: null } as const
    await column.send(anEvent({ type: 'core.health.event_generation_failure.resolved', about }))
    const asked: (Date | undefined)[] = []
    const list = column.provider.list
    column.provider.list = (kind, query) => {
      asked.push(query?.since)
      return list(kind, query)
    }
    await reconcileChanged(column.ports, column.ctx, column.apply)
    await reconcileChanged(column.ports, { ...column.ctx }, column.apply)
    const days = asked.map((since) => (column.clock.now().getTime() - (since?.getTime() ?? 0)) / 86_400_000)
    expect([days[0], days.length, days.at(-1)]).toEqual([30, 2 * LISTED_KINDS.length, 30])
  })
})

describe('refetching an object', () => {
  const ref = { provider, kind: 'subscription', id: 'sub_1', accountId: null } as const
  it('writes it at once', async () => {
    await using column = await openMirror()
    put(column, aSubscription())
    expect([await refetchNow(column.ports, column.ctx, ref), short(await diffOf(column))]).toEqual([
      'done',
      [],
    ])
  })
  it('waits where another worker has it', async () => {
    await using column = await openMirror()
    put(column, aSubscription())
    let inner: string | undefined
    column.provider.onFetch = async () => {
      inner ??= await refetchNow(column.ports, column.ctx, ref)
    }
    await refetchNow(column.ports, column.ctx, ref)
    expect(inner).toBe('waits')
  })
})
