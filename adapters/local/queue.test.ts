import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { queueContract } from '../../core/ports/queue.contract.ts'
import { done } from '../../core/run/verdict.ts'
import { toWire } from '../../core/run/wire-event.ts'
import { systemClock } from '../node/clock.ts'
import { openLocalBus } from './bus.ts'
import { openLocalQueue } from './queue.ts'
import { memoryLog } from './testing/log.ts'

const CONSUMERS = ['transcode-starter', 'media-uploaded']

async function open() {
  const folder = await mkdtemp(join(tmpdir(), 'skyreel-queue-'))
  const bus = await openLocalBus({ folder, clock: systemClock, log: memoryLog(), stopSeconds: 1 })
  const received = new Map(CONSUMERS.map((name) => [name, [] as string[]]))
  await bus.start(
    CONSUMERS.map((name) => ({
      name,
      wants: () => false,
      deliver: async (event) => {
        received.get(name)?.push(JSON.stringify(toWire(event)))
        return done
      },
    })),
  )
  const take = async (consumer: string, seconds: number) => {
    for (const until = performance.now() + seconds * 1000; performance.now() < until; await sleep(10)) {
      const message = received.get(consumer)?.shift()
      if (message !== undefined) return message
    }
    return undefined
  }
  const dispose = async () => {
    await bus.stop()
    await rm(folder, { recursive: true, force: true })
  }
  return { queue: openLocalQueue({ bus, consumers: CONSUMERS }), take, [Symbol.asyncDispose]: dispose }
}

queueContract('the queues of one machine', open)
