import { readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bus } from '../../core/ports/bus.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { Log } from '../../core/run/log.ts'
import { retry, type Verdict } from '../../core/run/verdict.ts'
import type { AnyEvent } from '../../events/catalog.ts'
import { endsWithin } from '../node/ends-within.ts'
import { openSlots } from './slots.ts'
import {
  makeFolder,
  namesIn,
  removeAbandoned,
  syncFolder,
  unlinkQuietly,
  writeTemporary,
} from './storage-files.ts'

/** One consumer. What it throws counts as a retry. */
export interface Subscriber {
  /** Of the function, for events that are meant for it alone. */
  readonly name?: string
  wants(event: AnyEvent): boolean
  /** `attempt` is 1 at first. It begins anew when the process does. */
  deliver(event: AnyEvent, attempt: number): Promise<Verdict>
}

export interface LocalBusOptions {
  /** Holds each event until every subscriber is done with it: a killed process delivers it again at its next start. */
  readonly folder: string
  readonly clock: Clock
  readonly log: Log
  /** Deliveries at once. */
  readonly slots?: number
  /** How long `stop` waits for a delivery; 10 by default. */
  readonly stopSeconds?: number
}

export interface LocalBus extends Bus {
  /** Gives an event to the subscriber of this name alone, `delaySeconds` from now at the earliest. */
  send(consumer: string, event: AnyEvent, delaySeconds?: number): Promise<void>
  /** Begins to deliver: what the folder holds from before, then what is published. */
  start(subscribers: readonly Subscriber[]): Promise<void>
  /** Takes up events that another process of this machine put into the folder. */
  look(): Promise<void>
  /** Resolves when no event is under way or waits for another try. */
  drain(): Promise<void>
  /** Finishes deliveries under way; what waits, or hangs for longer than `stopSeconds`, stays in the folder. */
  stop(): Promise<void>
}

/** Events within one machine, at least once, in no order. Any process may publish; one of them has the subscribers. */
export async function openLocalBus(options: LocalBusOptions): Promise<LocalBus> {
  await makeFolder(join(options.folder, 'temporary'))
  await removeAbandoned(join(options.folder, 'temporary'))
  const underWay = new Map<string, Promise<void>>()
  const stopping = new AbortController()
  const deliverTo = openDelivery(options, stopping.signal)
  let subscribers: readonly Subscriber[] | undefined
  const take = (kept: Kept) => {
    const name = fileName(kept)
    if (!subscribers || underWay.has(name) || stopping.signal.aborted) return
    const work = settle(subscribers, kept).finally(() => underWay.delete(name))
    underWay.set(name, work)
  }
  const settle = async (all: readonly Subscriber[], kept: Kept) => {
    await untilDue(kept, options.clock, stopping.signal)
    const settled = await Promise.all(all.filter((s) => isFor(s, kept)).map((s) => deliverTo(s, kept.event)))
    if (settled.every(Boolean)) await unlinkQuietly(join(options.folder, fileName(kept)))
  }
  const keep = async (kept: Kept) => {
    await write(options.folder, kept)
    take(kept)
  }
  const look = async () => (await readAll(options)).forEach(take)
  return {
    async publish(events) {
      for (const event of events) {
        if (subscribers && !subscribers.some((s) => s.wants(event))) continue
        await keep({ event })
      }
    },
    send: (consumer, event, delaySeconds = 0) =>
      keep({ event, consumer, notBeforeMs: options.clock.now().getTime() + delaySeconds * 1000 }),
    look,
    start: async (all) => {
      subscribers = all
      await look()
    },
    drain: async () => {
      while (underWay.size > 0) await Promise.all(underWay.values())
    },
    stop: async () => {
      stopping.abort()
      if (await endsWithin(Promise.all(underWay.values()), options.stopSeconds ?? 10)) return
      options.log.warn('events are left for the next start', { files: [...underWay.keys()] })
    },
  }
}

/** An event as it lies in the folder. */
interface Kept {
  readonly event: AnyEvent
  readonly consumer?: string
  readonly notBeforeMs?: number
}

const isFor = (to: Subscriber, { event, consumer }: Kept): boolean =>
  consumer === undefined ? to.wants(event) : to.name === consumer

async function untilDue({ notBeforeMs = 0 }: Kept, clock: Clock, stopping: AbortSignal): Promise<void> {
  const left = notBeforeMs - clock.now().getTime()
  if (left > 0) await clock.sleep(left, stopping)
}

/** True once the subscriber is done with the event, false when the bus stopped before. */
function openDelivery({ clock, log, slots }: LocalBusOptions, stopping: AbortSignal) {
  const inSlot = openSlots(slots ?? 8)
  const deliver = async (to: Subscriber, event: AnyEvent, attempt: number): Promise<Verdict> => {
    try {
      return await to.deliver(event, attempt)
    } catch (error) {
      log.error('an event could not be delivered', { event: event.id, type: event.type, attempt, error })
      return retry('the delivery failed')
    }
  }
  return async (to: Subscriber, event: AnyEvent): Promise<boolean> => {
    for (let attempt = 1; !stopping.aborted; attempt++) {
      const verdict = await inSlot(async () => (stopping.aborted ? undefined : deliver(to, event, attempt)))
      if (!verdict) return false
      if (verdict.is !== 'retry') return true
      await clock.sleep(
        verdict.afterSeconds === undefined ? backoffMs(attempt) : verdict.afterSeconds * 1000,
        stopping,
      )
    }
    return false
  }
}

/** 0.25 s, doubled each time, a minute at most. */
const backoffMs = (attempt: number): number => Math.min(60_000, 250 * 2 ** Math.min(attempt - 1, 10))

const fileName = ({ event, consumer }: Kept): string =>
  `${[event.id, ...(consumer === undefined ? [] : [consumer])].map((part) => part.replace(/[^\w-]/g, '_')).join('.')}.json`

async function write(folder: string, kept: Kept): Promise<void> {
  const { file } = await writeTemporary(
    join(folder, 'temporary'),
    fileName(kept),
    Buffer.from(JSON.stringify(kept)),
  )
  await rename(file, join(folder, fileName(kept)))
  await syncFolder(folder)
}

/** Before events could be meant for one subscriber, a file held the event alone. */
function readKept(text: string): Kept {
  const value = JSON.parse(text) as Kept | AnyEvent
  return 'event' in value ? value : { event: value }
}

async function readAll({ folder, log }: LocalBusOptions): Promise<Kept[]> {
  const events: Kept[] = []
  for (const name of (await namesIn(folder)).filter((n) => n.endsWith('.json')).sort()) {
    try {
      events.push(readKept(await readFile(join(folder, name), 'utf8')))
    } catch (error) {
      // Settled between the two reads, or damaged: the others still go out, and the file stays to be looked at.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        log.error('a kept event cannot be read', { name, error })
    }
  }
  return events
}
