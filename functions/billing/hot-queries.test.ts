import { sql } from 'drizzle-orm'
import pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { findCustomer, type KnownCustomer } from '../../core/billing/customers.ts'
import { hasFeature, PREMIUM_TITLES } from '../../core/billing/entitlements.ts'
import { closeEarlier } from '../../core/billing/one-checkout.ts'
import type { ObjectRef } from '../../core/billing/provider-objects.ts'
import { CHECKOUT_COMPLETE, type PaymentProvider, PaymentRefused } from '../../core/ports/payments.ts'
import type { UserId } from '../../core/run/id.ts'
import { rollUp } from '../../core/usage/rollup.ts'
import { claimNext } from '../../core/webhooks/claim.ts'
import { type Caller, type Desk, openDesk } from './testing/desk.ts'

const digits = (n: number) => n.toString(16).padStart(32, '0')
const STAFF = `usr_${'f'.repeat(32)}` as UserId
/** The second of those who are there, since they are numbered. */
const ME = `usr_${digits(2)}` as UserId
/** A closer look: ROWS=100000. */
const MANY = Number(process.env.ROWS ?? 20_000)
/** Has nothing any more, and every checkout of it was paid. */
const PROVIDER = {
  name: 'stripe',
  fetch: async ({ kind, id }: ObjectRef) => ({ gone: true, kind, id }),
  expireCheckout: () => Promise.reject(new PaymentRefused(CHECKOUT_COMPLETE, 'complete')),
  detachPaymentMethod: async () => undefined,
} as unknown as PaymentProvider
let desk: Desk
let me: Caller
let staff: Caller

