import { type PaymentProvider, PaymentRefused } from '../ports/payments.ts'
import type { Context } from '../run/context.ts'
import { NotSupported } from '../run/not-supported.ts'
import type { CaseRow } from './cases.ts'
import type { DunningCall } from './model.ts'

/**
 * Asks the provider for what was decided, outside of any transaction. The key is of the case and the try: asked twice, it
 * happens once. A refusal is an answer, too; when the provider cannot be reached, it throws, and a later run asks again.
 */
export async function askProvider(
  provider: PaymentProvider,
  { log }: Context,
  row: CaseRow & { readonly pendingCall: DunningCall },
): Promise<void> {
  try {
    await CALLS[row.pendingCall](provider, row)
  } catch (error) {
    if (!(error instanceof PaymentRefused || error instanceof NotSupported)) throw error
    log.info('the provider refused', { case: row.id, call: row.pendingCall, error })
  }
}

const CALLS: { readonly [C in DunningCall]: (provider: PaymentProvider, row: CaseRow) => Promise<void> } = {
  retry: (provider, { id, invoiceId, retries }) =>
    provider.payInvoice({ invoiceId, idempotencyKey: `${id}:retry:${retries}` }),
  downgrade: (provider, { id, subscriptionId }) =>
    provider.cancelSubscription({ subscriptionId, when: 'now', idempotencyKey: `${id}:downgrade` }),
  'write-off': (provider, { id, invoiceId }) =>
    provider.markUncollectible({ invoiceId, idempotencyKey: `${id}:write-off` }),
}
