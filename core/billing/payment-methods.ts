import { notFound } from '../http/problem.ts'
import type { Uses } from '../ports/ports.ts'
import type { Actor } from '../run/actor.ts'
import type { Context } from '../run/context.ts'
import { payerFor } from './billing-can.ts'
import { findCustomer, isKnown, type KnownCustomer, knownCustomer } from './customers.ts'
import { throughProvider } from './problems.ts'
import { type RefetchNeeds, refetch } from './refetch.ts'
import { paymentMethodFor, paymentMethodsOf } from './store.ts'
import type { OfOrganisation } from './wire.ts'
import type { DefaultMethodRequest, PaymentMethodList, SetupStarted } from './wire-payments.ts'

/** What whoever pays can pay with. Of a card its last four digits: more of it never comes here. */
export async function listPaymentMethods(
  { db }: Uses<'db'>,
  actor: Actor,
  { organisationId }: OfOrganisation,
): Promise<PaymentMethodList> {
  const customer = await findCustomer(db, await payerFor({ db }, actor, organisationId))
  return isKnown(customer) ? shown(db, customer) : { items: [] }
}

async function shown(db: Uses<'db'>['db'], customer: KnownCustomer): Promise<PaymentMethodList> {
  const rows = await paymentMethodsOf(db, customer)
  const items = rows.map(({ id, type, brand, last4, expiryMonth, expiryYear }) => ({
    ...{ id, type, brand, last4, expiryMonth, expiryYear },
    isDefault: id === customer.defaultMethodId,
  }))
  return { items }
}

/** Begins to store a method (https://docs.stripe.com/payments/save-and-reuse). It moves no money, so a lost answer costs nothing. */
export async function startSetup(
  uses: Uses<'db' | 'clock' | 'ids' | 'payments'>,
  actor: Actor,
  { organisationId, key }: OfOrganisation & { readonly key: string | undefined },
): Promise<SetupStarted> {
  const payer = await payerFor(uses, actor, organisationId)
  const { id: ours, provider, providerId: customerId } = await throughProvider(knownCustomer(uses, payer))
  const idempotencyKey = `setup:${ours}:${key ?? uses.ids.uuid()}`
  const begun = uses.payments.of(provider).startSetup({ customerId, idempotencyKey })
  const { id, clientSecret } = await throughProvider(begun)
  return { id, clientSecret }
}

/** Pays with this one from now on. 404 for one of somebody else. */
export async function setDefaultMethod(
  uses: RefetchNeeds,
  ctx: Context,
  actor: Actor,
  { methodId, organisationId }: DefaultMethodRequest,
): Promise<PaymentMethodList> {
  const payer = await payerFor(uses, actor, organisationId)
  const { customer } = await paymentMethodFor(uses, actor, methodId)
  if ((await findCustomer(uses.db, payer))?.id !== customer.id) throw notFound('payment method')
  const { provider, providerId: customerId } = customer
  await throughProvider(uses.payments.of(provider).setDefaultPaymentMethod({ customerId, methodId }))
  await refetch(uses, ctx, { provider, kind: 'customer', id: customerId })
  const now = await findCustomer(uses.db, payer)
  return isKnown(now) ? shown(uses.db, now) : { items: [] }
}

/** Takes a method away from its customer. 404 for one of somebody else, and for one that is gone. */
export async function removeMethod(
  uses: RefetchNeeds,
  ctx: Context,
  actor: Actor,
  id: string | undefined,
): Promise<void> {
  const { row, customer } = await paymentMethodFor(uses, actor, id)
  const { provider } = row
  await throughProvider(uses.payments.of(provider).detachPaymentMethod(row.id))
  await refetch(uses, ctx, { provider, kind: 'payment-method', id: row.id })
  if (customer.defaultMethodId === row.id)
    await refetch(uses, ctx, { provider, kind: 'customer', id: customer.providerId })
}
