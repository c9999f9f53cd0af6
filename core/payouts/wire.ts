import * as z from 'zod/mini'
import { CurrencyCode, Minor, OrganisationRef, OwnPath, Time } from '../billing/wire-fields.ts'
import { isId } from '../run/id.ts'

export const PayeeRequest = z.strictObject({
  /** ISO 3166-1 alpha-2: where the payee's bank account and tax are. It stays. */
  country: z.string().check(z.regex(/^[A-Z]{2}$/, 'must be a country code of ISO 3166-1 such as DE')),
  organisationId: z.optional(OrganisationRef),
})
export type PayeeRequest = z.infer<typeof PayeeRequest>
export const Payee = z.object({
  customerId: z.string(),
  country: z.string(),
  /** `asked`: the provider has not answered yet. `onboarding`: it still wants to know something. */
  status: z.enum(['asked', 'onboarding', 'active', 'closed']),
  payoutsEnabled: z.boolean(),
  /** What the provider wants to know, in its own words. */
  requirements: z.array(z.string()),
  createdAt: Time,
})
export type Payee = z.infer<typeof Payee>

export const OnboardingRequest = z.strictObject({
  organisationId: z.optional(OrganisationRef),
  returnPath: z.optional(OwnPath),
})
export type OnboardingRequest = z.infer<typeof OnboardingRequest>
export const OnboardingStarted = z.object({ url: z.string() })
export type OnboardingStarted = z.infer<typeof OnboardingStarted>

export const PayeeTransferRequest = z.strictObject({
  customerId: z.string().check(z.refine((id) => isId('bcu', id), 'must be the id of a payee: bcu_...')),
  amountMinor: z.int().check(z.gte(1, 'must be at least 1'), z.lte(99_999_999, 'may be 99999999 at most')),
  currency: CurrencyCode,
})
export type PayeeTransferRequest = z.infer<typeof PayeeTransferRequest>
export const PayeeTransfer = z.object({
  id: z.string(),
  /** `asked`: the provider has not answered yet, and is asked again until it does. */
  state: z.enum(['asked', 'sent', 'reversed']),
  currency: CurrencyCode,
  amountMinor: Minor,
  reversedMinor: Minor,
  createdAt: Time,
})
export type PayeeTransfer = z.infer<typeof PayeeTransfer>
export const PayeeTransferPage = z.object({
  items: z.array(PayeeTransfer),
  nextCursor: z.optional(z.string()),
})
export type PayeeTransferPage = z.infer<typeof PayeeTransferPage>

export const Payout = z.object({
  id: z.string(),
  status: z.enum(['pending', 'in_transit', 'paid', 'failed', 'canceled']),
  currency: CurrencyCode,
  amountMinor: Minor,
  failureCode: z.nullable(z.string()),
  arrivalAt: Time,
  createdAt: Time,
})
export type Payout = z.infer<typeof Payout>
export const PayoutPage = z.object({ items: z.array(Payout), nextCursor: z.optional(z.string()) })
export type PayoutPage = z.infer<typeof PayoutPage>
