import type { Provider } from '../billing/provider-objects.ts'
import type { Bus } from '../ports/bus.ts'
import type { Uses } from '../ports/ports.ts'
import type { Context } from '../run/context.ts'
import { idFromUuid } from '../run/id.ts'

export const WAKE_SOURCE = '/skyreel/webhooks'
/** A worker lingers longer than this, so it sees what came within it without a wake-up of its own. */
const APART_MS = 200
/** The sender waits for our answer: after this the sweep must do. */
const PATIENCE_MS = 500

/** When this process last told each bus. A flood of webhooks needs one worker, not one for each. */
const lastWake = new WeakMap<Bus, number>()

/**
 * Tells a worker that something waits. Directly and not by the outbox: the inbox's row is the queue, and the sweep finds
 * within a minute what a lost wake-up leaves. Never throws.
 */
export async function wakeWorker(
  uses: Uses<'bus' | 'clock' | 'ids'>,
  ctx: Context,
  provider: Provider,
): Promise<void> {
  const now = uses.clock.now()
  const last = lastWake.get(uses.bus)
  if (last !== undefined && Math.abs(now.getTime() - last) < APART_MS) return
  lastWake.set(uses.bus, now.getTime())
  const told = new AbortController()
  const publishing = publish(uses, ctx, provider).finally(() => told.abort())
  await Promise.race([publishing, uses.clock.sleep(PATIENCE_MS, told.signal)])
}

async function publish(
  { bus, clock, ids }: Uses<'bus' | 'clock' | 'ids'>,
  { log, traceparent }: Context,
  provider: Provider,
): Promise<void> {
  const id = idFromUuid('evt', ids.uuid())
  const time = clock.now().toISOString()
  const data = { provider }
  try {
    await bus.publish([
      { id, type: 'billing.webhook.received', source: WAKE_SOURCE, time, data, traceparent },
    ])
  } catch (error) {
    lastWake.delete(bus)
    log.warn('webhooks wait for the sweep: the bus was not told', { error })
  }
}
