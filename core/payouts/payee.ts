import { and, eq, isNull } from 'drizzle-orm'
import { payerFor } from '../billing/billing-can.ts'
import { type CustomerRow, customerOf, findCustomer } from '../billing/customers.ts'
import { RETURN_PATH } from '../billing/model.ts'
import { throughProvider } from '../billing/problems.ts'
import { type RefetchNeeds, refetchSeldom } from '../billing/refetch.ts'
import { iso } from '../billing/show-subscription.ts'
import { returnUrl } from '../billing/subscribe.ts'
import { notFound } from '../http/problem.ts'
import type { Uses } from '../ports/ports.ts'
import type { Actor } from '../run/actor.ts'
import type { Context } from '../run/context.ts'
import { isClosed, isReplaceable, payeeStatus } from './model.ts'
import { payeeClosed, payeeExists, payeeNotReady } from './problems.ts'
import { payees } from './schema.ts'
import { findPayee, type PayeeRow, withAccount } from './store.ts'
import type { OnboardingRequest, OnboardingStarted, Payee, PayeeRequest } from './wire.ts'

type Whose = { readonly organisationId?: string | undefined }

/** While something is missing, the provider is asked about it this often at most. */
const LOOK_EVERY_MS = 10_000

/** Makes the account at the provider that the payee is paid to; once, and again after that one was closed. */
export async function becomePayee(
  uses: RefetchNeeds,
  ctx: Context,
  actor: Actor,
  { country, organisationId }: PayeeRequest,
): Promise<Payee> {
  const customer = await customerOf(uses, await payerFor(uses, actor, organisationId))
  const row = await rowFor(uses, customer, country)
  if (!isReplaceable(row)) {
    if (row.country !== country) throw payeeExists(row.country)
    return showPayee(row)
  }
  const made = await makeAccount(uses, { customer, row, country })
  const { provider, accountId: id } = made
  if (id !== null) await refetchSeldom(uses, ctx, { provider, kind: 'payee-account', id, everyMs: 60_000 })
  return showPayee((await findPayee(uses.db, customer.id)) ?? made)
}

/** The payee as they stand, asked of the provider while they are not paid out yet. 404 without one. */
export async function readPayee(
  uses: RefetchNeeds,
  ctx: Context,
  actor: Actor,
  { organisationId }: Whose,
): Promise<Payee> {
  const row = await payeeFor(uses, actor, organisationId)
  const { provider, accountId: id, payoutsEnabled } = row
  if (id === null || payoutsEnabled || isClosed(row)) return showPayee(row)
  await refetchSeldom(uses, ctx, { provider, kind: 'payee-account', id, everyMs: LOOK_EVERY_MS })
  return showPayee((await findPayee(uses.db, row.customerId)) ?? row)
}

/**
 * A page of the provider where payees say who they are (https://docs.stripe.com/connect/hosted-onboarding). It is good for
 * one visit: `onboarding=again` at the return tells that it was too old.
 */
export async function startOnboarding(
  uses: RefetchNeeds,
  actor: Actor,
  { organisationId, returnPath = RETURN_PATH.organisation }: OnboardingRequest,
): Promise<OnboardingStarted> {
  const row = await payeeFor(uses, actor, organisationId)
  if (row.accountId === null) throw payeeNotReady()
  if (isClosed(row)) throw payeeClosed()
  const again = new URL(returnUrl(uses.config, returnPath))
  again.searchParams.set('onboarding', 'again')
  const request = { accountId: row.accountId, returnUrl: returnUrl(uses.config, returnPath) }
  const provider = uses.payments.of(row.provider)
  return throughProvider(provider.payeeOnboarding({ ...request, refreshUrl: again.href }))
}

/** The actor's own row, or that of the organisation that they name. */
export async function payeeFor(
  uses: Uses<'db'>,
  actor: Actor,
  organisationId: string | undefined,
): Promise<PayeeRow> {
  const customer = await findCustomer(uses.db, await payerFor(uses, actor, organisationId))
  const row = customer && (await findPayee(uses.db, customer.id))
  if (!row) throw notFound('payee')
  return row
}

async function rowFor(
  { db, clock, payments }: RefetchNeeds,
  { id: customerId }: CustomerRow,
  country: string,
): Promise<PayeeRow> {
  const row = { customerId, country, provider: payments.primary, createdAt: clock.now() }
  await db
    .insert(payees)
    .values({ ...row, payoutsEnabled: false, requirements: [] })
    .onConflictDoNothing()
  const found = await findPayee(db, customerId)
  if (!found) throw new Error(`payee ${customerId} was written and is not there`)
  return found
}

interface Making {
  readonly customer: CustomerRow
  readonly row: PayeeRow
  readonly country: string
}

/** A lost answer is asked for again under the same key; an account that is closed must not be given again. */
async function makeAccount({ db, payments }: RefetchNeeds, making: Making): Promise<PayeeRow> {
  const { customer, row, country } = making
  const { id } = await throughProvider(
    payments.of(row.provider).savePayeeAccount({
      ...{ reference: customer.id, email: customer.email, country },
      idempotencyKey: `payee:${customer.id}:${country}:${row.accountId ?? ''}`,
    }),
  )
  const asRead = row.accountId === null ? isNull(payees.accountId) : eq(payees.accountId, row.accountId)
  // The account's webhook may have been faster; then it wrote the same.
  await db
    .update(payees)
    .set({ ...withAccount(row, id), country, payoutsEnabled: false, requirements: [], syncedAt: null })
    .where(and(eq(payees.customerId, customer.id), asRead))
  return (await findPayee(db, customer.id)) ?? row
}

const showPayee = (row: PayeeRow): Payee => ({
  ...{ customerId: row.customerId, country: row.country, status: payeeStatus(row) },
  ...{ payoutsEnabled: row.payoutsEnabled, requirements: row.requirements, createdAt: iso(row.createdAt) },
})
