import type { Uses } from '../ports/ports.ts'
import type { Actor } from '../run/actor.ts'
import { payerFor } from './billing-can.ts'
import { knownCustomer } from './customers.ts'
import { currencyOf } from './money.ts'
import { onceAtProvider } from './operations.ts'
import { throughProvider } from './problems.ts'
import type { PaymentRequest, PaymentStarted } from './wire-payments.ts'

/**
 * Begins a single payment; the browser confirms it with the secret. The same key gets the same payment, also after the
 * provider has forgotten the key: that is why the secret, which is good for this payment alone, is kept.
 */
export async function startPayment(
  uses: Uses<'db' | 'clock' | 'ids' | 'payments'>,
  actor: Actor,
  { body, key }: { readonly body: PaymentRequest; readonly key: string },
): Promise<PaymentStarted> {
  const payer = await payerFor(uses, actor, body.organisationId)
  const customer = await throughProvider(knownCustomer(uses, payer))
  const { id: operationId, result } = await onceAtProvider(
    uses,
    { customerId: customer.id, kind: 'payment', key, asked: body },
    {
      prepare: async (reference) => ({
        customerId: customer.providerId,
        money: { amountMinor: body.amountMinor, currency: currencyOf(body.currency) },
        description: body.description,
        reference,
      }),
      call: async (request, idempotencyKey) => {
        const begun = await uses.payments.of(customer.provider).startPayment({ ...request, idempotencyKey })
        return { id: begun.id, clientSecret: begun.clientSecret }
      },
    },
  )
  return { ...result, operationId }
}
