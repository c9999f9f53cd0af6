import type { CronFunction, HttpFunction, OnFunction } from '../../core/run/function.ts'

export type AzureTrigger = 'http' | 'timer' | 'eventGrid' | 'queue'
type Triggered = HttpFunction | OnFunction | CronFunction

/**
 * What calls a function on Azure. The store's own events come by Event Grid; those of the bus wait in a queue of the
 * function's own (`SKYREEL_QUEUES` and its name), which retries and counts. Every `on` function has that queue, since
 * what is replayed or was postponed comes by it.
 */
export const azureTrigger = (manifest: Triggered): AzureTrigger => TRIGGERS[manifest.kind](manifest as never)

const TRIGGERS: { readonly [K in Triggered['kind']]: (fn: Extract<Triggered, { kind: K }>) => AzureTrigger } =
  {
    http: () => 'http',
    cron: () => 'timer',
    on: ({ type }) => (type === 'storage.object.created' ? 'eventGrid' : 'queue'),
  }
