import { describe, expect, it } from 'vitest'
import { busContract } from '../../core/ports/bus.contract.ts'
import { fromWire } from '../../core/run/wire-event.ts'
import type { AnyEvent } from '../../events/catalog.ts'
import { manualClock } from '../local/testing/clock.ts'
import { systemClock } from '../node/clock.ts'
import { openAwsBus } from './bus.ts'
import { TEST_CREDENTIALS, testConfig } from './testing/config.ts'
import { type Consuming, consume, type Deliver } from './testing/consume.ts'
import { openEventBridge } from './testing/event-bridge.ts'
import { fauxqsMissing, openFauxqs } from './testing/fauxqs.ts'

const BUS = 'skyreel-test'
const credentials = async () => TEST_CREDENTIALS

/** Bus, rule or subscription, and a queue a consumer; `connect` leads what is published to that queue. */
async function openFanOut(
  fauxqs: Awaited<ReturnType<typeof openFauxqs>>,
  { bus, eventbridge, connect }: { bus: string; eventbridge?: string; connect(queue: string): void },
) {
  const stack = new AsyncDisposableStack()
  const endpoints = { sqs: fauxqs.endpoint, sns: fauxqs.endpoint, ...(eventbridge ? { eventbridge } : {}) }
  const access = { config: testConfig({ bus, queues: fauxqs.queues, endpoints }), credentials }
  const consumers: Consuming[] = []
  const subscribe = async (deliver: Deliver) => {
    const queue = `consumer-${consumers.length}`
    fauxqs.createQueue(queue)
    connect(queue)
    consumers.push(stack.use(consume(access, { fauxqs, queue, deliver })))
  }
  return {
    bus: openAwsBus({ ...access, clock: systemClock }),
    subscribe,
    drain: async () => void (await Promise.all(consumers.map((consumer) => consumer.drain()))),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

async function openByEventBridge() {
  const stack = new AsyncDisposableStack()
  const fauxqs = stack.use(await openFauxqs())
  const server = stack.use(await openEventBridge({ bus: BUS }))
  const connect = (queue: string) => {
    const target = (envelope: string) => fauxqs.sendMessage(queue, envelope)
    server.rules.push({ pattern: { source: ['skyreel'], 'detail-type': ['user.registered'] }, target })
  }
  const opened = stack.use(await openFanOut(fauxqs, { bus: BUS, eventbridge: server.endpoint, connect }))
  return { ...opened, server, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

async function openByTopic(raw: boolean) {
  const stack = new AsyncDisposableStack()
  const fauxqs = stack.use(await openFauxqs())
  const { topicArn } = fauxqs.createTopic(BUS)
  const attributes = {
    RawMessageDelivery: String(raw),
    FilterPolicy: JSON.stringify({ type: ['user.registered'] }),
  }
  const connect = (queue: string) => fauxqs.subscribe({ topic: BUS, queue, attributes })
  const opened = stack.use(await openFanOut(fauxqs, { bus: topicArn, connect }))
  return { ...opened, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

const missing = fauxqsMissing()
describe.skipIf(missing !== undefined)(
  `the bus${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  () => {
    busContract('EventBridge to SQS', openByEventBridge)
    busContract('SNS to SQS', () => openByTopic(false))
    busContract('SNS to SQS, raw', () => openByTopic(true))
  },
)

const anEvent = (n: number, text = ''): AnyEvent => ({
  id: `evt_${n}`,
  type: 'user.registered',
  source: 'test',
  time: '2026-01-01T00:00:00.000Z',
  data: { userId: `usr_${text}` },
})
const many = (count: number, text = '') => Array.from({ length: count }, (_, n) => anEvent(n, text))

/** A bus without consumers, whose clock stands still. */
async function openAlone(
  refuse?: Parameters<typeof openEventBridge>[0]['refuse'],
  more: { key?: string } = {},
) {
  const seen: string[] = []
  const target = (envelope: string) => seen.push(fromWire(JSON.parse(envelope).detail).id)
  const server = await openEventBridge({
    ...{ bus: BUS, rules: [{ pattern: {}, target }] },
    ...(refuse ? { refuse } : {}),
  })
  const clock = manualClock()
  const pauses: number[] = []
  const sleep = async (ms: number) => void pauses.push(ms)
  const access = {
    config: testConfig({ bus: BUS, endpoints: { eventbridge: server.endpoint } }),
    credentials: async () => ({ ...TEST_CREDENTIALS, ...(more.key ? { secretAccessKey: more.key } : {}) }),
  }
  const bus = openAwsBus({ ...access, clock: { ...clock, sleep } })
  return { bus, server, seen, pauses, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

const idIn = ({ Detail }: { Detail: string }) => fromWire(JSON.parse(Detail)).id

describe('EventBridge', () => {
  it('gets ten events a call', async () => {
    await using at = await openAlone()
    await at.bus.publish(many(25))
    expect(at.server.calls).toEqual([10, 10, 5])
  })
  it('gets no more bytes a call than it takes', async () => {
    await using at = await openAlone()
    await at.bus.publish(many(9, 'ä'.repeat(30_000)))
    expect([at.seen.length, at.server.refusals]).toEqual([9, []])
  })
  it('gets no call for no events', async () => {
    await using at = await openAlone()
    await at.bus.publish([])
    expect(at.server.calls).toEqual([])
  })
  it('gets again what it refused for now, and nothing else', async () => {
    let refusals = 2
    await using at = await openAlone((entry) =>
      idIn(entry) === 'evt_1' && refusals-- > 0 ? 'ThrottlingException' : undefined,
    )
    await at.bus.publish(many(3))
    expect([at.server.calls, at.seen]).toEqual([
      [3, 1, 1],
      ['evt_0', 'evt_2', 'evt_1'],
    ])
  })
  it('waits longer before each further try, then throws', async () => {
    await using at = await openAlone(() => 'InternalFailure')
    await expect(at.bus.publish(many(2))).rejects.toThrow('did not take 2 of 2 events: InternalFailure')
    expect(at.pauses).toEqual([50, 200, 800])
  })
  it('is not asked again about an event that it finds wrong', async () => {
    await using at = await openAlone((entry) => (idIn(entry) === 'evt_1' ? 'MalformedDetail' : undefined))
    await expect(at.bus.publish(many(2))).rejects.toThrow('did not take 1 of 2 events: MalformedDetail')
    expect(at.server.calls).toEqual([2])
  })
  it('refuses a wrong secret, which is a failure', async () => {
    await using at = await openAlone(undefined, { key: 'wrong' })
    await expect(at.bus.publish(many(1))).rejects.toThrow('security token')
  })
})
