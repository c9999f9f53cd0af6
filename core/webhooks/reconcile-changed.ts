import { sql } from 'drizzle-orm'
import { type ObjectKind, PROVIDERS, type Provider } from '../billing/provider-objects.ts'
import { rowsOf } from '../database/rows.ts'
import type { ListedKind } from '../ports/payments.ts'
import type { Uses } from '../ports/ports.ts'
import { SecretMissing } from '../ports/secrets.ts'
import type { Context } from '../run/context.ts'
import { NotSupported } from '../run/not-supported.ts'
import { acceptRefs } from './accept-refs.ts'
import { cursorAt, moveCursor } from './cursor.ts'
import { drainInbox } from './drain.ts'
import { LISTED_KINDS } from './mirror.ts'
import type { ApplyObject } from './model.ts'
import type { Processing } from './process.ts'
import { reconcile } from './reconcile.ts'

type Reconciling = Processing & Uses<'config'>

/** A day and some hours: a run that fails is made good by the next ones. */
const LOOK_BACK_MS = 26 * 3_600_000
/** What a provider that could not make events may have left out. */
const LONG_LOOK_BACK_MS = 30 * 86_400_000
/** A webhook has the time of its coming before it is in the inbox. Looking at it twice does no harm. */
const ON_ITS_WAY_MS = 10 * 60_000
/** Objects that can still change and were not written for so long are asked for once more. */
const STALE_MS = 24 * 3_600_000
/** So many at most an hour, each a call to the provider. */
const STALE_AT_ONCE = 200

/**
 * Mends what no event told: an event can also never be made
 * (https://docs.stripe.com/webhooks/handle-irrecoverable-events). Objects of the last day are compared, and old ones that
 * are not at their end are fetched, some each hour.
 */
export async function reconcileChanged(uses: Reconciling, ctx: Context, apply: ApplyObject): Promise<void> {
  const provider = uses.payments.primary
  const now = uses.clock.now().getTime()
  const outage = await eventsWereLost(uses, provider)
  const since = new Date(now - (outage ? LONG_LOOK_BACK_MS : LOOK_BACK_MS))
  // The others have no lists to compare with, but an event of theirs can be lost, too.
  for (const other of PROVIDERS.filter((each) => each !== provider)) await askForStale(uses, other)
  try {
    const differ = await reconcileInTurn(uses, ctx, { provider, since })
    const stale = await askForStale(uses, provider)
    if (differ > 0) ctx.log.warn('the mirror differs from the provider and is mended', { provider, differ })
    await drainInbox(uses, ctx, { apply })
    ctx.log.debug('reconciled', { provider, differ, stale, outage })
    if (!ctx.signal.aborted) await moveCursor(uses, NOTICES, new Date(now).toISOString())
  } catch (error) {
    if (!(error instanceof SecretMissing || error instanceof NotSupported)) throw error
    ctx.log.debug('nothing to reconcile with: the provider is not set up', { provider, error })
  }
}
const NOTICES = 'reconcile:notices'
const TURN = 'reconcile:turn'

/**
 * Begins behind the kind at which the last run was cut off or failed: else, where one kind takes longer than a run may, those
 * behind it would never be compared.
 */
async function reconcileInTurn(
  uses: Reconciling,
  { signal }: Context,
  of: { readonly provider: Provider; readonly since: Date },
): Promise<number> {
  const last = LISTED_KINDS.indexOf((await cursorAt(uses, TURN)) as ListedKind)
  let differ = 0
  for (const kind of [...LISTED_KINDS.slice(last + 1), ...LISTED_KINDS.slice(0, last + 1)]) {
    if (signal.aborted) break
    await moveCursor(uses, TURN, kind)
    differ += await reconcile(uses, signal, { ...of, kinds: [kind] })
  }
  return differ
}

/** Whether the provider has said, since the last run, that it had failed to make events. */
async function eventsWereLost(uses: Uses<'db'>, provider: Provider): Promise<boolean> {
  const told = (await cursorAt(uses, NOTICES)) ?? '1970-01-01T00:00:00Z'
  const since = new Date(Date.parse(told) - ON_ITS_WAY_MS).toISOString()
  const said = await rowsOf(
    uses.db,
    sql`select 1 from webhook_inbox where provider = ${provider} and object_kind = 'notice'
      and type like '%event_generation_failure%' and received_at >= ${since} limit 1`,
  )
  return said.length > 0
}

/** One table each: which of its rows can still change. */
const UNFINISHED: readonly { readonly kind: ObjectKind; readonly table: string; readonly where: string }[] = [
  { kind: 'subscription', table: 'subscriptions', where: `status not in ('canceled', 'incomplete_expired')` },
  { kind: 'invoice', table: 'invoices', where: `status in ('draft', 'open') and deleted_at is null` },
  { kind: 'payment', table: 'payments', where: `status not in ('succeeded', 'canceled', 'failed')` },
  { kind: 'refund', table: 'refunds', where: `status in ('pending', 'requires_action')` },
  {
    kind: 'dispute',
    table: 'disputes',
    where: `status not in ('won', 'lost', 'warning_closed', 'prevented')`,
  },
  { kind: 'payout', table: 'payouts', where: `status in ('pending', 'in_transit') and account_id = ''` },
]

async function askForStale(
  uses: Uses<'db' | 'clock' | 'ids' | 'config'>,
  provider: Provider,
): Promise<number> {
  const now = uses.clock.now()
  const before = new Date(now.getTime() - STALE_MS).toISOString()
  const day = now.toISOString().slice(0, 10)
  const each = UNFINISHED.map(
    ({ kind, table, where }) =>
      sql`select ${kind}::text as kind, id, synced_at from ${sql.raw(table)}
        where provider = ${provider} and synced_at < ${before} and ${sql.raw(where)}`,
  )
  const rows = await rowsOf<{ readonly kind: ObjectKind; readonly id: string }>(
    uses.db,
    // Once a day each: what stays as old as it was, such as what is gone there, must not keep the others from their turn.
    sql`select kind, id from (${sql.join(each, sql` union all `)}) s
      where not exists (select 1 from webhook_inbox i where i.provider = ${provider}
        and i.dedupe_id = 'recheck:' || s.kind || ':' || s.id || ':' || ${day}::text)
      order by synced_at, id limit ${STALE_AT_ONCE}`,
  )
  return acceptRefs(
    uses,
    rows.map(({ kind, id }) => ({
      ref: { provider, kind, id, accountId: null },
      eventId: `recheck:${kind}:${id}:${day}`,
      type: 'skyreel.recheck',
    })),
  )
}
