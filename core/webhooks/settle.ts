import { type SQL, sql } from 'drizzle-orm'
import type { ObjectRef } from '../billing/provider-objects.ts'
import { rowsOf } from '../database/rows.ts'
import type { Db, Transaction } from '../ports/database.ts'
import type { Claim } from './claim.ts'
import { MOST_ATTEMPTS, pauseMs } from './model.ts'

/** The lease is another worker's by now: what this one has fetched is older, and must not be written. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost'
}

/**
 * Locks the object until the transaction ends. No guard by time or by order of states is needed behind it: what is written
 * was fetched within a lease that nobody has had since, so no newer state can be there already.
 */
export async function holdLease(tx: Transaction, claim: Claim): Promise<void> {
  const held = await rowsOf(
    tx,
    sql`select 1 from webhook_objects
      where ${isHeldBy(claim)} for update`,
  )
  if (held.length === 0) throw new LeaseLost(`${claim.provider} ${claim.id} is leased to another worker`)
}

/** Exactly the webhooks that were there before the fetch: what came later may tell of a change that it has not seen. */
export async function settleDone(tx: Db, claim: Claim, now: Date): Promise<void> {
  const at = now.toISOString()
  await tx.execute(sql`with freed as (delete from webhook_objects where ${isHeldBy(claim)})
    update webhook_inbox set state = 'done', settled_at = ${at}, last_error = null, lease_token = null, lease_until = null
    where ${isClaimedBy(claim)}`)
}

/** By the object, too: of the token alone there is no index, and the inbox keeps every webhook that ever came. */
const isHeldBy = ({ provider, id, token }: Claim): SQL =>
  sql`provider = ${provider} and object_id = ${id} and lease_token = ${token}`
const isClaimedBy = (claim: Claim): SQL => sql`${isHeldBy(claim)} and state in ('received', 'leased')`

/** They wait again, now for the object that the provider has answered with: locking must go by its id. */
export async function settleElsewhere(tx: Db, claim: Claim, to: ObjectRef, now: Date): Promise<void> {
  const at = now.toISOString()
  await tx.execute(sql`with freed as (delete from webhook_objects where ${isHeldBy(claim)})
    update webhook_inbox set object_kind = ${to.kind}, object_id = ${to.id}, available_at = ${at},
      state = case when attempts >= ${MOST_ATTEMPTS} then 'dead' else 'received' end,
      last_error = ${`it was asked for as ${claim.id}`}, lease_token = null, lease_until = null
    where ${isClaimedBy(claim)}`)
}

/** Later again, or dead. A worker that has lost its lease changes nothing. Answers how many died. */
export async function settleFailed(
  db: Db,
  claim: Claim,
  failure: { readonly because: string; readonly forGood: boolean; readonly now: Date },
): Promise<number> {
  const { because, forGood, now } = failure
  const again = new Date(now.getTime() + pauseMs(claim.attempts)).toISOString()
  const dies = forGood ? sql`true` : sql`attempts >= ${MOST_ATTEMPTS}`
  const rows = await rowsOf<{ readonly state: string }>(
    db,
    sql`with freed as (delete from webhook_objects where ${isHeldBy(claim)})
      update webhook_inbox set state = case when ${dies} then 'dead' else 'received' end, available_at = ${again},
        settled_at = case when ${dies} then ${now.toISOString()}::timestamptz end,
        last_error = ${because.slice(0, 500)}, lease_token = null, lease_until = null
      where ${isClaimedBy(claim)} returning state`,
  )
  return rows.filter(({ state }) => state === 'dead').length
}
