import { expect } from 'vitest'
import type { AnyEvent, EventOf } from '../../events/catalog.ts'
import { contract, type Gap, type Open } from '../run/contract.ts'
import { done, drop, retry, type Verdict } from '../run/verdict.ts'
import type { Bus } from './bus.ts'

export interface OpenedBus {
  readonly bus: Bus
  /** Registers one consumer of every event, before the first publication. */
  subscribe(deliver: (event: AnyEvent, attempt: number) => Promise<Verdict>): Promise<void>
  /** Resolves when every consumer is done with every event. */
  drain(): Promise<void>
}

const anEvent = (id: string): EventOf<'user.registered'> => ({
  id,
  type: 'user.registered',
  source: 'contract',
  time: '2026-01-01T00:00:00.000Z',
  data: { userId: id },
})

/** Every promise of the Bus port. */
export function busContract(title: string, open: Open<OpenedBus>, gaps: readonly Gap[] = []): void {
  contract(title, open, gaps, (rule) => {
    rule('delivers an event whole, as the first attempt', async ({ bus, subscribe, drain }) => {
      const seen: unknown[] = []
      await subscribe(async (event, attempt) => {
        seen.push([event, attempt])
        return done
      })
      await bus.publish([anEvent('evt_1')])
      await drain()
      expect(seen).toEqual([[anEvent('evt_1'), 1]])
    })
    rule('delivers all events of one call', async ({ bus, subscribe, drain }) => {
      const seen = new Set<string>()
      await subscribe(async (event) => {
        seen.add(event.id)
        return done
      })
      await bus.publish(['evt_1', 'evt_2', 'evt_3'].map(anEvent))
      await drain()
      expect([...seen].sort()).toEqual(['evt_1', 'evt_2', 'evt_3'])
    })
    rule('delivers again after a retry, counting attempts', async ({ bus, subscribe, drain }) => {
      const attempts: number[] = []
      await subscribe(async (_, attempt) => {
        attempts.push(attempt)
        return attempt < 3 ? retry('not yet', 0.01) : done
      })
      await bus.publish([anEvent('evt_1')])
      await drain()
      expect(attempts).toEqual([1, 2, 3])
    })
    rule('delivers again when a consumer throws', async ({ bus, subscribe, drain }) => {
      const attempts: number[] = []
      await subscribe(async (_, attempt) => {
        attempts.push(attempt)
        if (attempt === 1) throw new Error('the database is away')
        return done
      })
      await bus.publish([anEvent('evt_1')])
      await drain()
      expect(attempts).toEqual([1, 2])
    })
    rule('does not deliver again what was dropped', async ({ bus, subscribe, drain }) => {
      let deliveries = 0
      await subscribe(async () => {
        deliveries++
        return drop('of no use')
      })
      await bus.publish([anEvent('evt_1')])
      await drain()
      expect(deliveries).toBe(1)
    })
    rule('lets a consumer publish', async ({ bus, subscribe, drain }) => {
      const seen: string[] = []
      await subscribe(async (event) => {
        seen.push(event.id)
        if (event.id === 'evt_1') await bus.publish([anEvent('evt_2')])
        return done
      })
      await bus.publish([anEvent('evt_1')])
      await drain()
      expect(seen).toEqual(['evt_1', 'evt_2'])
    })
  })
}
