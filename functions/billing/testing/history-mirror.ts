import { sql } from 'drizzle-orm'
import type { Objects } from '../../../adapters/stripe-server/engine/objects.ts'
import { allOf } from '../../../adapters/stripe-server/engine/objects-in-store.ts'
import { rowsOf } from '../../../core/database/rows.ts'
import type { Account } from './history-account.ts'
import type { History } from './history-open.ts'

type Facts = Readonly<Record<string, unknown>>
interface Comparison<K extends keyof Objects> {
  /** Ours, with the object's `id`. */
  readonly select: string
  readonly of: (object: Objects[K], account: Account) => Facts
  readonly skip?: (object: Objects[K]) => boolean
}

// Read from Stripe's own state and not through our driver: a field that it read wrongly would be wrong on both sides.
const COMPARED: { readonly [K in keyof Objects]?: Comparison<K> } = {
  customer: {
    select: `provider_id as id, default_method_id as method from billing_customers`,
    of: (customer) => ({ method: customer.invoice_settings.default_payment_method }),
  },
  payment_method: {
    select: `id, provider_customer_id as customer from payment_methods`,
    of: ({ customer }) => ({ customer }),
    // Made of a test card and refused before it was attached: no event has told of it.
    skip: ({ customer, ...rest }) => customer === null && rest.skyreel_never_attached === true,
  },
  subscription: {
    select: `id, provider_customer_id as customer, status, cancel_at_period_end as canceling, latest_invoice_id as invoice,
      extract(epoch from cancel_at)::int as cancel_at, extract(epoch from ended_at)::int as ended,
      extract(epoch from trial_end)::int as trial_end, extract(epoch from period_end)::int as until,
      (select jsonb_agg((i ->> 'priceId') || ' x ' || (i ->> 'quantity')) from jsonb_array_elements(items) i) as items
      from subscriptions`,
    of: (object) => ({
      ...{ customer: object.customer, status: object.status, canceling: object.cancel_at_period_end },
      ...{ cancel_at: object.cancel_at, ended: object.ended_at, trial_end: object.trial_end },
      invoice: object.latest_invoice,
      until: Math.max(
        object.start_date as number,
        ...object.items.data.map((item) => item.current_period_end),
      ),
      items: object.items.data.map(({ price, quantity }) => `${price.id} x ${quantity}`),
    }),
  },
  invoice: {
    select: `id, provider_customer_id as customer, subscription_id as subscription, status, total_minor::int as total,
      amount_due_minor::int as due, amount_paid_minor::int as paid, amount_remaining_minor::int as remaining,
      credit_notes_minor::int as notes, attempt_count as attempts, extract(epoch from paid_at)::int as paid_at,
      extract(epoch from next_attempt_at)::int as next, number,
      (select coalesce(sum(l.amount_minor), 0)::int from invoice_lines l where l.invoice_id = t.id) as lines
      from invoices t where deleted_at is null`,
    of: (object) => ({
      ...{ customer: object.customer, status: object.status, total: object.total, due: object.amount_due },
      ...{ paid: object.amount_paid, remaining: object.amount_remaining, number: object.number },
      ...{ attempts: object.attempt_count, next: object.next_payment_attempt },
      subscription: object.parent?.subscription_details?.subscription ?? null,
      notes: object.pre_payment_credit_notes_amount + object.post_payment_credit_notes_amount,
      paid_at: object.status_transitions.paid_at,
      lines: object.lines.data.reduce((sum, line) => sum + line.amount, 0),
    }),
  },
  payment_intent: {
    select: `id, provider_customer_id as customer, status, amount_minor::int as amount,
      amount_captured_minor::int as received, amount_refunded_minor::int as refunded, disputed,
      (select coalesce(jsonb_agg(a.id || ' ' || a.status order by a.id collate "C"), '[]') from payment_attempts a
        where a.payment_id = t.id) as tries
      from payments t`,
    of: (object, { store }) => {
      const charges = allOf(store, 'charge').filter((charge) => charge.payment_intent === object.id)
      return {
        ...{ customer: object.customer, status: object.status, amount: object.amount },
        received: object.amount_received,
        refunded: charges.reduce((sum, charge) => sum + charge.amount_refunded, 0),
        disputed: charges.some((charge) => charge.disputed),
        tries: charges.map(({ id, status }) => `${id} ${status}`).sort(),
      }
    },
  },
  refund: {
    select: `id, payment_id as payment, status, amount_minor::int as amount from refunds`,
    of: ({ payment_intent: payment, status, amount }) => ({ payment, status, amount }),
  },
  dispute: {
    select: `id, payment_id as payment, status, amount_minor::int as amount, reason from disputes`,
    of: ({ payment_intent: payment, status, amount, reason }) => ({ payment, status, amount, reason }),
  },
  product: {
    select: `id, name, plan_key as key from plans`,
    of: ({ name, metadata }) => ({ name, key: (metadata as Record<string, string>).plan_key }),
  },
  price: {
    select: `id, plan_id as product, unit_amount_minor::int as amount from plan_prices`,
    of: ({ product, unit_amount: amount }) => ({ product, amount }),
  },
}

/** Where the mirror says other than Stripe, or has more or less. */
export async function doubtsOfMirror(history: History): Promise<readonly string[]> {
  const kinds = Object.keys(COMPARED) as (keyof Objects)[]
  return (await Promise.all(kinds.map((kind) => compare(history, kind)))).flat()
}

async function compare<K extends keyof Objects>({ ports: { db }, account }: History, kind: K) {
  const comparison = COMPARED[kind] as Comparison<K>
  const rows = await rowsOf<Facts & { id: string }>(db, sql.raw(`select ${comparison.select}`))
  const here = new Map(rows.map(({ id, ...facts }) => [id, textOf(facts)]))
  const objects = allOf(account.store, kind).filter((each) => !comparison.skip?.(each))
  const there = new Map(objects.map((each) => [each.id, textOf(comparison.of(each, account))]))
  const wrong = [...there].filter(([id, text]) => here.get(id) !== text)
  const extra = [...here.keys()].filter((id) => !there.has(id))
  return [
    ...wrong.map(([id, text]) => `mirror: ${kind} ${id} is ${here.get(id)}, not ${text}`),
    ...extra.map((id) => `mirror: ${kind} ${id} is not at Stripe`),
  ]
}

const textOf = (facts: Facts): string =>
  JSON.stringify(Object.fromEntries(Object.entries(facts).sort(([a], [b]) => (a < b ? -1 : 1))))
