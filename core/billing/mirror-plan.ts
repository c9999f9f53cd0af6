import { and, eq } from 'drizzle-orm'
import type { Applying } from './applying.ts'
import type { PriceObject, ProductObject } from './provider-objects.ts'
import { planFeatures, planPrices, plans } from './schema.ts'

/** Writes the plan as it is sold, with its features. */
export async function mirrorPlan(at: Applying, object: ProductObject): Promise<void> {
  const { tx, provider, now: syncedAt } = at
  const { kind: _kind, features, description, ...facts } = object
  const row = { ...facts, provider, description: description ?? '', deletedAt: null, syncedAt }
  await tx
    .insert(plans)
    .values(row)
    .onConflictDoUpdate({ target: [plans.provider, plans.id], set: row })
  await tx
    .delete(planFeatures)
    .where(and(eq(planFeatures.provider, provider), eq(planFeatures.planId, object.id)))
  const rows = [...new Set(features)].map((feature) => ({ provider, planId: object.id, feature }))
  if (rows.length > 0) await tx.insert(planFeatures).values(rows)
}

/** It is sold no more. Its features stay: whoever has it keeps what they pay for. */
export async function deletePlan({ tx, provider, now }: Applying, id: string): Promise<void> {
  await tx
    .update(plans)
    .set({ active: false, deletedAt: now, syncedAt: now })
    .where(and(eq(plans.provider, provider), eq(plans.id, id)))
}

/** Writes the price as it is. */
export async function mirrorPrice({ tx, provider, now }: Applying, object: PriceObject): Promise<void> {
  const { kind: _kind, livemode: _livemode, productId, lookupKey, otherCurrencies, ...facts } = object
  const names = { planId: productId, priceKey: lookupKey, otherCurrencies: { ...otherCurrencies } }
  const row = { ...facts, ...names, provider, deletedAt: null, syncedAt: now }
  await tx
    .insert(planPrices)
    .values(row)
    .onConflictDoUpdate({ target: [planPrices.provider, planPrices.id], set: row })
}

export async function deletePrice({ tx, provider, now }: Applying, id: string): Promise<void> {
  await tx
    .update(planPrices)
    .set({ active: false, deletedAt: now, syncedAt: now })
    .where(and(eq(planPrices.provider, provider), eq(planPrices.id, id)))
}
