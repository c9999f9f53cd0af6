import type { InvocationContext } from '@azure/functions'
import type { Consumer } from '../../core/run/consumer.ts'
import { type AzureEventOptions, deliverAll } from './events-deliver.ts'
import { loadEarly } from './events-load.ts'
import type { AzureInvocation } from './log-context.ts'
import { decodeAzureGridEvents, decodeAzureQueueEvents } from './queue-events.ts'

export type { AzureEventOptions } from './events-deliver.ts'

/**
 * What `app.eventGrid` calls: returns for done, throws for another delivery. Event Grid takes more than 30 s for a failure
 * and delivers again, so what takes longer belongs behind a queue. It does not tell the trigger how often it has tried.
 */
export function azureEventGrid(
  load: () => Promise<Consumer>,
  options: AzureEventOptions,
): (native: unknown, context: AzureInvocation) => Promise<void> {
  const loaded = loadEarly(load, options.log)
  return async (native, context) => {
    const decoded = decodeAzureGridEvents(native, options.buckets)
    await deliverAll(decoded, { consumer: await loaded(), context, options })
  }
}

/**
 * What `app.storageQueue` calls: returns for done, throws for another delivery. After `maxDequeueCount` throws the host
 * moves the message to `<queue>-poison`, so that must be more than a function's attempts.
 */
export function azureQueue(
  load: () => Promise<Consumer>,
  options: AzureEventOptions,
): (
  message: unknown,
  context: AzureInvocation & Pick<InvocationContext, 'triggerMetadata'>,
) => Promise<void> {
  const loaded = loadEarly(load, options.log)
  return async (message, context) => {
    const decoded = decodeAzureQueueEvents(message, context.triggerMetadata, options.buckets)
    await deliverAll(decoded, { consumer: await loaded(), context, options })
  }
}
