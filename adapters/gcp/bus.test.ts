import { describe, expect, it } from 'vitest'
import type { OpenedBus } from '../../core/ports/bus.contract.ts'
import { busContract } from '../../core/ports/bus.contract.ts'
import type { Consumer } from '../../core/run/consumer.ts'
import { retry } from '../../core/run/verdict.ts'
import type { AnyEvent } from '../../events/catalog.ts'
import { memoryLog } from '../local/testing/log.ts'
import { systemClock } from '../node/clock.ts'
import { openIds } from '../node/ids.ts'
import { openGcpBus } from './bus.ts'
import { subscriptionFilter } from './bus-filter.ts'
import { openGcpCredentials, openGoogleApi } from './credentials.ts'
import { gcpEvents } from './events.ts'
import { TOKEN } from './testing/env.ts'
import { openPubSub } from './testing/pubsub.ts'
import { parseFilter } from './testing/pubsub-filter.ts'
import { BUCKET_NAMES } from './testing/served-storage.ts'
import { openServer } from './testing/server.ts'

type Deliver = Parameters<OpenedBus['subscribe']>[0]

/** The contract's consumer as a function mounts it; a delay is the outbox's work, so that it is left out here. */
const consumerOf = (deliver: Deliver): Consumer => ({
  name: 'contract',
  timeoutSeconds: 10,
  async consume(event, attempt) {
    const verdict = await deliver(event, attempt ?? 0)
    return verdict.is === 'retry' ? retry(verdict.because) : verdict
  },
  keep: async ({ because }) => {
    throw new Error(`a message could not be read: ${because}`)
  },
  postpone: async () => {
    throw new Error('nothing was to be postponed')
  },
})

async function open(token = TOKEN) {
  const stack = new AsyncDisposableStack()
  const [project, name] = ['demo-project', 'demo-bus']
  const pubsub = stack.use(await openPubSub({ project, token: TOKEN, topics: [name, 'dead-letters'] }))
  const log = memoryLog()
  const api = openGoogleApi({ credentials: openGcpCredentials({ token }), clock: systemClock })
  const bus = openGcpBus({ project, name, endpoint: pubsub.origin, api })
  const subscribe = async (deliver: Deliver) => {
    const handle = gcpEvents(async () => consumerOf(deliver), { log, ids: openIds(), buckets: BUCKET_NAMES })
    const receiver = await openServer(async ({ body }) => {
      const failed = await handle(JSON.parse(body.toString())).then(
        () => false,
        () => true,
      )
      return { status: failed ? 500 : 204 }
    }, raise)
    stack.use(receiver)
    const filter = subscriptionFilter('contract', 'user.registered')
    const dead = { maxAttempts: 5, deadLetterTopic: 'dead-letters' }
    pubsub.subscribe({ name: 'contract', topic: name, filter, push: receiver.origin, ...dead })
  }
  return { bus, pubsub, subscribe, drain: pubsub.drain, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

function raise(error: unknown): never {
  throw error
}

const anEvent = (id: string, userId = 'usr_1'): AnyEvent => ({
  id,
  type: 'user.registered',
  source: 'test',
  time: '2026-01-01T00:00:00.000Z',
  data: { userId },
})

busContract('Pub/Sub', () => open())

describe('Pub/Sub as the bus', () => {
  it('publishes nothing for no events', async () => {
    await using at = await open()
    await at.bus.publish([])
    expect(at.pubsub.batches).toEqual([])
  })
  it('parts more events than a request takes', async () => {
    await using at = await open()
    await at.bus.publish(Array.from({ length: 1001 }, (_, i) => anEvent(`evt_${i}`)))
    expect(at.pubsub.batches).toEqual([1000, 1])
  })
  it('parts events that are larger together than a request may be', async () => {
    await using at = await open()
    await at.bus.publish(Array.from({ length: 3 }, (_, i) => anEvent(`evt_${i}`, 'x'.repeat(3_000_000))))
    expect(at.pubsub.batches).toEqual([2, 1])
  })
  it('tries again when the service is away for a moment', async () => {
    await using at = await open()
    at.pubsub.fail(2)
    await at.bus.publish([anEvent('evt_1')])
    expect(at.pubsub.batches).toEqual([1])
  })
  it('throws when the service stays away', async () => {
    await using at = await open()
    at.pubsub.fail(3)
    await expect(at.bus.publish([anEvent('evt_1')])).rejects.toMatchObject({ status: 503 })
  })
  it('throws for a credential that is refused', async () => {
    await using at = await open('wrong')
    await expect(at.bus.publish([anEvent('evt_1')])).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  })
})

describe('the filter of a subscription', () => {
  const takes = parseFilter(subscriptionFilter('mailer', 'user.registered'))
  it('takes the events of its type', () => {
    expect([takes({ type: 'user.registered' }), takes({ type: 'video.ready' })]).toEqual([true, false])
  })
  it('takes what is put before its consumer alone', () => {
    expect([takes({ consumer: 'mailer' }), takes({ consumer: 'other', type: 'user.registered' })]).toEqual([
      true,
      false,
    ])
  })
  it('takes no event where the consumer has no type', () => {
    const own = parseFilter(subscriptionFilter('mailer'))
    expect([own({ consumer: 'mailer' }), own({ type: 'user.registered' })]).toEqual([true, false])
  })
  it('is refused where Pub/Sub would not take its length', () => {
    expect(() => subscriptionFilter('m'.repeat(120), 't'.repeat(120))).toThrow(RangeError)
  })
})
