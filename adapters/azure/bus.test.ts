import { QueueServiceClient, StorageSharedKeyCredential } from '@azure/storage-queue'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { busContract, type OpenedBus } from '../../core/ports/bus.contract.ts'
import { retry } from '../../core/run/verdict.ts'
import type { EventOf } from '../../events/catalog.ts'
import { systemClock } from '../node/clock.ts'
import { openAzureBus } from './bus.ts'
import { decodeAzureBusEvents } from './bus-events.ts'
import { openManagedIdentity } from './credentials.ts'
import { ACCOUNT, ACCOUNT_KEY, type Azurite, azuriteMissing, openAzurite } from './testing/azurite.ts'
import { openEventGrid } from './testing/event-grid.ts'
import { openIdentity } from './testing/identity.ts'
import { noIdentity } from './testing/storage.ts'
import { openStrictServer } from './testing/strict-server.ts'

const missing = azuriteMissing()
const TYPES = ['user.registered']

const anEvent = (id: string, userId = id): EventOf<'user.registered'> => ({
  ...{ id, type: 'user.registered', source: 'test', time: '2026-01-01T00:00:00.000Z', data: { userId } },
})

let opened = 0

/** A topic with a token, one subscription, its queue, and a consumer that takes from it as the Functions host does. */
async function openOn(azurite: Azurite) {
  const stack = new AsyncDisposableStack()
  const queue = `bus-${++opened}`
  await azurite.makeQueue(queue)
  const { queueEndpoint } = azurite
  const identity = stack.use(await openIdentity())
  const subscriptions = [{ name: 'consumer', types: TYPES, to: { queue } }]
  const grid = stack.use(await openEventGrid({ identity, queueEndpoint, subscriptions }))
  const credential = openManagedIdentity(identity.identity, systemClock)
  const config = { bus: { endpoint: grid.endpoint, key: undefined } }
  const service = new QueueServiceClient(queueEndpoint, new StorageSharedKeyCredential(ACCOUNT, ACCOUNT_KEY))
  const host = openHost(service, queue)
  return {
    ...{ grid, bus: openAzureBus({ config, credential, clock: systemClock }) },
    subscribe: async (deliver: Deliver) => void host.subscribe(deliver),
    drain: async () => {
      do await grid.idle()
      while (await host.take())
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

type Deliver = Parameters<OpenedBus['subscribe']>[0]

function openHost(service: QueueServiceClient, name: string) {
  const queue = service.getQueueClient(name)
  let deliver: Deliver = async () => retry('nobody is there')
  /** False when the queue is empty. */
  const take = async (): Promise<boolean> => {
    const [message] = (await queue.receiveMessages({ visibilityTimeout: 60 })).receivedMessageItems
    if (!message) return ((await queue.getProperties()).approximateMessagesCount ?? 0) > 0
    const { messageId, popReceipt, dequeueCount } = message
    const verdict = await deliver(read(message.messageText), dequeueCount).catch(() => retry('it threw'))
    if (verdict.is !== 'retry') await queue.deleteMessage(messageId, popReceipt)
    else {
      const seconds = Math.floor(('afterSeconds' in verdict && verdict.afterSeconds) || 0)
      await queue.updateMessage(messageId, popReceipt, message.messageText, seconds)
    }
    return true
  }
  return { take, subscribe: (to: Deliver) => (deliver = to) }
}

/** Event Grid's messages are base64 of the CloudEvent. */
function read(message: string) {
  const [decoded] = decodeAzureBusEvents(JSON.parse(Buffer.from(message, 'base64').toString()))
  if (decoded?.is !== 'event') throw new Error(`no event of ours: ${message}`)
  return decoded.event
}

describe.skipIf(missing !== undefined)(`Event Grid${missing ? ` (${missing})` : ''}`, () => {
  let azurite: Azurite
  beforeAll(async () => {
    azurite = await openAzurite()
  })
  afterAll(() => azurite[Symbol.asyncDispose]())
  const open = () => openOn(azurite)

  busContract('Event Grid and storage queues', open)

  it('is sent nothing that it does not know', async () => {
    await using at = await open()
    await at.bus.publish([{ ...anEvent('evt_1'), subject: 'a/b', traceparent: '00-0-0-00' }])
    expect(at.grid.refusals).toEqual([])
  })
  it('takes more events than one request holds', async () => {
    await using at = await open()
    const seen = new Set<string>()
    await at.subscribe(async (event) => {
      seen.add(event.id)
      return { is: 'done' }
    })
    const events = Array.from({ length: 50 }, (_, i) => anEvent(`evt_${i}`, 'x'.repeat(40_000)))
    await at.bus.publish(events)
    await at.drain()
    expect([seen.size, at.grid.requests.length]).toEqual([50, 3])
  })
  it('refuses an event that no consumer’s queue could hold', async () => {
    await using at = await open()
    await expect(at.bus.publish([anEvent('evt_1', 'x'.repeat(50_000))])).rejects.toThrow('evt_1')
  })
  it('sends nothing where there are no events', async () => {
    await using at = await open()
    await at.bus.publish([])
    expect(at.grid.requests).toEqual([])
  })
  it('opens with an access key where there is no identity', async () => {
    const { queueEndpoint } = azurite
    await using grid = await openEventGrid({ key: 'the-key', queueEndpoint, subscriptions: [] })
    const config = { bus: { endpoint: grid.endpoint, key: 'the-key' } }
    const bus = openAzureBus({ config, credential: noIdentity, clock: systemClock })
    await expect(bus.publish([anEvent('evt_1')])).resolves.toBeUndefined()
  })
  it('throws where the key is wrong', async () => {
    const { queueEndpoint } = azurite
    await using grid = await openEventGrid({ key: 'the-key', queueEndpoint, subscriptions: [] })
    const config = { bus: { endpoint: grid.endpoint, key: 'another' } }
    const bus = openAzureBus({ config, credential: noIdentity, clock: systemClock })
    await expect(bus.publish([anEvent('evt_1')])).rejects.toThrow('401')
  })
  it('is tried again where it is busy, then thrown', async () => {
    await using busy = await openStrictServer(() => ({ status: 503, headers: { 'retry-after': '0' } }))
    const config = { bus: { endpoint: busy.origin, key: 'k' } }
    const bus = openAzureBus({ config, credential: noIdentity, clock: systemClock })
    await expect(bus.publish([anEvent('evt_1')])).rejects.toThrow('503')
    expect(busy.requests).toHaveLength(4)
  })
  it('tries a webhook again, and keeps what it refuses for good as a dead letter', async () => {
    const answers = [503, 200, 400]
    await using hook = await openStrictServer(() => ({ status: answers.shift() ?? 500 }))
    const subscriptions = [{ name: 'hook', types: TYPES, to: { webhook: hook.origin } }]
    const { queueEndpoint } = azurite
    await using grid = await openEventGrid({ key: 'k', queueEndpoint, subscriptions })
    const config = { bus: { endpoint: grid.endpoint, key: 'k' } }
    const bus = openAzureBus({ config, credential: noIdentity, clock: systemClock })
    for (const id of ['evt_1', 'evt_2']) {
      await bus.publish([anEvent(id)])
      await grid.idle()
    }
    expect(grid.deadLetters).toMatchObject([{ event: { id: 'evt_2' }, because: 'answered 400' }])
  })
})
