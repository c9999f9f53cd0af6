import type { Applying } from './applying.ts'
import { once } from './effects.ts'
import type { DisputeObject } from './provider-objects.ts'
import { disputes } from './schema.ts'

/** What has become of a dispute; `undefined` while it is open. `prevented`: paid back before it was one. */
const OUTCOME: { readonly [S in DisputeObject['status']]: 'won' | 'lost' | 'never' | undefined } = {
  warning_needs_response: undefined,
  warning_under_review: undefined,
  needs_response: undefined,
  under_review: undefined,
  // An inquiry that ended without a dispute: nothing was withdrawn.
  warning_closed: 'won',
  won: 'won',
  lost: 'lost',
  prevented: 'never',
}

/** Writes the dispute as it is. Its events are for those who answer it and name no customer. */
export async function mirrorDispute(at: Applying, object: DisputeObject): Promise<void> {
  const { provider, now: syncedAt } = at
  const { kind: _kind, livemode: _livemode, balance: _balance, ...facts } = object
  const row = { ...facts, provider, syncedAt }
  await at.tx
    .insert(disputes)
    .values(row)
    .onConflictDoUpdate({ target: [disputes.provider, disputes.id], set: row })
  const { id: disputeId, paymentId } = object
  const outcome = OUTCOME[object.status]
  if (outcome === 'never') return
  const data = { provider, disputeId, paymentId }
  await once(at, disputeId, 'opened', () =>
    at.emit({ type: 'billing.dispute.opened', subject: disputeId, data }),
  )
  if (outcome === undefined) return
  const closed = { ...data, won: outcome === 'won' }
  await once(at, disputeId, 'closed', () =>
    at.emit({ type: 'billing.dispute.closed', subject: disputeId, data: closed }),
  )
}
