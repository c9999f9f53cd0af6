import type { Operation, Store } from '../store.ts'
import { hasEnded } from './end.ts'
import { linked } from './links.ts'
import { page } from './listing.ts'
import type { Subscription } from './objects.ts'
import { allOf, find, need } from './objects-in-store.ts'
import { allowList, text } from './params.ts'

const retrieve: Operation = {
  method: 'GET',
  path: '/v1/subscriptions/:id',
  run: (store, { path }) => need(store, 'subscription', path.id),
}

const list: Operation = {
  method: 'GET',
  path: '/v1/subscriptions',
  run(store, { params }) {
    allowList(params, ['customer', 'status', 'price', 'test_clock', 'collection_method'])
    const customer = text(params, 'customer')
    const status = text(params, 'status')
    const price = text(params, 'price')
    const found = customer === undefined ? allOf(store, 'subscription') : ofCustomer(store, customer)
    return page(
      params,
      '/v1/subscriptions',
      found.filter((each) => isListed(each, status) && (!price || hasPrice(each, price))),
    )
  },
}

const ofCustomer = (store: Store, customer: string): Subscription[] =>
  linked(store, 'subscriptions', customer)
    .map((id) => find(store, 'subscription', id))
    .filter((each) => each !== undefined)

const hasPrice = (subscription: Subscription, price: string): boolean =>
  subscription.items.data.some((item) => item.price.id === price)

/** Without a status all that are not canceled; `all` has them too. */
function isListed(subscription: Subscription, status: string | undefined): boolean {
  if (status === undefined) return subscription.status !== 'canceled'
  if (status === 'ended') return hasEnded(subscription)
  return status === 'all' || subscription.status === status
}

export const subscriptionLists: readonly Operation[] = [retrieve, list]
