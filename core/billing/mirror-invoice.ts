import { and, eq } from 'drizzle-orm'
import type { Applying } from './applying.ts'
import { tell } from './effects.ts'
import { isStale } from './mirror-guard.ts'
import type { InvoiceObject } from './provider-objects.ts'
import { invoiceLines, invoices } from './schema.ts'

/** Writes the invoice as it is, with its lines. Answers whether it did: not over one that is paid or void. */
export async function mirrorInvoice(at: Applying, object: InvoiceObject): Promise<boolean> {
  const here = and(eq(invoices.provider, at.provider), eq(invoices.id, object.id))
  const [before] = await at.tx.select().from(invoices).where(here).for('update')
  if (before && isStale(at, 'invoice', before, object)) return false
  const row = rowOf(at, object)
  await at.tx
    .insert(invoices)
    .values(row)
    .onConflictDoUpdate({ target: [invoices.provider, invoices.id], set: row })
  await replaceLines(at, object)
  if (object.status === 'paid') await tellPaid(at, object)
  return true
}

/** A draft that was deleted at the provider. Nothing for one that was never seen. */
export async function deleteInvoice(at: Applying, id: string): Promise<void> {
  await at.tx
    .update(invoices)
    .set({ deletedAt: at.now, syncedAt: at.now })
    .where(and(eq(invoices.provider, at.provider), eq(invoices.id, id)))
}

function rowOf({ provider, now }: Applying, object: InvoiceObject): typeof invoices.$inferInsert {
  const { kind: _kind, livemode: _livemode, lines: _lines, customerId, payments, ...facts } = object
  const row = { ...facts, provider, providerCustomerId: customerId, payments: [...payments] }
  return { ...row, deletedAt: null, syncedAt: now }
}

async function replaceLines({ tx, provider }: Applying, { id, lines }: InvoiceObject): Promise<void> {
  await tx
    .delete(invoiceLines)
    .where(and(eq(invoiceLines.provider, provider), eq(invoiceLines.invoiceId, id)))
  const rows = lines.map((line, position) => ({ ...line, provider, invoiceId: id, position }))
  if (rows.length > 0) await tx.insert(invoiceLines).values(rows)
}

async function tellPaid(at: Applying, object: InvoiceObject): Promise<void> {
  const { id, customerId, currency, amountPaidMinor } = object
  await tell(at, {
    type: 'billing.invoice.paid',
    objectId: id,
    effect: 'paid',
    whose: { customer: customerId },
    data: { invoiceId: id, currency, amountMinor: amountPaidMinor },
  })
}
