import { and, asc, eq } from 'drizzle-orm'
import { DEFAULT_LIMIT, toPage } from '../http/page.ts'
import type { Db } from '../ports/database.ts'
import type { Uses } from '../ports/ports.ts'
import type { Actor } from '../run/actor.ts'
import { payerFor } from './billing-can.ts'
import { findCustomer, wasKnown } from './customers.ts'
import { invoiceLines } from './schema.ts'
import { iso } from './show-subscription.ts'
import { type InvoiceRow, invoiceFor, invoicesOf, placeKey, readPlace } from './store.ts'
import type { BillingPageQuery, Invoice, InvoiceLine, InvoicePage, InvoiceSummary } from './wire-payments.ts'

const LIST = 'invoices'

/** One page of whoever pays, newest first. Those that the provider deleted were drafts, and are not listed. */
export async function listInvoices(
  uses: Uses<'db'>,
  actor: Actor,
  { organisationId, limit = DEFAULT_LIMIT, cursor }: BillingPageQuery,
): Promise<InvoicePage> {
  const before = readPlace(cursor, LIST)
  const customer = await findCustomer(uses.db, await payerFor(uses, actor, organisationId))
  if (!wasKnown(customer)) return { items: [] }
  const rows = await invoicesOf(uses.db, customer, { before, limit: limit + 1 })
  const { items, nextCursor } = toPage(rows, limit, { list: LIST, key: placeKey, item: summary })
  return { items: [...items], ...(nextCursor === undefined ? {} : { nextCursor }) }
}

/** An invoice with its lines and the tax on each. 404 for one that the actor may not see. */
export async function showInvoice(uses: Uses<'db'>, actor: Actor, id: string | undefined): Promise<Invoice> {
  const { row } = await invoiceFor(uses, actor, id)
  return { ...summary(row), lines: await linesOf(uses.db, row) }
}

async function linesOf(db: Db, { provider, id }: InvoiceRow): Promise<InvoiceLine[]> {
  const rows = await db
    .select()
    .from(invoiceLines)
    .where(and(eq(invoiceLines.provider, provider), eq(invoiceLines.invoiceId, id)))
    .orderBy(asc(invoiceLines.position), asc(invoiceLines.id))
  return rows.map(showLine)
}

interface LineFacts extends Omit<InvoiceLine, 'periodStart' | 'periodEnd'> {
  readonly periodStart: Date
  readonly periodEnd: Date
}
/** Of an invoice, or of the preview of one. */
export function showLine(line: LineFacts): InvoiceLine {
  const { description, amountMinor, taxMinor, quantity, priceId, proration, meter } = line
  const period = { periodStart: iso(line.periodStart), periodEnd: iso(line.periodEnd) }
  return { description, amountMinor, taxMinor, quantity, priceId, proration, meter, ...period }
}

function summary(row: InvoiceRow): InvoiceSummary {
  const { id, number, subscriptionId, status, reason, currency, subtotalMinor, taxMinor, totalMinor } = row
  const { amountDueMinor, amountPaidMinor, amountRemainingMinor, creditAppliedMinor, creditNotesMinor } = row
  const { paidOutOfBand, attemptCount, lastFailure, hostedUrl, pdfUrl } = row
  return {
    ...{ id, number, subscriptionId, status, reason, currency, subtotalMinor, taxMinor, totalMinor },
    ...{ amountDueMinor, amountPaidMinor, amountRemainingMinor, creditAppliedMinor, creditNotesMinor },
    ...{ paidOutOfBand, attemptCount, lastFailure, hostedUrl, pdfUrl },
    nextAttemptAt: iso(row.nextAttemptAt),
    periodStart: iso(row.periodStart),
    periodEnd: iso(row.periodEnd),
    dueAt: iso(row.dueAt),
    createdAt: iso(row.createdAt),
    finalizedAt: iso(row.finalizedAt),
    paidAt: iso(row.paidAt),
  }
}
