import { and, eq, inArray, notExists, or, type SQL, sql } from 'drizzle-orm'
import { alias, unionAll } from 'drizzle-orm/pg-core'
import { type DunningStage, keepsAccess } from '../dunning/model.ts'
import { dunningCases, dunningSteps } from '../dunning/schema.ts'
import { memberships } from '../identity/schema.ts'
import type { Db } from '../ports/database.ts'
import type { Uses } from '../ports/ports.ts'
import type { Actor } from '../run/actor.ts'
import type { CustomerId, OrganisationId, UserId } from '../run/id.ts'
import type { Provider, SubscriptionStatus } from './provider-objects.ts'
import { billingCustomers, planFeatures, plans, subscriptions } from './schema.ts'

/** Opens films that are for subscribers. */
export const PREMIUM_TITLES = 'premium-titles'

/** A feature that somebody has, and by what. */
export interface Entitlement {
  readonly feature: string
  readonly customerId: CustomerId
  /** Null where it is the user's own. */
  readonly organisationId: OrganisationId | null
  readonly provider: Provider
  readonly subscriptionId: string
  readonly status: SubscriptionStatus
  readonly planId: string
  readonly planKey: string | null
  readonly planName: string | null
  /** Until when it is paid, or on trial. */
  readonly periodEnd: Date
  readonly cancelAt: Date | null
}
/** A user: what they pay for, and what the organisations pay for that they are members of. Or these customers alone. */
export type Entitled = { readonly userId: UserId } | { readonly customerIds: readonly CustomerId[] }

/**
 * All that they are entitled to, by the mirrored state of the provider alone: what a checkout or a return URL says counts
 * for nothing. A feature comes once for each subscription that has it.
 */
export async function entitlementsOf(db: Db, who: Entitled, now: Date): Promise<readonly Entitlement[]> {
  return entitling(db, who, now).orderBy(planFeatures.feature, subscriptions.id)
}

/** Whether the actor has the feature. Nobody has none. */
export async function hasFeature(
  { db, clock }: Uses<'db' | 'clock'>,
  actor: Pick<Actor, 'userId'> | undefined,
  feature: string,
): Promise<boolean> {
  if (!actor) return false
  const found = entitling(db, actor, clock.now(), eq(planFeatures.feature, feature)).limit(1)
  return (await found).length > 0
}

function entitling(db: Db, who: Entitled, now: Date, more?: SQL) {
  const { id: subscriptionId, status, provider, periodEnd, cancelAt } = subscriptions
  const { id: customerId, organisationId } = billingCustomers
  const { feature, planId } = planFeatures
  return db
    .selectDistinct({
      ...{
        feature,
        customerId,
        organisationId,
        provider,
        subscriptionId,
        status,
        planId,
        periodEnd,
        cancelAt,
      },
      ...{ planKey: plans.planKey, planName: plans.name },
    })
    .from(billingCustomers)
    .innerJoin(
      subscriptions,
      and(
        eq(subscriptions.provider, billingCustomers.provider),
        eq(subscriptions.providerCustomerId, billingCustomers.providerId),
      ),
    )
    .innerJoin(planFeatures, and(eq(planFeatures.provider, subscriptions.provider), isOfItem))
    .leftJoin(plans, and(eq(plans.provider, planFeatures.provider), eq(plans.id, planFeatures.planId)))
    .where(and(belongsTo(db, who), isOpen(db, now), more))
    .$dynamic()
}

/** The item names its product beside its price, so that it entitles before the price's own webhook has come. */
const isOfItem = sql`exists (select 1 from jsonb_array_elements(${subscriptions.items}) as item
  where item ->> 'productId' = ${planFeatures.planId})`

/** Two looks into indexes. An `or` over both ways reads better, and reads the whole table of customers. */
function belongsTo(db: Db, who: Entitled): SQL | undefined {
  if ('customerIds' in who) return inArray(billingCustomers.id, [...who.customerIds])
  const payers = alias(billingCustomers, 'payers')
  const own = db.select({ id: payers.id }).from(payers).where(eq(payers.userId, who.userId))
  const ofOrganisations = db
    .select({ id: payers.id })
    .from(payers)
    .innerJoin(memberships, eq(memberships.organisationId, payers.organisationId))
    .where(eq(memberships.userId, who.userId))
  return inArray(billingCustomers.id, unionAll(own, ofOrganisations))
}

/** Which statuses open what is paid for. `past_due` does while its collection lets it. */
const OPENS: { readonly [S in SubscriptionStatus]: boolean | 'while-collecting' } = {
  trialing: true,
  active: true,
  past_due: 'while-collecting',
  incomplete: false,
  incomplete_expired: false,
  unpaid: false,
  paused: false,
  canceled: false,
}
const STATUSES = Object.keys(OPENS) as SubscriptionStatus[]
const STAGES = Object.keys(keepsAccess) as DunningStage[]

function isOpen(db: Db, now: Date): SQL | undefined {
  const always = STATUSES.filter((status) => OPENS[status] === true)
  const collecting = STATUSES.filter((status) => OPENS[status] === 'while-collecting')
  // An end that was announced holds although its webhook is late.
  const notEnded = sql`(${subscriptions.cancelAt} is null or ${subscriptions.cancelAt} > ${now.toISOString()}::timestamptz)`
  const noCaseForbids = notExists(
    db.select({ id: dunningCases.id }).from(dunningCases).where(and(isOfSubscription, forbids)),
  )
  return and(
    sql`${billingCustomers.deletedAt} is null`,
    notEnded,
    or(inArray(subscriptions.status, always), and(inArray(subscriptions.status, collecting), noCaseForbids)),
  )
}

/**
 * Any of its cases: the next month's invoice must not open again what the last one's has closed. Nor must a dispute, which
 * ends the collecting and pays nothing: who had no access by then has none.
 */
const forbids = or(
  inArray(
    dunningCases.stage,
    STAGES.filter((stage) => !keepsAccess[stage]),
  ),
  and(eq(dunningCases.stage, 'stopped'), wasRestrictedAndDisputed()),
)

/** One look by the key, and not `exists`: inside an `or` the database would read all steps of all cases for it. */
function wasRestrictedAndDisputed(): SQL {
  const { caseId, because, stage } = dunningSteps
  return sql`(select bool_or(${because} = 'disputed') and bool_or(${stage} = 'restricted')
    from ${dunningSteps} where ${caseId} = ${dunningCases.id})`
}

const isOfSubscription = and(
  eq(dunningCases.provider, subscriptions.provider),
  eq(dunningCases.subscriptionId, subscriptions.id),
)
