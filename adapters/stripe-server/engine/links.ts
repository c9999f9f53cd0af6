import type { Store, StripeObject } from '../store.ts'

type Kind =
  | 'pending-items'
  | 'invoice-payments'
  | 'refunds'
  | 'disputes'
  | 'invoices'
  | 'subscriptions'
  | 'noticed'
  | 'credit-notes'
  | 'payouts'
interface Link extends StripeObject {
  ids: readonly string[]
}
const NONE: readonly string[] = []
const idOf = (kind: Kind, owner: string) => `link_${kind}_${owner}`

// What Stripe's objects do not tell of each other, and a search through all of them would cost too much to find. Kept as
// objects of the store, so that an operation that fails takes them back, and a restart finds them again.

/** Ids that belong to the owner, oldest first. */
export const linked = (store: Store, kind: Kind, owner: string): readonly string[] =>
  (store.get(idOf(kind, owner)) as Link | undefined)?.ids ?? NONE

export function link(store: Store, kind: Kind, owner: string, id: string): void {
  write(store, kind, owner, [...linked(store, kind, owner), id])
}

export function unlinkAll(store: Store, kind: Kind, owner: string, gone: ReadonlySet<string>): void {
  write(
    store,
    kind,
    owner,
    linked(store, kind, owner).filter((id) => !gone.has(id)),
  )
}

function write(store: Store, kind: Kind, owner: string, ids: readonly string[]): void {
  store.put({ id: idOf(kind, owner), object: 'skyreel.link', ids })
}
