import type { Provider } from '../billing/provider-objects.ts'
import type { HttpResponse } from '../http/response.ts'
import type { Uses } from '../ports/ports.ts'
import type { Context } from '../run/context.ts'
import { deliveryProblem } from './problems.ts'

/** Shows a provider's console that the address is ours: it asks before it sends there. */
export async function answerWebhookChallenge(
  { payments }: Uses<'payments'>,
  ctx: Context,
  provider: Provider,
  challenge: string,
): Promise<HttpResponse> {
  try {
    const body = await payments.of(provider).answerChallenge(challenge)
    return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body }
  } catch (error) {
    throw deliveryProblem(ctx, provider, error)
  }
}