const seeds = (n: number) => [
  sql.raw(`insert into users (id, email, name, password_hash, created_at)
    select lpad(to_hex(n), 32, '0')::uuid, 'u' || n || '@example.org', 'Ada', '', now() from generate_series(1, ${n}) n`),
  sql.raw(`insert into organisations (id, name, created_at)
    select lpad(to_hex(n), 32, '0')::uuid, 'o' || n, now() from generate_series(1, ${n}) n`),
  sql.raw(`insert into memberships (organisation_id, user_id, role, created_at)
    select lpad(to_hex(n), 32, '0')::uuid, lpad(to_hex(n), 32, '0')::uuid, 'owner', now() from generate_series(1, ${n}) n`),
  sql.raw(`insert into billing_customers (id, user_id, provider, provider_id, email, created_at)
    select lpad(to_hex(n), 32, '0')::uuid, lpad(to_hex(n), 32, '0')::uuid, 'stripe', 'cus_' || n, 'x', now() from generate_series(1, ${n}) n`),
  sql.raw(`insert into subscriptions (provider, id, provider_customer_id, status, currency, items, cancel_at_period_end, started_at, period_end, synced_at)
    select 'stripe', 'sub_' || n, 'cus_' || n, 'active', 'eur',
      jsonb_build_array(jsonb_build_object('id', 'si_' || n, 'priceId', 'price_1', 'productId', 'prod_1', 'quantity', 1,
        'periodStart', '2026-01-01T00:00:00.000Z', 'periodEnd', '2026-02-01T00:00:00.000Z')),
      false, now(), now() + interval '1 month', now() from generate_series(1, ${n}) n`),
  sql.raw(`insert into invoices (provider, id, provider_customer_id, subscription_id, status, reason, currency, subtotal_minor,
      tax_minor, total_minor, amount_due_minor, amount_paid_minor, amount_remaining_minor, credit_applied_minor,
      credit_notes_minor, paid_out_of_band, attempt_count, payments, period_start, period_end, created_at, synced_at)
    select 'stripe', 'in_' || n, 'cus_' || n, 'sub_' || n, 'paid', 'cycle', 'eur', 1, 0, 1, 1, 1, 0, 0, 0, false, 1, '[]', now(), now(),
      now(), now() from generate_series(1, ${n}) n`),
  sql.raw(`insert into invoice_lines (provider, invoice_id, id, position, description, amount_minor, tax_minor, period_start, period_end, proration)
    select 'stripe', 'in_' || n, 'il_' || n, 0, '', 1, 0, now(), now(), false from generate_series(1, ${n}) n`),
  sql.raw(`insert into payments (provider, id, provider_customer_id, invoice_id, status, currency, amount_minor,
      amount_captured_minor, amount_refunded_minor, disputed, created_at, synced_at)
    select 'stripe', 'pi_' || n, 'cus_' || n, 'in_' || n, 'succeeded', 'eur', 1, 1, 1, false, now(), now() from generate_series(1, ${n}) n`),
  sql.raw(`insert into refunds (provider, id, payment_id, status, currency, amount_minor, created_at, synced_at)
    select 'stripe', 're_' || n, 'pi_' || n, 'succeeded', 'eur', 1, now(), now() from generate_series(1, ${n}) n`),
  sql.raw(`insert into disputes (provider, id, payment_id, status, currency, amount_minor, reason, created_at, synced_at)
    select 'stripe', 'dp_' || n, 'pi_' || n, 'won', 'eur', 1, '', now(), now() from generate_series(1, ${n}) n`),
  sql.raw(`insert into payment_methods (provider, id, provider_customer_id, type, synced_at)
    select 'stripe', 'pm_' || n, 'cus_' || n, 'card', now() from generate_series(1, ${n}) n`),
  sql.raw(`insert into billing_operations (id, customer_id, kind, idempotency_key, request_hash, state, checkout, result, created_at)
    select lpad(to_hex(n), 32, '0')::uuid, lpad(to_hex(n), 32, '0')::uuid, 'subscribe', 'k', '', 'done', jsonb_build_object('id', 'cs_' || n, 'status', 'complete', 'paymentStatus', 'paid',
        'subscriptionId', 'sub_' || case when n = 2 then 0 else n end),
      jsonb_build_object('checkoutId', 'cs_' || n, 'url', '', 'expiresAt', '2026-01-02T00:00:00.000Z'), now() from generate_series(1, ${n}) n`),
  sql.raw(`insert into dunning_cases (id, provider, invoice_id, subscription_id, provider_customer_id, stage, retries, reminders,
      stage_notices, stage_at, provider_retries, canceling, opened_at, ended_at, updated_at)
    select lpad(to_hex(n), 32, '0')::uuid, 'stripe', 'in_' || n, 'sub_' || n, 'cus_' || n, 'stopped', 0, 0, 0, now(), false, false,
      now(), now(), now() from generate_series(1, ${n}) n`),
  sql.raw(`insert into dunning_steps (case_id, position, step, stage, because, at)
    select lpad(to_hex(n), 32, '0')::uuid, position, 'stopped', 'stopped', 'disputed', now()
    from generate_series(1, ${n}) n, generate_series(1, 3) position`),
  sql.raw(`insert into webhook_inbox (id, provider, dedupe_id, event_id, type, object_kind, object_id, livemode, source, state,
      available_at, payload_hash, occurred_at, received_at)
    select lpad(to_hex(n), 32, '0')::uuid, 'stripe', 'evt_' || n, 'evt_' || n, 'x', 'invoice', 'in_' || (n % 7000), false, 'live',
      case when n % 4 = 0 then 'received' else 'done' end, '2026-01-01', '', now(), now() from generate_series(1, ${n}) n`),
  sql.raw(`insert into usage_events (tenant, source, event_id, meter, quantity, at, received_at, counted_at)
    select lpad(to_hex(n % 100 + 1), 32, '0')::uuid, 'app', 'e' || n, 'api_requests', 1, '2026-01-01', now(),
      case when n % 50 = 0 then null else now() end from generate_series(1, ${n}) n`),
  sql.raw(`insert into usage_rollups (tenant, meter, hour, quantity, events, reported_quantity, updated_at)
    select lpad(to_hex(n % 100 + 1), 32, '0')::uuid, 'api_requests', timestamptz '2020-01-01' + n * interval '1 hour', 1, 1, 1, now()
    from generate_series(1, ${n}) n`),
]

