import { sql } from 'drizzle-orm'
import { manualClock } from '../../../adapters/local/testing/clock.ts'
import { applyObject } from '../../../core/billing/apply.ts'
import type { Provider } from '../../../core/billing/provider-objects.ts'
import { aCustomerRow, customerId } from '../../../core/billing/testing/objects.ts'
import { rowsOf } from '../../../core/database/rows.ts'
import { createRouter } from '../../../core/http/router.ts'
import { aRequest } from '../../../core/http/testing/request.ts'
import type { PaymentProvider, WebhookDelivery } from '../../../core/ports/payments.ts'
import type { Config } from '../../../core/run/config.ts'
import { idFromUuid, type UserId } from '../../../core/run/id.ts'
import { drainInbox } from '../../../core/webhooks/drain.ts'
import { reconcileChanged } from '../../../core/webhooks/reconcile-changed.ts'
import { paymentWebhookRoutes } from '../../../core/webhooks/routes.ts'
import { type Caller, type Desk, openDesk } from './desk.ts'

/** `late`: the last payment has failed and is tried again. `held`: it is not tried any more, or somebody wanted a pause. */
export type State = 'active' | 'late' | 'held' | 'ended'

/** A provider in this process with one subscription of one customer, paid once with 10.00 euro. */
export interface Vendor extends AsyncDisposable {
  readonly provider: PaymentProvider
  /** All that it was asked so far, in order: `GET /v1/payments/pay_1`. */
  asked(): readonly string[]
  readonly customerId: string
  readonly ids: Readonly<Record<'subscription' | 'payment' | 'dispute' | 'plan', string>>
  /** What it kept of the payment. */
  readonly feeMinor: number
  /** Signed by somebody who does not know our secret. */
  readonly forged: WebhookDelivery
  /** Makes it so, and sends the event that tells of it: each time another event. */
  readonly tells: {
    subscription(state: State): WebhookDelivery
    payment(): WebhookDelivery
    /** Of a refund that is made already. */
    refund(id: string): WebhookDelivery
    /** What is taken of us is taken by its end at the latest. */
    dispute(state: 'opened' | 'lost'): WebhookDelivery
  }
  /** The subscription is not there any more; answers an event about it. */
  forget(): WebhookDelivery
}
/** `plans`: those of the secret. */
export type OpenVendor<V extends Vendor = Vendor> = (plans: object) => Promise<V>

/** What the plan gives unless a test says otherwise. */
export const GIVES = { planKey: 'premium', features: ['premium-titles'] }
/** The moment at which all of these providers' test servers stand. */
export const NOW = new Date('2026-11-21T08:00:00Z')
const STAFF: UserId = idFromUuid('usr', 'f'.repeat(32))

export interface VendorDesk<V extends Vendor = Vendor> extends Desk {
  readonly vendor: V
  /** Whose subscription it is. */
  readonly owner: Caller
  readonly staff: Caller
  /** Posts it where providers post; answers the status. */
  post(delivery: WebhookDelivery, config?: Partial<Config>): Promise<number>
  /** Posts them in this order, then lets the worker do what waits. */
  take(...deliveries: readonly WebhookDelivery[]): Promise<void>
  work(): Promise<void>
  /** As each hour: asks the provider for what may have changed. After two days in which no webhook came. */
  recheck(): Promise<void>
  /** `payment S1 done`, by kind and id, once each. */
  inbox(): Promise<readonly string[]>
  /** All that webhooks write. Without the inbox, what a repetition must not change. */
  written(): Promise<string>
}

export interface VendorDeskOptions {
  readonly plans?: object
  /** Whether the customer is one of ours. */
  readonly known?: boolean
}

/** A desk that is used by one vendor after the other. */
export interface SharedDesk<V extends Vendor = Vendor> extends AsyncDisposable {
  /** Nothing was billed yet, and the vendor is a new one. */
  fresh(options?: VendorDeskOptions): Promise<VendorDesk<V>>
}

