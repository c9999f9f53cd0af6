import { DOMAINS, type Domains } from './apply-domains.ts'
import type { Applying } from './applying.ts'
import { mirrorCheckout } from './mirror-checkout.ts'
import {
  deleteCustomer,
  detachPaymentMethod,
  mirrorCustomer,
  mirrorPaymentMethod,
} from './mirror-customer.ts'
import { mirrorDispute } from './mirror-dispute.ts'
import { deleteInvoice, mirrorInvoice } from './mirror-invoice.ts'
import { mirrorPayment } from './mirror-payment.ts'
import { deletePlan, deletePrice, mirrorPlan, mirrorPrice } from './mirror-plan.ts'
import { mirrorRefund } from './mirror-refund.ts'
import { endSubscription, mirrorSubscription } from './mirror-subscription.ts'
import type { Gone, ObjectKind, ObjectOf, ProviderEvent, ProviderObject } from './provider-objects.ts'

/** Why the object was fetched. Its type alone counts, and that only for what no state tells. */
export type AppliedEvent = Pick<ProviderEvent, 'type'>

interface Step<T> {
  readonly at: Applying
  readonly object: T
  readonly events: readonly AppliedEvent[]
  readonly domains: Domains
}

/**
 * Writes what the provider has, and all that follows from it, in the transaction of `at`. The result depends on the
 * objects alone and not on the order in which they come; the same object again changes nothing.
 */
export async function applyObject(
  at: Applying,
  object: ProviderObject | Gone,
  events: readonly AppliedEvent[],
  domains: Domains = DOMAINS,
): Promise<void> {
  if ('gone' in object) return BURY[object.kind]({ at, object, events, domains })
  const write: (step: Step<never>) => Promise<unknown> = WRITE[object.kind]
  await write({ at, object: object as never, events, domains })
}

const isTrialNotice = ({ type }: AppliedEvent): boolean => type.endsWith('subscription.trial_will_end')

const WRITE: { readonly [K in ObjectKind]: (step: Step<ObjectOf<K>>) => Promise<unknown> } = {
  product: ({ at, object }) => mirrorPlan(at, object),
  price: ({ at, object }) => mirrorPrice(at, object),
  customer: ({ at, object }) => mirrorCustomer(at, object),
  'payment-method': ({ at, object }) => mirrorPaymentMethod(at, object),
  checkout: ({ at, object }) => mirrorCheckout(at, object),
  async subscription({ at, object, events, domains }) {
    if (!(await mirrorSubscription(at, object, events.some(isTrialNotice)))) return
    await domains.dunning.subscription(at, object)
  },
  async invoice({ at, object, domains }) {
    if (!(await mirrorInvoice(at, object))) return
    await domains.ledger.invoice(at, object)
    await domains.dunning.invoice(at, object)
  },
  async payment({ at, object, domains }) {
    if (await mirrorPayment(at, object)) await domains.ledger.payment(at, object)
  },
  async refund({ at, object, domains }) {
    await mirrorRefund(at, object)
    await domains.ledger.refund(at, object)
  },
  async dispute({ at, object, domains }) {
    await mirrorDispute(at, object)
    await domains.ledger.dispute(at, object)
    await domains.dunning.dispute(at, object)
  },
  async payout({ at, object, domains }) {
    await domains.ledger.payout(at, object)
    await domains.payouts.payout(at, object)
  },
  async transfer({ at, object, domains }) {
    await domains.ledger.transfer(at, object)
    await domains.payouts.transfer(at, object)
  },
  'payee-account': ({ at, object, domains }) => domains.payouts.payeeAccount(at, object),
  notice: ({ at, object, domains }) => domains.usage.notice(at, object),
}

/** Money that moved is never deleted: nothing was there under such an id, and nothing is to be done for it. */
const neverWas = async ({ at, object: { kind, id } }: Step<Gone>) =>
  at.log.warn('the provider has no such object', { provider: at.provider, kind, id })

/** What is left of an object that the provider does not have any more. Asking for it again would never end. */
const BURY: { readonly [K in ObjectKind]: (step: Step<Gone>) => Promise<void> } = {
  product: ({ at, object }) => deletePlan(at, object.id),
  price: ({ at, object }) => deletePrice(at, object.id),
  customer: ({ at, object }) => deleteCustomer(at, object.id),
  'payment-method': ({ at, object }) => detachPaymentMethod(at, object.id),
  async subscription({ at, object, domains }) {
    const ended = await endSubscription(at, object.id)
    if (ended) await domains.dunning.subscription(at, ended)
  },
  invoice: ({ at, object }) => deleteInvoice(at, object.id),
  'payee-account': ({ at, object, domains }) => domains.payouts.payeeAccount(at, closedAccount(object)),
  payment: neverWas,
  refund: neverWas,
  dispute: neverWas,
  payout: neverWas,
  transfer: neverWas,
  checkout: neverWas,
  notice: neverWas,
}

const closedAccount = ({ id }: Gone): ObjectOf<'payee-account'> => ({
  kind: 'payee-account',
  ...{ id, livemode: false, reference: null, country: null, chargesEnabled: false, payoutsEnabled: false },
  requirements: ['account-closed'],
})
