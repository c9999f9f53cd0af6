import type { Provider } from '../billing/provider-objects.ts'
import { Problem } from '../http/problem.ts'
import { WebhookRefused } from '../ports/payments.ts'
import { SecretMissing } from '../ports/secrets.ts'
import type { Context } from '../run/context.ts'

/** What the sender is told of a delivery that was not taken; an error that is not about the delivery stays what it is. */
export function deliveryProblem(ctx: Context, provider: Provider, error: unknown): unknown {
  if (error instanceof WebhookRefused) return refused(ctx, provider, error)
  return error instanceof SecretMissing ? notSetUp(ctx, provider, error) : error
}

/** The line is the counter: a metric filter counts it. Body and header stay out of both line and answer. */
function refused({ log }: Context, provider: Provider, error: WebhookRefused): Problem {
  log.warn('a webhook was refused', { metric: 'webhook-refused', provider, because: error.because })
  const detail = 'The delivery could not be verified.'
  return new Problem(
    { status: 400, code: 'webhook-refused', title: 'Webhook refused', detail },
    { cause: error },
  )
}

/** Fail closed: without a secret anybody could send anything. The provider sends again later. */
function notSetUp({ log }: Context, provider: Provider, error: SecretMissing): Problem {
  log.error('a webhook came for a provider without a secret', { provider, error })
  const detail = 'This provider of payments is not set up here.'
  return new Problem(
    { status: 503, code: 'provider-not-set-up', title: 'Not set up', detail },
    { cause: error },
  )
}
