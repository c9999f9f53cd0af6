import { sql } from 'drizzle-orm'
import { rowsOf } from '../database/rows.ts'
import type { Uses } from '../ports/ports.ts'
import type { Context } from '../run/context.ts'
import { drainInbox } from './drain.ts'
import { type ApplyObject, MOST_ATTEMPTS } from './model.ts'
import type { Processing } from './process.ts'

/** Longer than this without a webhook, while somebody pays us, is worth a look: an endpoint may be disabled. */
const QUIET_HOURS = 24
/** Seldom enough that the alert is read. */
const ALERT_EVERY_MS = 3_600_000

/** Processes what a lost wake-up or a dead worker left, and says what an operator must know. */
export async function sweepInbox(
  uses: Processing & Uses<'config'>,
  ctx: Context,
  apply: ApplyObject,
): Promise<void> {
  await buryHopeless(uses, ctx)
  await releasePayees(uses)
  await drainInbox(uses, ctx, { apply })
  await dropForgotten(uses)
  await alertTroubled(uses, ctx)
  await alertQuiet(uses, ctx)
}

/** What ended its worker each time: nobody was left to count it dead. */
async function buryHopeless({ db, clock }: Uses<'db' | 'clock'>, { log }: Context): Promise<void> {
  const now = clock.now().toISOString()
  const dead = await rowsOf<{ readonly event_id: string }>(
    db,
    sql`update webhook_inbox set state = 'dead', settled_at = ${now}, lease_token = null, lease_until = null,
      last_error = coalesce(last_error, 'no worker came to an end with it')
      where state in ('received', 'leased') and available_at <= ${now} and attempts >= ${MOST_ATTEMPTS}
      returning event_id`,
  )
  if (dead.length > 0)
    log.error('webhooks are dead: no worker came to an end with them', { dead: dead.length, events: dead })
}

/** Leases of workers that died with nothing in hand: no webhook waits for their object, so nobody would come to take them over. */
async function dropForgotten({ db, clock }: Uses<'db' | 'clock'>): Promise<void> {
  await db.execute(sql`delete from webhook_objects o where o.lease_until <= ${clock.now().toISOString()}
    and not exists (select 1 from webhook_inbox i where i.provider = o.provider and i.object_id = o.object_id
      and i.state in ('received', 'leased'))`)
}

/** Put aside since nobody knew the payee's account: its first webhook may be faster than our own answer about it. */
async function releasePayees({ db, clock, config }: Uses<'db' | 'clock' | 'config'>): Promise<void> {
  const now = clock.now().toISOString()
  await db.execute(sql`update webhook_inbox i set state = 'received', available_at = ${now} from payees p
    where i.state = 'quarantined' and i.object_id is not null and i.livemode = ${config.billingLivemode}
      and p.provider = i.provider and p.account_id = i.account_id`)
}

async function alertTroubled(uses: Uses<'db' | 'clock'>, { log }: Context): Promise<void> {
  const counts = await rowsOf<{ readonly state: string; readonly n: number }>(
    uses.db,
    sql`select state, count(*)::int as n from webhook_inbox where state in ('dead', 'quarantined') group by state`,
  )
  const of = (state: string) => counts.find((row) => row.state === state)?.n ?? 0
  const found = { metric: 'webhooks-troubled', dead: of('dead'), quarantined: of('quarantined') }
  if (counts.length > 0 && (await isDue(uses, 'alert:troubled')))
    log.error('webhooks wait for an operator: npm run billing -- dead', found)
}

async function alertQuiet(uses: Uses<'db' | 'clock'>, { log }: Context): Promise<void> {
  const since = new Date(uses.clock.now().getTime() - QUIET_HOURS * 3_600_000).toISOString()
  const [quiet] = await rowsOf(
    uses.db,
    sql`select 1 where exists (select 1 from subscriptions where status in ('active', 'trialing', 'past_due')
        and synced_at < ${since})
      and not exists (select 1 from webhook_inbox where received_at >= ${since} and source in ('live', 'bus'))`,
  )
  if (quiet && (await isDue(uses, 'alert:quiet')))
    log.error('no webhook came for a day, and there are subscriptions: is the endpoint disabled?', {
      metric: 'webhooks-quiet',
      hours: QUIET_HOURS,
    })
}

/** At most once in an hour over all processes. */
async function isDue({ db, clock }: Uses<'db' | 'clock'>, name: string): Promise<boolean> {
  const now = clock.now()
  const before = new Date(now.getTime() - ALERT_EVERY_MS).toISOString()
  const rows = await rowsOf(
    db,
    sql`insert into billing_cursors as c (name, position, updated_at) values (${name}, '', ${now.toISOString()})
      on conflict (name) do update set updated_at = excluded.updated_at where c.updated_at <= ${before} returning 1`,
  )
  return rows.length > 0
}
