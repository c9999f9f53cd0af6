import { sql } from 'drizzle-orm'
import type { ObjectKind, Provider } from '../billing/provider-objects.ts'
import { rowsOf } from '../database/rows.ts'
import type { Uses } from '../ports/ports.ts'
import { idFromUuid, type WebhookId } from '../run/id.ts'
import { type InboxRef, LEASE_MS, MOST_ATTEMPTS, type StoredEvent } from './model.ts'
import type { WebhookSource } from './schema.ts'

/** An object that is ours to fetch and write until the lease ends, with the webhooks that came for it before. */
export interface Claim extends InboxRef {
  readonly token: string
  readonly events: readonly StoredEvent[]
  /** Of the webhook that was tried most often. */
  readonly attempts: number
}

/** `busy`: somebody else took it in the same moment, or all that waits is with others. */
export type Claimed = Claim | 'busy' | undefined

type Claiming = Uses<'db' | 'clock' | 'ids'>

/**
 * Leases one of the oldest objects that webhooks wait for, and all waiting webhooks of it along. `undefined`: none waits.
 * Workers pick among the eight oldest by chance, so that they seldom reach for the same one.
 */
export function claimNext(uses: Claiming): Promise<Claimed> {
  return claim(uses, (token, now) => {
    const chance = Number.parseInt(token.slice(-4), 16) % AMONG
    return sql`with oldest as (
      select w.provider, w.object_id, min(w.available_at) as since from (
        select i.provider, i.object_id, i.available_at from webhook_inbox i
        where i.state in ('received', 'leased') and i.available_at <= ${now} and i.object_id is not null and i.attempts < ${MOST_ATTEMPTS}
          and not exists (select 1 from webhook_objects o
            where o.provider = i.provider and o.object_id = i.object_id and o.lease_until > ${now})
        order by i.available_at, i.id limit 64
      ) w group by 1, 2 order by 3, 2 limit ${AMONG}
    ) select provider, object_id from oldest
      offset ${chance} % greatest((select count(*) from oldest), 1) limit 1`
  })
}
const AMONG = 8

/** Leases this very object. `busy` where another worker has it: that one, or its next, sees what waits now. */
export function claimObject(uses: Claiming, { provider, id }: InboxRef): Promise<Claimed> {
  return claim(uses, () => sql`select ${provider}::text as provider, ${id}::text as object_id`)
}

/**
 * One statement, so that no crash can come between. The object's row is the lock: taken here and held by whoever writes the
 * object, always before rows of the inbox, or two of them could wait for each other. That is why the choice locks nothing.
 */
async function claim(
  uses: Claiming,
  choose: (token: string, now: string) => ReturnType<typeof sql>,
): Promise<Claimed> {
  const token = uses.ids.uuid()
  const at = uses.clock.now()
  const [now, until] = [at.toISOString(), new Date(at.getTime() + LEASE_MS).toISOString()]
  const rows = await rowsOf<ClaimRow>(
    uses.db,
    sql`with chosen as (${choose(token, now)}), leased as (
      insert into webhook_objects as o (provider, object_id, lease_token, lease_until)
      select provider, object_id, ${token}, ${until}::timestamptz from chosen
      on conflict (provider, object_id) do update
        set lease_token = excluded.lease_token, lease_until = excluded.lease_until where o.lease_until <= ${now}
      returning provider, object_id
    ), taken as (
      update webhook_inbox i set state = 'leased', lease_token = ${token}, lease_until = ${until}::timestamptz,
        available_at = ${until}::timestamptz,
        attempts = i.attempts + case when i.available_at <= ${now} then 1 else 0 end
      from leased l
      where i.provider = l.provider and i.object_id = l.object_id and i.state in ('received', 'leased')
      returning i.*
    ) select c.provider as wanted, l.provider as leased, t.id, t.provider, t.event_id, t.type, t.source, t.object_kind,
        t.object_id, t.account_id, t.attempts, t.occurred_at
      from chosen c left join leased l on true left join taken t on true order by t.occurred_at, t.id`,
  )
  return claimOf(rows, token) ?? emptyHanded(uses, rows, token)
}

interface ClaimRow {
  readonly leased: string | null
  readonly id: string | null
  readonly provider: Provider
  readonly event_id: string
  readonly type: string
  readonly source: WebhookSource
  readonly object_kind: ObjectKind
  readonly object_id: string
  readonly account_id: string | null
  readonly attempts: number
  readonly occurred_at: string
}
type TakenRow = ClaimRow & { readonly id: string }

function claimOf(rows: readonly ClaimRow[], token: string): Claim | undefined {
  const taken = rows.filter((row): row is TakenRow => row.id !== null)
  const [first] = taken
  if (!first) return undefined
  const { provider, object_kind: kind, object_id: id, account_id: accountId } = first
  const attempts = Math.max(...taken.map((row) => row.attempts))
  return { token, provider, kind, id, accountId, attempts, events: taken.map(eventOf) }
}

const eventOf = (row: TakenRow): StoredEvent => ({
  id: idFromUuid('whk', row.id) as WebhookId,
  eventId: row.event_id,
  type: row.type,
  source: row.source,
  occurredAt: new Date(row.occurred_at),
})

/** An object whose webhooks were finished while we reached for it is leased for nothing. */
async function emptyHanded({ db }: Claiming, rows: readonly ClaimRow[], token: string): Promise<Claimed> {
  if (rows.length === 0) return undefined
  if (rows.some((row) => row.leased !== null))
    await db.execute(sql`delete from webhook_objects where lease_token = ${token}`)
  return 'busy'
}
