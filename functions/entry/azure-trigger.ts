import type { CronFunction, HttpFunction, OnFunction } from '../../core/run/function.ts'

export type AzureTrigger = 'http' | 'timer' | 'eventGrid' | 'queue'
type Triggered = HttpFunction | OnFunction | CronFunction

/**
 * What calls a function on Azure. Every `on` function has a queue of its own (`SKYREEL_QUEUES` and its name), which retries
 * and counts: events of the bus wait there, what is replayed or was postponed, and where infrastructure subscribes the
 * queue, the store's own events. Those have an Event Grid trigger beside it.
 */
export const azureTrigger = (manifest: Triggered): AzureTrigger => TRIGGERS[manifest.kind](manifest as never)

const TRIGGERS: { readonly [K in Triggered['kind']]: (fn: Extract<Triggered, { kind: K }>) => AzureTrigger } =
  {
    http: () => 'http',
    cron: () => 'timer',
    on: ({ type }) => (type === 'storage.object.created' ? 'eventGrid' : 'queue'),
  }
