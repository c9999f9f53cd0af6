import { sql } from 'drizzle-orm'
import { applyObject } from '../../../core/billing/apply.ts'
import type { ProviderObject } from '../../../core/billing/provider-objects.ts'
import {
  aCustomer,
  aCustomerRow,
  anInvoice,
  anOrganisation,
  aPayment,
  aPrice,
  aProduct,
  aRefund,
  aSubscription,
  customerId,
  organisationId,
} from '../../../core/billing/testing/objects.ts'
import { rowsOf } from '../../../core/database/rows.ts'
import type { ListedKind } from '../../../core/ports/payments.ts'
import { type Difference, differences } from '../../../core/webhooks/diff.ts'
import { drainInbox } from '../../../core/webhooks/drain.ts'
import { LISTED_KINDS } from '../../../core/webhooks/mirror.ts'
import { reconcile } from '../../../core/webhooks/reconcile.ts'
import { openInbox } from './inbox.ts'

/** A subscription that was paid, and part of it paid back. */
export const LIFE: readonly ProviderObject[] = [
  aProduct(),
  aPrice(),
  aSubscription(),
  anInvoice(),
  aPayment(),
  aRefund({ amountMinor: 100 }),
]
export const provider = 'stripe'
export const never = new AbortController().signal

/** A clock that stands still but never makes anybody wait. */
export async function openMirror() {
  const column = await openInbox()
  const clock = { ...column.clock, sleep: async () => undefined }
  const ports = { ...column.ports, clock }
  const organisation = await anOrganisation(ports.db, organisationId(1))
  const known = { defaultMethodId: 'pm_1', country: 'DE' }
  await aCustomerRow(ports.db, { id: customerId(1), organisationId: organisation, ...known })
  column.provider.objects.set('cus_1', aCustomer({ reference: customerId(1) }))
  return { ...column, ports, [Symbol.asyncDispose]: () => column[Symbol.asyncDispose]() }
}
export type Mirror = Awaited<ReturnType<typeof openMirror>>

export const put = (column: Mirror, ...objects: readonly ProviderObject[]) => {
  for (const object of objects) column.provider.objects.set(object.id, object)
}
export const drain = (column: Mirror) => drainInbox(column.ports, column.ctx, { apply: applyObject })

/** All that the provider has is mirrored. */
export async function mended(column: Mirror): Promise<void> {
  put(column, ...LIFE)
  await reconcile(column.ports, never, { provider })
  await drain(column)
}
export async function diffOf(
  column: Mirror,
  kinds: readonly ListedKind[] = LISTED_KINDS,
): Promise<Difference[]> {
  const found: Difference[] = []
  // A second later: what was written in this very moment may be newer than the list.
  const clock = { ...column.ports.clock, now: () => new Date(column.clock.now().getTime() + 1000) }
  for (const kind of kinds)
    for await (const one of differences({ ...column.ports, clock }, { provider, kind }, never))
      found.push(one)
  return found
}
/** `product prod_1 missing-here` */
export const short = (found: readonly Difference[]) => found.map(({ kind, id, is }) => `${kind} ${id} ${is}`)
/** All that processing may change. */
export const mirrored = (column: Mirror) =>
  rowsOf(
    column.ports.db,
    sql`select (select jsonb_agg(s) from subscriptions s) s, (select jsonb_agg(i) from invoices i) i,
      (select jsonb_agg(l order by transaction_id, account) from ledger_entries l) l, (select count(*) from billing_effects) e`,
  )
