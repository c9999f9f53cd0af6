import { and, eq } from 'drizzle-orm'
import { forbidden, notFound } from '../http/problem.ts'
import type { MemberRole } from '../identity/model.ts'
import { memberships } from '../identity/schema.ts'
import type { Db } from '../ports/database.ts'
import type { Uses } from '../ports/ports.ts'
import type { Actor } from '../run/actor.ts'
import { isId, type OrganisationId, type UserId } from '../run/id.ts'

/** Whoever pays. */
export type Payer = { readonly userId: UserId } | { readonly organisationId: OrganisationId }
export type BillingAction = 'billing:manage' | 'billing:entitlements'
/** How the actor stands to the payer: it is they themselves, or their role in the organisation. */
export type Standing = 'self' | MemberRole

const ALLOWED: { readonly [A in BillingAction]: ReadonlySet<Standing> } = {
  'billing:manage': new Set<Standing>(['self', 'owner', 'billing']),
  'billing:entitlements': new Set<Standing>(['self', 'owner', 'billing', 'member']),
}

/** May one who stands so do this? Denied unless a rule allows it. */
export const billingCan = (standing: Standing | undefined, action: BillingAction): boolean =>
  standing !== undefined && Object.hasOwn(ALLOWED, action) && ALLOWED[action].has(standing)

/** How the actor stands to whoever pays; `undefined` for no way at all. */
export async function standingOf(
  db: Db,
  actor: Actor,
  payer: { readonly userId?: UserId | null; readonly organisationId?: OrganisationId | null },
): Promise<Standing | undefined> {
  if (payer.userId) return payer.userId === actor.userId ? 'self' : undefined
  if (!payer.organisationId) return undefined
  const mine = and(eq(memberships.organisationId, payer.organisationId), eq(memberships.userId, actor.userId))
  return (await db.select({ role: memberships.role }).from(memberships).where(mine))[0]?.role
}

/** The actor, or the organisation that they name. 404 for one that they do not belong to, 403 without the role for it. */
export async function payerFor(
  { db }: Uses<'db'>,
  actor: Actor,
  organisationId: string | undefined,
  action: BillingAction = 'billing:manage',
): Promise<Payer> {
  if (organisationId === undefined) return { userId: actor.userId }
  if (!isId('org', organisationId)) throw notFound('organisation')
  const standing = await standingOf(db, actor, { organisationId })
  if (standing === undefined) throw notFound('organisation')
  if (!billingCan(standing, action))
    throw forbidden('Billing of an organisation is for members with the role owner or billing.')
  return { organisationId }
}

/** Whether the actor works for whoever runs this deployment: they may refund. Nobody is, unless the configuration says so. */
export const isBillingStaff = ({ config }: Uses<'config'>, actor: Actor): boolean =>
  config.billingStaff.includes(actor.userId)
