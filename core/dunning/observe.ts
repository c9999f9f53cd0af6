import { sql } from 'drizzle-orm'
import type { Applying } from '../billing/applying.ts'
import type { DisputeObject, InvoiceObject, SubscriptionObject } from '../billing/provider-objects.ts'
import {
  type CaseRow,
  caseOfInvoice,
  lockCases,
  openCase,
  runningOfCustomer,
  runningOfSubscription,
  type Stepping,
  writeStep,
} from './cases.ts'
import { isDisputed, openInvoicesOf, payerOf, subscriptionOf } from './mirror.ts'
import { nextStep, type Occurrence } from './model.ts'
import {
  DISPUTED,
  hasFailed,
  type InvoiceFacts,
  isCanceling,
  isCollectable,
  type SubscriptionFacts,
  saysInvoice,
  saysSubscription,
} from './occurrences.ts'

/**
 * An invoice of a subscription that could not be charged opens a case, once its subscription is known to run; paid, voided
 * and given up it moves the case that there is.
 */
export async function observeInvoice(at: Applying, invoice: InvoiceObject): Promise<void> {
  const { subscriptionId } = invoice
  if (subscriptionId === null) return
  if (hasFailed(invoice)) await oneAtATime(at, subscriptionId)
  const [row] = await lockCases(at.tx, caseOfInvoice(at.provider, invoice.id))
  if (row) return void (await occur(at, row, saysInvoice(invoice)))
  if (!hasFailed(invoice)) return
  const subscription = await subscriptionOf(at, subscriptionId)
  if (subscription) await openFor(at, subscription, { ...invoice, invoiceId: invoice.id, subscriptionId })
}

/** An end of the subscription stops its cases. One that runs opens cases for invoices that came before it. */
export async function observeSubscription(at: Applying, subscription: SubscriptionObject): Promise<void> {
  const { id, customerId } = subscription
  await oneAtATime(at, id)
  for (const row of await lockCases(at.tx, runningOfSubscription(at.provider, id)))
    await occur(at, row, saysSubscription(subscription))
  if (!isCollectable(subscription)) return
  const failed = (await openInvoicesOf(at, id)).filter(hasFailed)
  for (const invoice of failed)
    await openFor(at, subscription, { ...invoice, invoiceId: invoice.id, subscriptionId: id, customerId })
}

/** Whoever disputes a payment is not reminded of another one. A payment that came later is found by the timer. */
export async function observeDispute(at: Applying, dispute: DisputeObject): Promise<void> {
  if (!DISPUTED.includes(dispute.status) && dispute.status !== 'lost') return
  const payer = await payerOf(at, dispute.paymentId)
  if (payer === undefined) return
  const rows = await lockCases(at.tx, runningOfCustomer(at.provider, payer))
  // A dispute that was lost before says nothing about this invoice.
  const about = rows.filter((row) => dispute.status !== 'lost' || dispute.createdAt >= row.openedAt)
  for (const row of about) await occur(at, row, ['disputed'])
}

/** Takes the steps that these occurrences lead to, in order; answers the case as it is then. */
export async function occur(
  at: Stepping,
  row: CaseRow,
  occurrences: readonly Occurrence[],
): Promise<CaseRow> {
  let current = row
  for (const occurrence of occurrences) {
    const step = nextStep(current, occurrence, at.now)
    if (step) current = await writeStep(at, current, step)
  }
  return current
}

interface Failed extends InvoiceFacts {
  readonly invoiceId: string
  readonly subscriptionId: string
  readonly customerId: string
}

async function openFor(at: Applying, subscription: SubscriptionFacts, invoice: Failed): Promise<void> {
  const { invoiceId, subscriptionId, customerId, nextAttemptAt } = invoice
  if (!isCollectable(subscription) || (await isDisputed(at, customerId, at.now))) return
  await openCase(at, {
    provider: at.provider,
    invoiceId,
    subscriptionId,
    providerCustomerId: customerId,
    providerRetries: nextAttemptAt !== null,
    canceling: isCanceling(subscription),
  })
}

/** Invoice and subscription are written side by side: without this neither might see the other, and no case would open. */
async function oneAtATime({ tx, provider }: Applying, subscriptionId: string): Promise<void> {
  const name = `dunning ${provider} ${subscriptionId}`
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`)
}
