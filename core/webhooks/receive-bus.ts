import { PROVIDERS, type Provider } from '../billing/provider-objects.ts'
import { WebhookRefused } from '../ports/payments.ts'
import type { Uses } from '../ports/ports.ts'
import type { Context } from '../run/context.ts'
import { done, drop, type Verdict } from '../run/verdict.ts'
import { acceptEvents } from './accept.ts'
import { wakeWorker } from './wake.ts'

type Receiving = Uses<'db' | 'bus' | 'clock' | 'ids' | 'config' | 'payments'>

/**
 * Takes a provider's event that a cloud's event bus has brought (EventBridge, Event Grid), which vouches for its sender.
 * It goes into the same inbox as a webhook: the same event by both ways is one row.
 */
export async function receiveBusEvent(
  uses: Receiving,
  ctx: Context,
  { provider, payload }: { readonly provider: string; readonly payload: unknown },
): Promise<Verdict> {
  if (!isProvider(provider)) return drop(`${provider.slice(0, 40)} is no provider of payments`)
  try {
    const events = await uses.payments.of(provider).readBusEvent(payload)
    const bytes = new TextEncoder().encode(JSON.stringify(payload))
    const { wake } = await acceptEvents(uses, events, { source: 'bus', bytes })
    if (wake) await wakeWorker(uses, ctx, provider)
    return done
  } catch (error) {
    if (error instanceof WebhookRefused) return drop(`the event is not what it says it is: ${error.because}`)
    throw error
  }
}

const isProvider = (text: string): text is Provider => (PROVIDERS as readonly string[]).includes(text)
