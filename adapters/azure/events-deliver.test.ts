import { describe, expect, it } from 'vitest'
import type { Consumer } from '../../core/run/consumer.ts'
import type { Context } from '../../core/run/context.ts'
import { toWire } from '../../core/run/wire-event.ts'
import { memoryLog } from '../local/testing/log.ts'
import { openIds } from '../node/ids.ts'
import { azureQueue } from './events.ts'
import { azureSchedule } from './schedule.ts'
import { BUCKETS, silentInvocation } from './testing/functions-host-samples.ts'

const event = (id: string) => ({
  ...({ id, type: 'video.deleted', source: '/skyreel/outbox', time: '2026-01-02T03:04:05.678Z' } as const),
  data: { videoId: 'vid_1' },
})
const consumer = (consume: Consumer['consume'], timeoutSeconds = 10): Consumer => ({
  ...{ name: 'watcher', timeoutSeconds, consume },
  keep: async () => undefined,
  postpone: async () => undefined,
})
const optionsWith = (log = memoryLog()) => ({ log, ids: openIds(), buckets: BUCKETS })
const never = () => new Promise<never>(() => undefined)

describe('delivery on Azure', () => {
  it('gives up a consumer that does not heed its time limit', async () => {
    const handler = azureQueue(async () => consumer(never, 0.05), optionsWith())
    await expect(handler(toWire(event('evt_1')), silentInvocation())).rejects.toThrow('time limit')
  })
  it('tells a consumer by its signal that the time is up', async () => {
    let signal: AbortSignal | undefined
    const wait = (_: unknown, __: unknown, ctx: Context) => {
      signal = ctx.signal
      return never()
    }
    const handler = azureQueue(async () => consumer(wait, 0.05), optionsWith())
    await handler(toWire(event('evt_1')), silentInvocation()).catch(() => undefined)
    expect(signal?.aborted).toBe(true)
  })
  it('asks for another delivery when the function cannot be loaded', async () => {
    const handler = azureQueue(() => Promise.reject(new Error('no database')), optionsWith())
    await expect(handler(toWire(event('evt_1')), silentInvocation())).rejects.toThrow('no database')
  })
  it('loads again for the next message after a failed load', async () => {
    let loads = 0
    const load = async () => {
      loads += 1
      if (loads === 1) throw new Error('no database')
      return consumer(async () => ({ is: 'done' }))
    }
    const handler = azureQueue(load, optionsWith())
    await handler(toWire(event('evt_1')), silentInvocation()).catch(() => undefined)
    await handler(toWire(event('evt_2')), silentInvocation())
    expect(loads).toBe(2)
  })
  it('logs a failed load when it happens', async () => {
    const log = memoryLog()
    const handler = azureQueue(() => Promise.reject(new Error('no database')), optionsWith(log))
    await handler(toWire(event('evt_1')), silentInvocation()).catch(() => undefined)
    expect(log.lines.map(({ message }) => message)).toContain('the function could not be loaded')
  })
  it('keeps interleaved messages apart', async () => {
    const told: unknown[] = []
    const both = Promise.withResolvers<void>()
    const handler = azureQueue(
      async () =>
        consumer(async ({ id }, attempt, ctx) => {
          if (told.push({ id, attempt, requestId: ctx.requestId }) === 2) both.resolve()
          await both.promise
          ctx.log.info('handled', { id })
          return { is: 'done' }
        }),
      optionsWith(),
    )
    const call = (n: number) =>
      handler(
        toWire(event(`evt_${n}`)),
        silentInvocation({ invocationId: `invocation-${n}`, triggerMetadata: { dequeueCount: n } }),
      )
    await Promise.all([call(1), call(2)])
    expect(told).toEqual([1, 2].map((n) => ({ id: `evt_${n}`, attempt: n, requestId: `invocation-${n}` })))
  })
})

describe('a schedule on Azure', () => {
  const options = { log: memoryLog(), ids: openIds() }
  it('fails for the host to see', async () => {
    const run = () => Promise.reject(new Error('the sweep broke'))
    const handler = azureSchedule(async () => ({ name: 'sweep', timeoutSeconds: 5, run }), options)
    await expect(handler({}, silentInvocation())).rejects.toThrow('the sweep broke')
  })
  it('is given up at its time limit', async () => {
    const handler = azureSchedule(async () => ({ name: 'sweep', timeoutSeconds: 0.05, run: never }), options)
    await expect(handler({}, silentInvocation())).rejects.toThrow('time limit')
  })
})
