import { applyObject } from '../billing/apply.ts'
import type { Uses } from '../ports/ports.ts'
import type { Context } from '../run/context.ts'
import { acceptRefs } from './accept-refs.ts'
import { claimObject } from './claim.ts'
import type { ApplyObject, InboxRef } from './model.ts'
import { type Processing, processClaim } from './process.ts'
import { wakeWorker } from './wake.ts'

/**
 * Writes an object as the provider has it now, the way a webhook would: for the page to which a customer returns, and after
 * a change of ours. `waits`: another worker has the object at this moment, or it failed; it is written soon.
 */
export async function refetchNow(
  uses: Processing & Uses<'config'>,
  ctx: Context,
  ref: InboxRef,
  apply: ApplyObject = applyObject,
): Promise<'done' | 'waits'> {
  const eventId = `refetch:${ref.kind}:${ref.id}:${uses.ids.uuid()}`
  await acceptRefs(uses, [{ ref, eventId, type: 'skyreel.refetch' }])
  for (let next: InboxRef = ref, step = 0; step < 2; step += 1) {
    const claim = await claimObject(uses, next)
    if (claim === undefined || claim === 'busy') break
    const result = await processClaim(uses, ctx, claim, apply)
    if (result.is === 'done') return 'done'
    if (result.is !== 'elsewhere') break
    next = { ...next, ...result.to }
  }
  await wakeWorker(uses, ctx, ref.provider)
  return 'waits'
}
