import type { Uses } from '../ports/ports.ts'
import type { Actor } from '../run/actor.ts'
import { payerFor } from './billing-can.ts'
import { findCustomer } from './customers.ts'
import { entitlementsOf } from './entitlements.ts'
import type { Entitlements, OfOrganisation } from './wire.ts'

/** What the actor's subscriptions and those of their organisations open; or those of one organisation, for its members. */
export async function ownEntitlements(
  { db, clock }: Uses<'db' | 'clock'>,
  actor: Actor,
  { organisationId }: OfOrganisation,
): Promise<Entitlements> {
  const payer = await payerFor({ db }, actor, organisationId, 'billing:entitlements')
  const who = 'userId' in payer ? payer : { customerIds: await idsOf(db, payer) }
  const found = await entitlementsOf(db, who, clock.now())
  return { features: [...new Set(found.map(({ feature }) => feature))].sort() }
}

async function idsOf(db: Uses<'db'>['db'], payer: Parameters<typeof findCustomer>[1]) {
  const customer = await findCustomer(db, payer)
  return customer ? [customer.id] : []
}
