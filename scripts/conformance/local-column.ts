import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LocalBus, openLocalBus } from '../../adapters/local/bus.ts'
import { localEvents } from '../../adapters/local/events.ts'
import { localSchedule } from '../../adapters/local/schedule.ts'
import { systemClock } from '../../adapters/node/clock.ts'
import { serve } from '../../adapters/node/http.ts'
import { openIds } from '../../adapters/node/ids.ts'
import type { Verdict } from '../../core/run/verdict.ts'
import type { Column, EventForm, OpenColumn } from './column.ts'
import { echoApp } from './echo-app.ts'
import { type Tell, toldConsumer, toldSchedule } from './event-app.ts'
import type { EventDelivery, Settlement } from './event-case.ts'
import { EVENT_CASES } from './event-cases.ts'
import { silentLog } from './silent-log.ts'
import { sendOverWire } from './wire-client.ts'
import { readableEvent } from './wire-forms.ts'

const HANDS_OVER = 'the local bus hands over events, not messages: there is nothing foreign to decode'
const OWN_STORE = 'the local store makes the neutral event itself: it has no native form'
const NO_FRONT = 'no front stands before the local server: the address is that of the connection'

/** The machine's own column: node:http and the bus of one machine. */
export function localColumn(tell: Tell): Column {
  return {
    name: 'local',
    gaps: [
      { case: 'client address in IPv6', because: NO_FRONT },
      { case: 'forged client address', because: NO_FRONT },
      ...gapsOf((d) => d.carry === 'storage' || d.carry === 'test', OWN_STORE),
      ...gapsOf((d) => d.carry === 'queue' && !readableEvent(d.body), HANDS_OVER),
    ],
    missing: (mode) =>
      mode === 'mapping' ? undefined : 'its runtime is node:http itself, which the mapping run goes through',
    open: () => open(tell),
  }
}

const gapsOf = (concerned: (delivery: EventDelivery) => boolean, because: string) =>
  EVENT_CASES.filter(({ deliveries }) => deliveries.some(concerned)).map(({ name }) => ({
    case: name,
    because,
  }))

async function open(tell: Tell): Promise<OpenColumn> {
  const serving = await serve({
    port: 0,
    ids: openIds(),
    log: silentLog,
    handle: echoApp.handle,
    timeoutSeconds: () => echoApp.timeoutSeconds,
  })
  return {
    http: [{ name: 'node-http', send: (request) => sendOverWire({ port: serving.port }, request) }],
    events: [busForm(tell)],
    [Symbol.asyncDispose]: () => serving.stop(0),
  }
}

function busForm(tell: Tell): EventForm {
  const carries = (delivery: EventDelivery) =>
    delivery.carry === 'bus' ||
    delivery.carry === 'schedule' ||
    (delivery.carry === 'queue' && readableEvent(delivery.body) !== undefined)
  return {
    name: 'bus',
    carries,
    deliver: (deliveries) => Promise.all(deliveries.map((d) => deliverOne(d, tell))),
  }
}

async function deliverOne(delivery: EventDelivery, tell: Tell): Promise<Settlement> {
  if (delivery.carry === 'schedule') return runOnce(tell)
  if (delivery.carry !== 'bus' && delivery.carry !== 'queue')
    throw new Error(`cannot carry ${delivery.carry}`)
  const event = delivery.carry === 'bus' ? delivery.event : readableEvent(delivery.body)
  if (!event) throw new Error('cannot carry what is no event')
  const { wants: _, ...consumer } = localEvents(toldConsumer(tell), {
    log: silentLog,
    ids: openIds(),
    wants: () => true,
  })
  const folder = await mkdtemp(join(tmpdir(), 'skyreel-conformance-'))
  const bus = await openLocalBus({ folder, clock: systemClock, log: silentLog, stopSeconds: 0 })
  try {
    return await firstVerdict(bus, async (deliver) => {
      await bus.start([
        {
          ...consumer,
          wants: () => delivery.carry === 'bus',
          // The bus counts from 1; a third delivery is the third time that it asks.
          deliver: (e, attempt) => deliver(() => consumer.deliver(e, (delivery.attempt ?? 1) + attempt - 1)),
        },
      ])
      await (delivery.carry === 'bus' ? bus.publish([event]) : bus.send(consumer.name ?? '', event))
    })
  } finally {
    await bus.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** What the consumer says first: a retry would come again for as long as the bus runs. */
async function firstVerdict(
  bus: LocalBus,
  begin: (deliver: (consume: () => Promise<Verdict>) => Promise<Verdict>) => Promise<void>,
): Promise<Settlement> {
  const { promise, resolve } = Promise.withResolvers<Settlement>()
  await begin(async (consume) => {
    try {
      const verdict = await consume()
      resolve(verdict.is === 'retry' ? 'again' : 'settled')
    } catch {
      resolve('again') // what a consumer throws is a retry; which error it was is the consumer's log's
    }
    return { is: 'done' }
  })
  const settlement = await promise
  await bus.drain()
  return settlement
}

async function runOnce(tell: Tell): Promise<Settlement> {
  try {
    await localSchedule(toldSchedule(tell), { log: silentLog, ids: openIds() })
    return 'settled'
  } catch {
    return 'again' // the next turn of the timer runs it again
  }
}
