import type { Provider } from '../billing/provider-objects.ts'
import { tooLarge } from '../http/json-body.ts'
import type { HttpRequest } from '../http/request.ts'
import { type HttpResponse, ok } from '../http/response.ts'
import type { Uses } from '../ports/ports.ts'
import type { Context } from '../run/context.ts'
import { type Accepted, acceptEvents } from './accept.ts'
import { deliveryProblem } from './problems.ts'
import { wakeWorker } from './wake.ts'

/** Larger than any provider's event. Looked at before the HMAC: whoever sends more gets no work out of us. */
export const WEBHOOK_MAX_BYTES = 262_144

type Receiving = Uses<'db' | 'bus' | 'clock' | 'ids' | 'config' | 'payments'>

/**
 * Verifies a webhook over its exact bytes, writes its events into the inbox and answers 200. Nothing is processed and the
 * provider is not called: its patience ends after seconds. A repetition is answered 200, too, and wakes a worker where its
 * first coming has not had its effect yet.
 */
export async function receiveWebhook(
  uses: Receiving,
  ctx: Context,
  provider: Provider,
  { body, headers }: Pick<HttpRequest, 'body' | 'headers'>,
): Promise<HttpResponse> {
  if (body.byteLength > WEBHOOK_MAX_BYTES) throw tooLarge(WEBHOOK_MAX_BYTES)
  const events = await verified(uses, ctx, provider, { body, headers })
  const accepted = await acceptEvents(uses, events, { source: 'live', bytes: body })
  if (accepted.wake) await wakeWorker(uses, ctx, provider)
  tell(ctx, provider, accepted)
  return ok({ received: true })
}

type Delivery = Pick<HttpRequest, 'body' | 'headers'>

async function verified(uses: Receiving, ctx: Context, provider: Provider, delivery: Delivery) {
  try {
    return await uses.payments.of(provider).readWebhook(delivery, uses.clock.now())
  } catch (error) {
    throw deliveryProblem(ctx, provider, error)
  }
}

function tell({ log }: Context, provider: Provider, { quarantined }: Accepted): void {
  if (quarantined > 0)
    log.warn('a webhook of another account or mode was put aside', {
      metric: 'webhook-quarantined',
      provider,
    })
}
