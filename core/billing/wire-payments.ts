import * as z from 'zod/mini'
import { pageQuery } from '../http/page.ts'
import { line } from '../http/text.ts'
import { CurrencyCode, Minor, OrganisationRef, OwnPath, ProviderId, Time } from './wire-fields.ts'

export const BillingPageQuery = z.strictObject({ ...pageQuery, organisationId: z.optional(OrganisationRef) })
export type BillingPageQuery = z.infer<typeof BillingPageQuery>

export const InvoiceLine = z.object({
  description: z.string(),
  amountMinor: Minor,
  taxMinor: Minor,
  quantity: z.nullable(z.int()),
  priceId: z.nullable(z.string()),
  periodStart: Time,
  periodEnd: Time,
  proration: z.boolean(),
  meter: z.nullable(z.string()),
})
export type InvoiceLine = z.infer<typeof InvoiceLine>
const invoiceFacts = {
  id: z.string(),
  number: z.nullable(z.string()),
  subscriptionId: z.nullable(z.string()),
  status: z.enum(['draft', 'open', 'paid', 'void', 'uncollectible']),
  reason: z.string(),
  currency: CurrencyCode,
  subtotalMinor: Minor,
  taxMinor: Minor,
  totalMinor: Minor,
  amountDueMinor: Minor,
  amountPaidMinor: Minor,
  amountRemainingMinor: Minor,
  creditAppliedMinor: Minor,
  creditNotesMinor: Minor,
  paidOutOfBand: z.boolean(),
  attemptCount: z.int(),
  nextAttemptAt: z.nullable(Time),
  lastFailure: z.nullable(z.object({ code: z.string(), message: z.string() })),
  hostedUrl: z.nullable(z.string()),
  pdfUrl: z.nullable(z.string()),
  periodStart: Time,
  periodEnd: Time,
  dueAt: z.nullable(Time),
  createdAt: Time,
  finalizedAt: z.nullable(Time),
  paidAt: z.nullable(Time),
}
export const InvoiceSummary = z.object(invoiceFacts)
export type InvoiceSummary = z.infer<typeof InvoiceSummary>
export const Invoice = z.object({ ...invoiceFacts, lines: z.array(InvoiceLine) })
export type Invoice = z.infer<typeof Invoice>
export const InvoicePage = z.object({ items: z.array(InvoiceSummary), nextCursor: z.optional(z.string()) })
export type InvoicePage = z.infer<typeof InvoicePage>

export const PaymentMethod = z.object({
  id: z.string(),
  type: z.string(),
  brand: z.nullable(z.string()),
  last4: z.nullable(z.string()),
  expiryMonth: z.nullable(z.int()),
  expiryYear: z.nullable(z.int()),
  isDefault: z.boolean(),
})
export type PaymentMethod = z.infer<typeof PaymentMethod>
export const PaymentMethodList = z.object({ items: z.array(PaymentMethod) })
export type PaymentMethodList = z.infer<typeof PaymentMethodList>
/** The browser stores the method at the provider with the secret; its number never passes through this API. */
export const SetupStarted = z.object({ id: z.string(), clientSecret: z.string() })
export type SetupStarted = z.infer<typeof SetupStarted>
export const DefaultMethodRequest = z.strictObject({
  methodId: ProviderId,
  organisationId: z.optional(OrganisationRef),
})
export type DefaultMethodRequest = z.infer<typeof DefaultMethodRequest>

export const PortalRequest = z.strictObject({
  organisationId: z.optional(OrganisationRef),
  returnPath: z.optional(OwnPath),
})
export type PortalRequest = z.infer<typeof PortalRequest>
export const PortalOpened = z.object({ url: z.string() })
export type PortalOpened = z.infer<typeof PortalOpened>

export const PaymentRequest = z.strictObject({
  amountMinor: z.int().check(z.gte(1, 'must be at least 1'), z.lte(99_999_999, 'may be 99999999 at most')),
  currency: CurrencyCode,
  description: line(1, 200),
  organisationId: z.optional(OrganisationRef),
})
export type PaymentRequest = z.infer<typeof PaymentRequest>
export const PaymentStarted = z.object({
  id: z.string(),
  clientSecret: z.string(),
  operationId: z.string(),
})
export type PaymentStarted = z.infer<typeof PaymentStarted>
export const Refund = z.object({
  id: z.string(),
  paymentId: z.string(),
  /** `asked`: the provider has not answered yet. */
  status: z.enum(['asked', 'pending', 'requires_action', 'succeeded', 'failed', 'canceled']),
  currency: CurrencyCode,
  amountMinor: Minor,
  reason: z.nullable(z.string()),
  createdAt: Time,
})
export type Refund = z.infer<typeof Refund>
export const RefundRequest = z.strictObject({
  /** Left out: all that is left of the payment. */
  amountMinor: z.optional(z.int().check(z.gte(1, 'must be at least 1'))),
  reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer']),
})
export type RefundRequest = z.infer<typeof RefundRequest>
export const Payment = z.object({
  id: z.string(),
  invoiceId: z.nullable(z.string()),
  status: z.enum([
    'requires_payment_method',
    'requires_confirmation',
    'requires_action',
    'processing',
    'requires_capture',
    'succeeded',
    'canceled',
    'failed',
  ]),
  currency: CurrencyCode,
  amountMinor: Minor,
  capturedMinor: Minor,
  refundedMinor: Minor,
  disputed: z.boolean(),
  methodId: z.nullable(z.string()),
  receiptUrl: z.nullable(z.string()),
  createdAt: Time,
  attempts: z.array(
    z.object({
      id: z.string(),
      status: z.enum(['succeeded', 'pending', 'failed']),
      amountMinor: Minor,
      failureCode: z.nullable(z.string()),
      failureMessage: z.nullable(z.string()),
      at: Time,
    }),
  ),
  refunds: z.array(Refund),
})
export type Payment = z.infer<typeof Payment>
export const PaymentPage = z.object({ items: z.array(Payment), nextCursor: z.optional(z.string()) })
export type PaymentPage = z.infer<typeof PaymentPage>
