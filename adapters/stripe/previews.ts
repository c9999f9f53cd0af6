import type Stripe from 'stripe'
import { currencyOf } from '../../core/billing/money.ts'
import type { ChangePreview } from '../../core/billing/payment-requests.ts'
import type { PaymentProvider } from '../../core/ports/payments.ts'
import type { ApiClient } from './api-client.ts'
import { changedItem, planItem } from './change-item.ts'
import type { MeterNames } from './meter-names.ts'
import { instantOf, secondsOf } from './read-fields.ts'
import { wholeInvoice } from './whole-invoice.ts'

type Details = Stripe.InvoiceCreatePreviewParams.SubscriptionDetails

/** What a change would cost, asked of Stripe itself. https://docs.stripe.com/api/invoices/create_preview */
export const previewCalls = (
  client: ApiClient,
  names: MeterNames,
): Pick<PaymentProvider, 'previewChange'> => ({
  async previewChange(request) {
    const { subscriptionId } = request
    const subscription = await client.call((stripe) => stripe.subscriptions.retrieve(subscriptionId))
    const items = [changedItem(subscription, request)]
    const ask = (details: Details) =>
      client.call((stripe) =>
        stripe.invoices.createPreview({
          subscription: subscriptionId,
          subscription_details: { items, ...details },
        }),
      )
    // Without prorations the next invoice is that of the renewal, at the new price.
    const next = await ask({ proration_behavior: 'none' })
    const now = request.when === 'now' ? await ask(prorated(request.at)) : null
    const { lines } = await wholeInvoice(now ?? next, client, names)
    return {
      currency: currencyOf(next.currency),
      dueNowMinor: now ? dueOf(now) : 0,
      nextTotalMinor: next.total,
      nextAt: nextAt(subscription, now),
      lines,
      prorationAt: request.at,
    }
  },
})

const prorated = (at: Date): Details => ({
  proration_behavior: 'always_invoice',
  proration_date: secondsOf(at),
})

/** `amount_due` takes the balance into account, but never falls below nothing. */
const dueOf = ({ total, amount_due: due }: Stripe.Invoice): number => (total < 0 ? total : due)

/** A change of the interval begins a new period at once; else the present one goes on. */
function nextAt(subscription: Stripe.Subscription, now: Stripe.Invoice | null): ChangePreview['nextAt'] {
  const present = planItem(subscription).current_period_end
  const ends = now?.lines.data.map(({ period }) => period.end) ?? []
  return instantOf(Math.max(ends.length > 0 ? Math.max(...ends) : 0, present))
}
