import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { busContract } from '../../core/ports/bus.contract.ts'
import { done, retry } from '../../core/run/verdict.ts'
import type { AnyEvent } from '../../events/catalog.ts'
import { systemClock } from '../node/clock.ts'
import { openLocalBus, type Subscriber } from './bus.ts'
import { memoryLog } from './testing/log.ts'

async function open() {
  const folder = await mkdtemp(join(tmpdir(), 'skyreel-bus-'))
  const log = memoryLog()
  const reopen = () => openLocalBus({ folder, clock: systemClock, log, slots: 2, stopSeconds: 1 })
  const bus = await reopen()
  const subscribe = (deliver: Subscriber['deliver']) => bus.start([{ wants: () => true, deliver }])
  const dispose = async () => {
    await bus.stop()
    await rm(folder, { recursive: true, force: true })
  }
  return { bus, folder, log, reopen, subscribe, drain: () => bus.drain(), [Symbol.asyncDispose]: dispose }
}

busContract('the bus of one machine', open)

const anEvent = (id: string): AnyEvent => ({
  id,
  type: 'user.registered',
  source: 'test',
  time: '2026-01-01T00:00:00.000Z',
  data: { userId: id },
})
const keptIn = async (folder: string) => (await readdir(folder)).filter((name) => name.endsWith('.json'))

const collect = (into: string[]): Subscriber => ({
  wants: () => true,
  deliver: async (event) => {
    into.push(event.id)
    return done
  },
})

describe('the bus of one machine', () => {
  it('delivers after a restart what a killed process had accepted', async () => {
    await using at = await open()
    await at.bus.publish([anEvent('evt_1')])
    const seen: string[] = []
    const later = await at.reopen()
    await later.start([collect(seen)])
    await later.drain()
    expect(seen).toEqual(['evt_1'])
  })
  it('forgets an event once every subscriber is done', async () => {
    await using at = await open()
    await at.bus.start([collect([]), collect([])])
    await at.bus.publish([anEvent('evt_1')])
    await at.bus.drain()
    expect(await keptIn(at.folder)).toEqual([])
  })
  it('keeps an event that waits for another try when it stops', async () => {
    await using at = await open()
    await at.subscribe(async () => retry('later', 3600))
    await at.bus.publish([anEvent('evt_1')])
    await at.bus.stop()
    expect(await keptIn(at.folder)).toEqual(['evt_1.json'])
  })
  it('stops, and keeps the event, when a subscriber hangs', async () => {
    await using at = await open()
    await at.subscribe(() => new Promise<never>(() => undefined))
    await at.bus.publish([anEvent('evt_1')])
    await at.bus.stop()
    expect(await keptIn(at.folder)).toEqual(['evt_1.json'])
  })
  it('does not keep an event that nobody wants', async () => {
    await using at = await open()
    await at.bus.start([{ wants: () => false, deliver: async () => done }])
    await at.bus.publish([anEvent('evt_1')])
    expect(await keptIn(at.folder)).toEqual([])
  })
  it('takes up what another process published when told to look', async () => {
    await using at = await open()
    const seen: string[] = []
    await at.bus.start([collect(seen)])
    await (await at.reopen()).publish([anEvent('evt_1')])
    await at.bus.look()
    await at.bus.drain()
    expect(seen).toEqual(['evt_1'])
  })
  it('delivers an event once, however often it is told to look', async () => {
    await using at = await open()
    const seen: string[] = []
    const gate = Promise.withResolvers<void>()
    const slow = async (event: AnyEvent) => {
      seen.push(event.id)
      await gate.promise
      return done
    }
    await at.subscribe(slow)
    await at.bus.publish([anEvent('evt_1')])
    await at.bus.look()
    await at.bus.look()
    gate.resolve()
    await at.bus.drain()
    expect(seen).toEqual(['evt_1'])
  })
  it('delivers no more at once than it has slots', async () => {
    await using at = await open()
    let now = 0
    let most = 0
    await at.subscribe(async () => {
      most = Math.max(most, ++now)
      await systemClock.sleep(5)
      now--
      return done
    })
    await at.bus.publish(['evt_1', 'evt_2', 'evt_3', 'evt_4', 'evt_5'].map(anEvent))
    await at.bus.drain()
    expect(most).toBe(2)
  })
  it('goes on with the others when a kept event cannot be read', async () => {
    await using at = await open()
    await writeFile(join(at.folder, 'evt_0.json'), '{"id":')
    await at.bus.publish([anEvent('evt_1')])
    const seen: string[] = []
    await at.bus.start([collect(seen)])
    await at.bus.drain()
    expect(seen).toEqual(['evt_1'])
  })
})
