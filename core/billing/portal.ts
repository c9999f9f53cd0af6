import type { Uses } from '../ports/ports.ts'
import type { Actor } from '../run/actor.ts'
import { payerFor } from './billing-can.ts'
import { knownCustomer } from './customers.ts'
import { RETURN_PATH } from './model.ts'
import { throughProvider } from './problems.ts'
import { returnUrl } from './subscribe.ts'
import type { PortalOpened, PortalRequest } from './wire-payments.ts'

/** A page of the provider for payment methods and invoices (https://docs.stripe.com/customer-management). It lives for minutes. */
export async function openPortal(
  uses: Uses<'db' | 'clock' | 'ids' | 'payments' | 'config'>,
  actor: Actor,
  { organisationId, returnPath }: PortalRequest,
): Promise<PortalOpened> {
  const payer = await payerFor(uses, actor, organisationId)
  const { provider, providerId } = await throughProvider(knownCustomer(uses, payer))
  const fallback = RETURN_PATH['userId' in payer ? 'viewer' : 'organisation']
  const request = { customerId: providerId, returnUrl: returnUrl(uses.config, returnPath ?? fallback) }
  const { url } = await throughProvider(uses.payments.of(provider).openPortal(request))
  return { url }
}
