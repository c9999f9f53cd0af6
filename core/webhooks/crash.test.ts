import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { openCrashingDatabase } from '../../adapters/local/testing/crashing-database.ts'
import { type InboxColumn, openInbox } from '../../adapters/local/testing/inbox.ts'
import { applyObject } from '../billing/apply.ts'
import type { ProviderEvent } from '../billing/provider-objects.ts'
import {
  aCustomerRow,
  anInvoice,
  anOrganisation,
  aSubscription,
  customerId,
  organisationId,
} from '../billing/testing/objects.ts'
import { rowsOf } from '../database/rows.ts'
import { sweepOutbox } from '../run/sweep-outbox.ts'
import { drainInbox } from './drain.ts'
import { LEASE_MS } from './model.ts'
import { receiveWebhook } from './receive.ts'
import { anEvent, delivered } from './testing/provider.ts'

// A process dies before its nth database statement, or after it with the answer lost, for every n; others go on.

/** One crash has its own subscription and invoice; all share a database, which takes longest to make. */
interface Story {
  readonly subscription: string
  readonly invoice: string
  readonly events: readonly ProviderEvent[]
}

function story(column: InboxColumn, mark: string): Story {
  const [subscription, invoice, payment] = [`sub_${mark}`, `in_${mark}`, `pi_${mark}`]
  const { objects } = column.provider
  objects.set(subscription, aSubscription({ id: subscription, latestInvoiceId: invoice }))
  const payments = [{ paymentId: payment, amountMinor: 999, status: 'paid' as const }]
  objects.set(invoice, anInvoice({ id: invoice, subscriptionId: subscription, payments }))
  const about = { accountId: null }
  const events = [
    anEvent({ eventId: `evt_sub_${mark}`, about: { ...about, kind: 'subscription', id: subscription } }),
    anEvent({ eventId: `evt_inv_${mark}`, about: { ...about, kind: 'invoice', id: invoice } }),
  ]
  return { subscription, invoice, events }
}

async function openShop(): Promise<InboxColumn> {
  const column = await openInbox()
  const organisation = await anOrganisation(column.ports.db, organisationId(1))
  await aCustomerRow(column.ports.db, { id: customerId(1), organisationId: organisation })
  return column
}

/** Sends both webhooks again until they are taken, as a provider does, then all that time brings. */
async function recover(column: InboxColumn, { events }: Story): Promise<void> {
  await column.send(...events)
  for (let n = 0; n < 3; n += 1) {
    column.clock.advance(LEASE_MS)
    await drainInbox(column.ports, column.ctx, { apply: applyObject, workers: 1 })
    await sweepOutbox(column.ports, column.ctx)
  }
}

/** What must be there once, whatever happened. Marks of the story are taken out, so that stories can be compared. */
async function outcome(column: InboxColumn, { subscription, invoice, events }: Story): Promise<string> {
  const { db } = column.ports
  const told = new Map(column.events.map(({ id, type, subject }) => [id, { type, subject }]))
  const ids = events.map((event) => event.eventId)
  const found = {
    inbox: (await column.states()).filter((line) => ids.some((id) => line.startsWith(`${id} `))),
    subscription: await rowsOf(db, sql`select id, status from subscriptions where id = ${subscription}`),
    invoice: await rowsOf(db, sql`select id, status, amount_paid_minor from invoices where id = ${invoice}`),
    ledger: await rowsOf(
      db,
      sql`select t.source, t.sequence, e.account, e.amount_minor from ledger_transactions t
        join ledger_entries e on e.transaction_id = t.id where t.source like ${`%_${invoice.slice(3)}`} order by 1, 2, 3`,
    ),
    leases: await rowsOf(db, sql`select object_id from webhook_objects`),
    outbox: await rowsOf(db, sql`select type from outbox`),
    told: [...told.values()]
      .filter(({ subject }) => subject === subscription || subject === invoice)
      .map(({ type, subject }) => `${type} ${subject}`)
      .sort(),
  }
  return JSON.stringify(found).replaceAll(invoice.slice(3), '*')
}

/** Runs receiving and processing on a database that dies; answers how many statements it came to. */
async function runDying(column: InboxColumn, { events }: Story, at: number, after: boolean): Promise<number> {
  await using dying = openCrashingDatabase(column.databaseUrl, { at, after })
  const ports = { ...column.ports, db: dying.db }
  try {
    await receiveWebhook(ports, column.ctx, 'stripe', delivered(...events))
    await drainInbox(ports, column.ctx, { apply: applyObject, workers: 1 })
  } catch {
    // The process is dead; nobody is left to hear of it.
  }
  return dying.statements.length
}

describe('a crash', { timeout: 120_000 }, () => {
  it.each([
    ['before', false],
    ['after', true],
  ])('%s any statement changes nothing of the outcome', async (name, after) => {
    await using column = await openShop()
    const whole = story(column, 'whole')
    const statements = await runDying(column, whole, Number.POSITIVE_INFINITY, after)
    await recover(column, whole)
    const expected = await outcome(column, whole)
    expect(expected).toContain('evt_inv_* done')
    const wrong: unknown[] = []
    for (let at = 0; at < statements; at += 1) {
      const dying = story(column, `${name}${at}x`)
      await runDying(column, dying, at, after)
      await recover(column, dying)
      const found = await outcome(column, dying)
      if (found !== expected) wrong.push({ at, found })
    }
    expect([statements > 10, wrong]).toEqual([true, []])
  })
})
