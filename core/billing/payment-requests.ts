import type { Currency, Money } from './money.ts'
import type { InvoiceLine } from './provider-objects.ts'

/** One of the addresses that a provider sends webhooks to, with what it signs them with. */
export interface WebhookEndpoint {
  readonly id: string
  readonly secret: string
}

export interface CheckoutRequest {
  readonly customerId: string
  readonly priceId: string
  readonly quantity: number
  /** Of a price that has several. */
  readonly currency: Currency
  readonly trialDays: number | null
  /** Metered prices that are billed along with it. */
  readonly meteredPriceIds: readonly string[]
  readonly successUrl: string
  readonly cancelUrl: string
  readonly reference: string
  readonly automaticTax: boolean
  readonly idempotencyKey: string
}

export interface ChangeRequest {
  readonly subscriptionId: string
  readonly priceId: string
  readonly quantity: number
  readonly when: 'now' | 'period-end'
}

export interface ChangePreview {
  readonly currency: Currency
  /** Charged at once; negative is credit. */
  readonly dueNowMinor: number
  readonly nextTotalMinor: number
  readonly nextAt: Date
  readonly lines: readonly InvoiceLine[]
  /** Give it back to `changeSubscription` as `at`: the same proration. */
  readonly prorationAt: Date
}

export interface PlanDraft {
  readonly key: string
  readonly name: string
  readonly description: string
  readonly audience: 'viewer' | 'organisation'
  readonly features: readonly string[]
  readonly rank: number
  readonly prices: readonly {
    readonly key: string
    readonly interval: 'month' | 'year'
    readonly amounts: readonly Money[]
    readonly trialDays: number | null
    /** A metered price: amount per unit, counted by this meter. */
    readonly meter?: string
    /** Per unit, in minor units as decimal text, instead of the whole ones of `amounts`, which must be of one currency. */
    readonly unitAmountDecimal?: string
  }[]
}