/** Routes, inbox, mirror and API on a database of their own, with the real driver before the vendor. */
export async function openSharedDesk<V extends Vendor>(
  name: Provider,
  open: OpenVendor<V>,
): Promise<SharedDesk<V>> {
  let vendor: V
  const clock = manualClock(NOW)
  const payments = { primary: 'stripe', of: () => vendor.provider } as const
  const desk = await openDesk({
    config: { billingStaff: [STAFF] },
    ports: { payments, clock },
  })
  const staff = await desk.person('staff@example.org', STAFF)
  const work = workOf(desk)
  const post = postOf(desk, name)
  const take = async (...deliveries: readonly WebhookDelivery[]) => {
    for (const delivery of deliveries) await post(delivery)
    await work()
  }
  const recheck = async () => {
    clock.advance(2 * 86_400_000)
    await reconcileChanged(desk.column.ports, desk.column.ctx, applyObject)
    await work()
  }
  return {
    async fresh({ plans = { [PLAN]: GIVES }, known = true } = {}) {
      await clear(desk)
      clock.set(NOW)
      vendor = await open(plans)
      const owner = await desk.person()
      if (known) await own(desk, { name, vendor, owner })
      const looks = { inbox: () => inboxOf(desk), written: () => written(desk) }
      const { [Symbol.asyncDispose]: end } = vendor
      return {
        ...desk,
        ...looks,
        vendor,
        owner,
        staff,
        post,
        take,
        work,
        recheck,
        [Symbol.asyncDispose]: end,
      }
    },
    [Symbol.asyncDispose]: () => desk[Symbol.asyncDispose](),
  }
}

const workOf =
  ({ column: { ports, ctx } }: Desk) =>
  async () =>
    void (await drainInbox(ports, ctx, { apply: applyObject }))

function postOf({ column: { ports, ctx } }: Desk, name: Provider): VendorDesk['post'] {
  const router = createRouter(paymentWebhookRoutes, async () => undefined)
  return async ({ body, headers: sent }, config = {}) => {
    const headers = { 'content-type': 'application/json', ...sent }
    const request = aRequest('POST', `/webhooks/${name}`, { body, headers })
    const { status } = await router.handle(request, { ...ports, config: { ...ports.config, ...config } }, ctx)
    return status
  }
}

const inboxOf = async ({ column: { ports } }: Desk): Promise<readonly string[]> =>
  (
    await rowsOf<{ line: string }>(
      ports.db,
      sql`select distinct concat_ws(' ', object_kind, object_id, state) as line from webhook_inbox order by 1`,
    )
  ).map(({ line }) => line)

/** The one plan that each of them has. */
export const PLAN = 'plan_1'

/** As whoever sells there makes the row: with the customer's id of the provider. */
export const own = (
  desk: Desk,
  { name, vendor, owner }: { name: Provider; vendor: Vendor; owner: Caller },
): Promise<unknown> =>
  aCustomerRow(desk.column.ports.db, {
    ...{ id: customerId(1), userId: owner.userId ?? null, provider: name, providerId: vendor.customerId },
  })

const TABLES = [
  ...['subscriptions', 'invoices', 'invoice_lines', 'payments', 'payment_attempts', 'refunds', 'disputes'],
  ...[
    'plans',
    'plan_features',
    'billing_effects',
    'ledger_transactions',
    'ledger_entries',
    'ledger_balances',
  ],
]

/** The ledger forbids it to everybody who does not switch its triggers off. */
async function clear({ column }: Desk): Promise<void> {
  column.events.length = 0
  const all = [
    ...TABLES,
    'webhook_inbox',
    'webhook_objects',
    'billing_customers',
    'billing_operations',
    'outbox',
  ]
  await column.ports.db.transaction(async (tx) => {
    await tx.execute(sql`set local session_replication_role = replica`)
    await tx.execute(sql.raw(`truncate ${all.join()} cascade`))
  })
}

async function written({ column: { ports } }: Desk): Promise<string> {
  const contents = TABLES.map(async (table) => {
    const rows = await rowsOf<{ row: unknown }>(
      ports.db,
      sql`select to_jsonb(t) as row from ${sql.identifier(table)} t order by 1`,
    )
    return [table, ...rows.map(({ row }) => JSON.stringify(row))].join('\n')
  })
  return (await Promise.all(contents)).join('\n')
}
