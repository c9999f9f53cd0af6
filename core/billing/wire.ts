import * as z from 'zod/mini'
import { isCountry } from '../catalog/countries.ts'
import { line } from '../http/text.ts'
import {
  Audience,
  CurrencyCode,
  IntervalName,
  Minor,
  OrganisationRef,
  OwnPath,
  ProviderId,
  Quantity,
  Time,
} from './wire-fields.ts'
import { InvoiceLine } from './wire-payments.ts'

/** For an organisation in place of oneself. */
export const OfOrganisation = z.strictObject({ organisationId: z.optional(OrganisationRef) })
export type OfOrganisation = z.infer<typeof OfOrganisation>
export const PlanQuery = z.strictObject({
  currency: z.optional(CurrencyCode),
  audience: z.optional(Audience),
})
export type PlanQuery = z.infer<typeof PlanQuery>
export const PlanPrice = z.object({
  id: z.string(),
  /** The same across accounts: `premium-month`. */
  key: z.nullable(z.string()),
  currency: CurrencyCode,
  /** Null where it is finer than the smallest unit: then `amountDecimal` says it. */
  amountMinor: z.nullable(Minor),
  /** Of the smallest unit, as decimal text: `0.25` cents. */
  amountDecimal: z.nullable(z.string()),
  interval: z.nullable(IntervalName),
  intervalCount: z.int(),
  trialDays: z.nullable(z.int()),
  /** Amounts in all currencies that it is sold in, this one too. */
  currencies: z.record(z.string(), Minor),
})
export type PlanPrice = z.infer<typeof PlanPrice>
/** Billed by use, along with any other price of the plan: `amountDecimal` a unit of what the meter counts. */
export const MeteredPart = z.object({
  priceId: z.string(),
  meter: z.string(),
  currency: CurrencyCode,
  amountDecimal: z.nullable(z.string()),
  interval: z.nullable(IntervalName),
})
export const Plan = z.object({
  id: z.string(),
  key: z.nullable(z.string()),
  name: z.string(),
  description: z.string(),
  audience: Audience,
  features: z.array(z.string()),
  prices: z.array(PlanPrice),
  metered: z.array(MeteredPart),
})
export type Plan = z.infer<typeof Plan>
export const PlanList = z.object({ items: z.array(Plan) })
export type PlanList = z.infer<typeof PlanList>

export const QuoteQuery = z.strictObject({
  priceId: ProviderId,
  quantity: z.optional(z.string().check(z.regex(/^[1-9]\d{0,4}$/, 'must be a whole number from 1'))),
  currency: z.optional(CurrencyCode),
  country: z.string().check(z.refine(isCountry, 'must be a country code of ISO 3166-1 alpha-2 such as DE')),
  region: z.optional(
    z.string().check(z.regex(/^[A-Z0-9]{1,3}$/, 'must be the part of ISO 3166-2 after the dash')),
  ),
  postalCode: z.optional(line(1, 20)),
  taxId: z.optional(
    z.string().check(z.regex(/^[A-Z]{2}[A-Z0-9.+* -]{2,20}$/, 'must be a tax number such as DE123456789')),
  ),
})
export type QuoteQuery = z.infer<typeof QuoteQuery>
export const Quote = z.object({
  priceId: z.string(),
  currency: CurrencyCode,
  netMinor: Minor,
  taxMinor: Minor,
  grossMinor: Minor,
  /** `19`, `8.875`. */
  ratePercent: z.string(),
  taxName: z.string(),
  reason: z.enum(['standard', 'reverse-charge', 'not-collecting', 'zero-rated']),
})
export type Quote = z.infer<typeof Quote>

export const SubscribeRequest = z.strictObject({
  priceId: ProviderId,
  quantity: z.optional(Quantity),
  currency: z.optional(CurrencyCode),
  organisationId: z.optional(OrganisationRef),
  /** `?operation=bop_...` is put to it: ask GET /v1/billing/checkout/:operationId there. */
  successPath: z.optional(OwnPath),
  cancelPath: z.optional(OwnPath),
})
export type SubscribeRequest = z.infer<typeof SubscribeRequest>
/** Send the browser to `checkoutUrl`. */
export const CheckoutStarted = z.object({ checkoutUrl: z.string(), expiresAt: Time, operationId: z.string() })
export type CheckoutStarted = z.infer<typeof CheckoutStarted>
export const CheckoutState = z.object({
  operationId: z.string(),
  /** `pending`: paid later or not told yet, ask again. */
  status: z.enum(['pending', 'paid', 'failed', 'expired']),
  subscriptionId: z.nullable(z.string()),
})
export type CheckoutState = z.infer<typeof CheckoutState>

export const SubscriptionStatusName = z.enum([
  'incomplete',
  'incomplete_expired',
  'trialing',
  'active',
  'past_due',
  'unpaid',
  'paused',
  'canceled',
])
export const Subscription = z.object({
  id: z.string(),
  status: SubscriptionStatusName,
  plan: z.nullable(
    z.object({ id: z.string(), key: z.nullable(z.string()), name: z.string(), audience: Audience }),
  ),
  /** Null where it holds no price of a fixed amount. */
  priceId: z.nullable(z.string()),
  quantity: z.int(),
  currency: CurrencyCode,
  /** A period, without what is billed by use and without tax. */
  amountMinor: z.nullable(Minor),
  interval: z.nullable(IntervalName),
  intervalCount: z.nullable(z.int()),
  meters: z.array(z.string()),
  periodStart: Time,
  periodEnd: Time,
  trialEnd: z.nullable(Time),
  startedAt: Time,
  cancelAtPeriodEnd: z.boolean(),
  cancelAt: z.nullable(Time),
  canceledAt: z.nullable(Time),
  endedAt: z.nullable(Time),
  /** A change that comes at the period's end. */
  pending: z.nullable(z.object({ priceId: z.string(), planName: z.nullable(z.string()), at: Time })),
  /** While an invoice of it is unpaid: how far its collection is, and when the next step comes. */
  dunning: z.nullable(
    z.object({ stage: z.string(), keepsAccess: z.boolean(), deadlineAt: z.nullable(Time) }),
  ),
})
export type Subscription = z.infer<typeof Subscription>
export const SubscriptionList = z.object({ items: z.array(Subscription) })
export type SubscriptionList = z.infer<typeof SubscriptionList>
export const ChangeRequest = z.strictObject({
  priceId: ProviderId,
  quantity: z.optional(Quantity),
  /** `now`: with proration. `period-end`: from the next period on. */
  when: z.enum(['now', 'period-end']),
  /** Of a preview, at most an hour old: then a change `now` costs what was shown. */
  prorationAt: z.optional(Time),
})
export type ChangeRequest = z.infer<typeof ChangeRequest>
export const CancelRequest = z.strictObject({ when: z.enum(['now', 'period-end']) })
export type CancelRequest = z.infer<typeof CancelRequest>

export const ChangePreview = z.object({
  currency: CurrencyCode,
  /** Charged at once; negative is credit. */
  dueNowMinor: Minor,
  nextTotalMinor: Minor,
  nextAt: Time,
  prorationAt: Time,
  lines: z.array(InvoiceLine),
})
export type ChangePreview = z.infer<typeof ChangePreview>

/** What a person's own subscriptions and those of their organisations open. */
export const Entitlements = z.object({ features: z.array(z.string()) })
export type Entitlements = z.infer<typeof Entitlements>
