import * as z from 'zod/mini'
import { isId } from '../run/id.ts'

// Amounts are whole numbers of the currency's smallest unit (`core/billing/money.ts` says how many digits that are), times
// are ISO 8601. Ids of plans, prices, subscriptions, invoices and payments are the payment provider's.
export const Time = z.iso.datetime()
export const Minor = z.int()
export const CurrencyCode = z
  .string()
  .check(z.regex(/^[a-z]{3}$/, 'must be a currency code of ISO 4217 in lower case such as eur'))
export const ProviderId = z.string().check(z.regex(/^[\w-]{1,100}$/, 'must be an id as this API names it'))
export const OrganisationRef = z
  .string()
  .check(z.refine((id) => isId('org', id), 'must be the id of an organisation: org_...'))
export const Quantity = z.int().check(z.gte(1, 'must be at least 1'), z.lte(100_000, 'may be 100000 at most'))
/** Where a browser comes back to. On this very origin: whatever else a client names would be an open redirect. */
export const OwnPath = z
  .string()
  .check(
    z.maxLength(500),
    z.regex(/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/, 'must be a path of this site such as /plans/'),
  )

export const Audience = z.enum(['viewer', 'organisation'])
export const IntervalName = z.enum(['day', 'week', 'month', 'year'])
