import { payerFor } from '../billing/billing-can.ts'
import { findCustomer } from '../billing/customers.ts'
import { iso } from '../billing/show-subscription.ts'
import { type PageOf, placeKey, readPlace } from '../billing/store.ts'
import type { BillingPageQuery } from '../billing/wire-payments.ts'
import { DEFAULT_LIMIT, toPage } from '../http/page.ts'
import type { Db } from '../ports/database.ts'
import type { Uses } from '../ports/ports.ts'
import type { Actor } from '../run/actor.ts'
import {
  findPayee,
  type PayeeRow,
  type PayoutRow,
  payoutsOf,
  type TransferRow,
  transfersOf,
} from './store.ts'
import type { PayeeTransfer, PayeeTransferPage, Payout, PayoutPage } from './wire.ts'

/** One page of what was sent to the payee's account, newest first. */
export const listTransfers = (
  uses: Uses<'db'>,
  actor: Actor,
  query: BillingPageQuery,
): Promise<PayeeTransferPage> =>
  pageFor(uses, actor, { query, list: 'payee-transfers', rowsOf: transfersOf, show: showTransfer })

/** One page of what went from the payee's account to their bank, newest first. */
export const listPayouts = (uses: Uses<'db'>, actor: Actor, query: BillingPageQuery): Promise<PayoutPage> =>
  pageFor(uses, actor, { query, list: 'payee-payouts', rowsOf: payoutsOf, show: showPayout })

interface Listing<R, T> {
  readonly query: BillingPageQuery
  readonly list: string
  rowsOf(db: Db, payee: PayeeRow, page: PageOf): Promise<R[]>
  show(row: R): T
}

async function pageFor<R extends { readonly createdAt: Date; readonly id: string }, T>(
  uses: Uses<'db'>,
  actor: Actor,
  { query, list, rowsOf, show }: Listing<R, T>,
): Promise<{ items: T[]; nextCursor?: string }> {
  const { organisationId, limit = DEFAULT_LIMIT, cursor } = query
  const before = readPlace(cursor, list)
  const customer = await findCustomer(uses.db, await payerFor(uses, actor, organisationId))
  const payee = customer && (await findPayee(uses.db, customer.id))
  if (!payee) return { items: [] }
  const rows = await rowsOf(uses.db, payee, { before, limit: limit + 1 })
  const { items, ...more } = toPage(rows, limit, { list, key: placeKey, item: show })
  return { items: [...items], ...more }
}

/** For whoever gets it. One that was refused is never shown. */
export function showTransfer(row: TransferRow): PayeeTransfer {
  const { id, state, currency, amountMinor, reversedMinor, createdAt } = row
  if (state === 'refused') throw new Error(`transfer ${id} was refused and is shown to nobody`)
  return { id, state, currency, amountMinor, reversedMinor, createdAt: iso(createdAt) }
}

function showPayout(row: PayoutRow): Payout {
  const { id, status, currency, amountMinor, failureCode, arrivalAt, createdAt } = row
  return {
    id,
    status,
    currency,
    amountMinor,
    failureCode,
    arrivalAt: iso(arrivalAt),
    createdAt: iso(createdAt),
  }
}