beforeAll(async () => {
  const ports = { payments: { primary: 'stripe', of: () => PROVIDER } as const }
  desk = await openDesk({ config: { billingStaff: [STAFF] }, ports })
  for (const seed of seeds(MANY)) await desk.column.ports.db.execute(seed)
  await desk.column.ports.db.execute(sql`analyze`)
  staff = await desk.person('staff@example.org', STAFF)
  me = desk.known(ME)
}, 120_000)
afterAll(() => desk[Symbol.asyncDispose]())

interface Sent {
  readonly text: string
  readonly values: unknown[]
}

/** Every statement that reads or writes rows while `does` runs, once. */
async function sentDuring(does: () => Promise<unknown>): Promise<readonly Sent[]> {
  const sent = new Map<string, Sent>()
  const { query } = pg.Client.prototype
  const noting = function (this: pg.Client, ...all: unknown[]) {
    const [config, values] = all as [{ readonly text?: string }, unknown[] | undefined]
    const { text = '' } = config
    if (/^\s*(select|with|insert|update|delete)/i.test(text)) sent.set(text, { text, values: values ?? [] })
    return (query as (...a: unknown[]) => unknown).apply(this, all)
  }
  pg.Client.prototype.query = noting as typeof query
  try {
    await does()
  } finally {
    pg.Client.prototype.query = query
  }
  return [...sent.values()]
}

/** Tables of a handful of rows; of leases there are no more than workers. */
const SMALL = /^(plans|plan_prices|plan_features|dunning_cases|payees|payment_attempts|webhook_objects)$/
/**
 * Whole tables, and whole indexes: PostgreSQL 18 skips along an index whose first column is not asked for, versions before
 * read all of it.
 */
async function readsAll(does: () => Promise<unknown>): Promise<readonly string[]> {
  const sent = await sentDuring(does)
  expect(sent.length).toBeGreaterThan(0)
  const client = new pg.Client(desk.column.databaseUrl)
  await client.connect()
  const found: string[] = []
  for (const { text, values } of sent) {
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain ${text}`, values)
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    for (const [, table = ''] of plan.matchAll(/Seq Scan on (\w+)/g))
      if (!SMALL.test(table)) found.push(table)
    for (const [, index = ''] of plan.matchAll(/using (\w+_provider_id_pk) on .*\n\s*Index Cond: \(id = /g))
      found.push(index)
  }
  await client.end()
  return found
}

it.each([
  ['GET', '/v1/subscriptions'],
  ['GET', '/v1/subscriptions/sub_2'],
  ['GET', '/v1/invoices?limit=20'],
  ['GET', '/v1/invoices/in_2'],
  ['GET', '/v1/billing/payments'],
  ['GET', '/v1/billing/payment-methods'],
  ['DELETE', '/v1/billing/payment-methods/pm_2'],
  ['GET', '/v1/billing/entitlements'],
  ['GET', `/v1/billing/checkout/bop_${digits(2)}`],
  ['GET', '/v1/plans'],
  ['GET', '/v1/organisations'],
])('%s %s reads no table as a whole', async (method, path) => {
  expect(await readsAll(() => me.call(method, path))).toEqual([])
})
it('a refund reads no table as a whole', async () => {
  const refund = () => staff.keyed('k', 'POST', '/v1/billing/payments/pi_3/refunds', { reason: 'duplicate' })
  expect(await readsAll(refund)).toEqual([])
})
it('closing a checkout of before reads no table as a whole', async () => {
  const { ports, ctx } = desk.column
  const customer = { ...(await findCustomer(ports.db, { userId: ME })), providerId: 'cus_2' } as KnownCustomer
  expect(
    await readsAll(() => closeEarlier(ports, ctx, { customer, operationId: `bop_${digits(1)}` })),
  ).toEqual([])
})
it('the inbox is claimed from without reading it as a whole', async () => {
  expect(await readsAll(() => claimNext(desk.column.ports))).toEqual([])
})
it('a feature is looked for without reading any table as a whole', async () => {
  expect(await readsAll(() => hasFeature(desk.column.ports, { userId: ME }, PREMIUM_TITLES))).toEqual([])
})
it('usage is counted without reading it as a whole', async () => {
  expect(await readsAll(() => rollUp(desk.column.ports, desk.column.ctx))).toEqual([])
})
