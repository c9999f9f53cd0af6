import { type SQL, sql } from 'drizzle-orm'
import { payerFor } from '../billing/billing-can.ts'
import { customerOf, findCustomer } from '../billing/customers.ts'
import { rowsOf } from '../database/rows.ts'
import type { Uses } from '../ports/ports.ts'
import type { Actor } from '../run/actor.ts'
import { type CustomerId, idFromUuid, type UserId, uuidOf } from '../run/id.ts'
import { BILLED } from './terms.ts'

export type ForTenants = Uses<'db' | 'clock' | 'ids' | 'payments'>

/**
 * Whose usage a caller speaks for: their own or an organisation's, where they are its owner or do its billing.
 * `undefined` while there is no customer. 404 for an organisation that they do not belong to, 403 without the role.
 */
export async function tenantFor(
  { db }: Uses<'db'>,
  actor: Actor,
  organisation: string | undefined,
): Promise<CustomerId | undefined> {
  return (await findCustomer(db, await payerFor({ db }, actor, organisation)))?.id
}

/** The same; a customer is made where there is none: it is counted from the first event, paid for once there is a plan. */
export async function tenantMadeFor(
  uses: ForTenants,
  actor: Actor,
  organisation: string | undefined,
): Promise<CustomerId> {
  return (await customerOf(uses, await payerFor(uses, actor, organisation))).id
}

/** The tenant of what a user has and does. */
export async function tenantOfUser(uses: ForTenants, userId: UserId): Promise<CustomerId> {
  const tenant = (await tenantsOfUsers(uses, [userId])).get(userId)
  return tenant ?? (await customerOf(uses, { userId })).id
}

/** Tenants of several users at once; those for whom nobody pays yet become customers themselves. */
export async function tenantsOfUsers(
  uses: ForTenants,
  userIds: readonly UserId[],
): Promise<ReadonlyMap<UserId, CustomerId>> {
  const asked = JSON.stringify(userIds.map((id) => uuidOf(id)))
  const rows = await rowsOf<{ user_id: string; tenant: string | null }>(
    uses.db,
    sql`select asked.id as user_id, ${payerOf(sql`asked.id`)} as tenant
      from (select value::uuid as id from jsonb_array_elements_text(${asked}::jsonb)) asked`,
  )
  const found = new Map<UserId, CustomerId>()
  for (const { user_id, tenant } of rows) {
    const userId = idFromUuid('usr', user_id)
    found.set(userId, tenant === null ? (await customerOf(uses, { userId })).id : idFromUuid('bcu', tenant))
  }
  return found
}

/**
 * Films and calls are people's, plans that are billed by use are organisations': what a member uses is on the organisation
 * that has such a plan (of several the one that they joined first), else on themselves. `null` for no customer at all.
 */
export const payerOf = (userId: SQL): SQL => sql`coalesce(
  (select c.id from memberships m
    join billing_customers c on c.organisation_id = m.organisation_id and c.deleted_at is null
    join subscriptions s on s.provider = c.provider and s.provider_customer_id = c.provider_id
      and s.status in ${[...BILLED]}
    where m.user_id = ${userId} and exists (
      select from jsonb_array_elements(s.items) item
      join plan_prices p on p.provider = s.provider and p.id = item->>'priceId' and p.meter is not null)
    order by m.created_at, m.organisation_id, s.started_at limit 1),
  (select c.id from billing_customers c where c.user_id = ${userId}))`
