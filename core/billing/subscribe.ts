import type { Db } from '../ports/database.ts'
import type { Actor } from '../run/actor.ts'
import type { Context } from '../run/context.ts'
import type { BillingOperationId } from '../run/id.ts'
import { type Payer, payerFor } from './billing-can.ts'
import { type KnownCustomer, knownCustomer } from './customers.ts'
import { meteredParts } from './metered-parts.ts'
import { isRunning, type KeptCheckout, RETURN_PATH, SUBSCRIBE } from './model.ts'
import { closeEarlier, whileHeld } from './one-checkout.ts'
import { onceAtProvider } from './operations.ts'
import { alreadySubscribed, badField, throughProvider } from './problems.ts'
import type { RefetchNeeds } from './refetch.ts'
import { type Sale, salePrice } from './sale-price.ts'
import { showSubscriptions } from './show-subscription.ts'
import { type SubscriptionRow, subscriptionsOf } from './store.ts'
import type { CheckoutStarted, SubscribeRequest } from './wire.ts'

/**
 * Starts a checkout at the provider (https://docs.stripe.com/payments/checkout). Nothing is granted by it: the
 * subscription, fetched from the provider, grants. The same key gets the same checkout again; another one closes the
 * customer's checkouts of before.
 */
export async function subscribe(
  uses: RefetchNeeds,
  ctx: Context,
  actor: Actor,
  { body, key }: { readonly body: SubscribeRequest; readonly key: string },
): Promise<CheckoutStarted> {
  const payer = await payerFor(uses, actor, body.organisationId)
  const sale = await salePrice(uses, { ...body, audience: audienceOf(payer), where: 'body' })
  const customer = await throughProvider(knownCustomer(uses, payer))
  const provider = uses.payments.of(customer.provider)
  // Before the operation is written, and again when one whose answer was lost is asked once more.
  const makeWay = async (operationId: BillingOperationId) => {
    await closeEarlier(uses, ctx, { customer, operationId })
    await refuseSecond(uses.db, await subscriptionsOf(uses.db, customer), sale)
  }
  const intent = { customerId: customer.id, kind: SUBSCRIBE, key, asked: body }
  const { id, result } = await whileHeld(uses, customer, () =>
    onceAtProvider(uses, intent, {
      prepare: async (operationId) => {
        await makeWay(operationId)
        return checkoutRequest(uses, { customer, sale, body, operationId })
      },
      call: async (request, idempotencyKey): Promise<KeptCheckout> => {
        await makeWay(idempotencyKey)
        const checkout = await provider.startCheckout({ ...request, idempotencyKey })
        return { checkoutId: checkout.id, url: checkout.url, expiresAt: checkout.expiresAt.toISOString() }
      },
    }),
  )
  return { checkoutUrl: result.url, expiresAt: result.expiresAt, operationId: id }
}

const audienceOf = (payer: Payer) => ('userId' in payer ? 'viewer' : 'organisation')

interface Wish {
  readonly customer: KnownCustomer
  readonly sale: Sale
  readonly body: SubscribeRequest
  readonly operationId: BillingOperationId
}

async function checkoutRequest({ db, config }: RefetchNeeds, { customer, sale, body, operationId }: Wish) {
  const had = await subscriptionsOf(db, customer)
  const metered = await meteredParts(db, sale, sale.currency)
  if (!metered) throw badField('body.currency', 'not_sold', 'is none in which use is billed')
  const fallback = RETURN_PATH[sale.plan.audience]
  return {
    customerId: customer.providerId,
    priceId: sale.price.id,
    quantity: body.quantity ?? 1,
    currency: sale.currency,
    // Once a customer: whoever had a trial pays from the first day.
    trialDays: had.some(({ trialEnd }) => trialEnd !== null) ? null : sale.price.trialDays,
    meteredPriceIds: metered.map(({ id }) => id),
    successUrl: returnUrl(config, body.successPath ?? fallback, operationId),
    cancelUrl: returnUrl(config, body.cancelPath ?? fallback),
    reference: operationId,
    automaticTax: config.taxBy === 'stripe',
  }
}

/** One running subscription an audience: a second one would be paid twice for the same. */
async function refuseSecond(db: Db, had: readonly SubscriptionRow[], { plan }: Sale): Promise<void> {
  const running = await showSubscriptions(
    db,
    had.filter(({ status }) => isRunning[status]),
  )
  const same = running.find((one) => one.plan === null || one.plan.audience === plan.audience)
  if (same) throw alreadySubscribed(same.id)
}

/** On our own origin, whatever the path says. */
export function returnUrl(
  { publicOrigin }: RefetchNeeds['config'],
  path: string,
  operationId?: string,
): string {
  const url = new URL(path, publicOrigin)
  if (url.origin !== new URL(publicOrigin).origin) throw new Error(`${path} leaves this site`)
  if (operationId !== undefined) url.searchParams.set('operation', operationId)
  return url.href
}
