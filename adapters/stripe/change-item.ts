import type Stripe from 'stripe'
import type { ChangeRequest } from '../../core/billing/payment-requests.ts'
import { PaymentRefused } from '../../core/ports/payments.ts'

/** The item that the plan is: metered items are billed along with it and stay. */
export function planItem({ id, items }: Stripe.Subscription): Stripe.SubscriptionItem {
  const item = items.data.find(({ price }) => price.recurring?.usage_type !== 'metered') ?? items.data[0]
  if (!item) throw new PaymentRefused('subscription_empty', `the subscription ${id} has no items`)
  return item
}

/** The plan's item with its new price. */
export const changedItem = (
  subscription: Stripe.Subscription,
  { priceId, quantity }: Pick<ChangeRequest, 'priceId' | 'quantity'>,
) => ({ id: planItem(subscription).id, price: priceId, quantity })
