import type { Gone, ObjectRef, ProviderObject } from '../billing/provider-objects.ts'
import type { Uses } from '../ports/ports.ts'
import type { Context } from '../run/context.ts'
import { commit } from '../run/emit.ts'
import { NotSupported } from '../run/not-supported.ts'
import type { Claim } from './claim.ts'
import { askForPayment } from './follow-up.ts'
import type { ApplyObject } from './model.ts'
import { holdLease, LeaseLost, settleDone, settleElsewhere, settleFailed } from './settle.ts'

export type Processing = Uses<'db' | 'bus' | 'clock' | 'ids' | 'payments'>

/** `elsewhere`: the webhooks wait for another object now. `lost`: another worker has it, and this one wrote nothing. */
export type Outcome =
  | { readonly is: 'done' | 'failed' | 'lost' }
  | { readonly is: 'elsewhere'; readonly to: ObjectRef }

/**
 * Fetches a leased object and writes it with all that follows, its webhooks' end included, in one transaction. No
 * transaction is open while the provider is asked. Never throws for what can be tried again.
 */
export async function processClaim(
  uses: Processing,
  ctx: Context,
  claim: Claim,
  apply: ApplyObject,
): Promise<Outcome> {
  try {
    const { provider, kind, id, accountId } = claim
    const object = await uses.payments.of(provider).fetch({ kind, id, accountId })
    return await write(uses, ctx, { claim, object, apply })
  } catch (error) {
    if (error instanceof LeaseLost) {
      ctx.log.warn('a lease was lost: nothing was written', { object: claim.id, error })
      return { is: 'lost' }
    }
    return fail(uses, ctx, claim, error)
  }
}

interface Fetched {
  readonly claim: Claim
  readonly object: ProviderObject | Gone
  readonly apply: ApplyObject
}

function write(uses: Processing, ctx: Context, { claim, object, apply }: Fetched): Promise<Outcome> {
  return commit(uses, ctx, async (tx, emit) => {
    const now = uses.clock.now()
    await holdLease(tx, claim)
    if (object.id !== claim.id) {
      const to = { kind: object.kind, id: object.id, accountId: claim.accountId }
      await settleElsewhere(tx, claim, to, now)
      return { is: 'elsewhere', to }
    }
    const { provider, events } = claim
    await apply({ tx, emit, provider, now, ids: uses.ids, log: ctx.log }, object, events)
    await askForPayment(tx, uses, { claim, object })
    await settleDone(tx, claim, now)
    return { is: 'done' }
  })
}

/** What a provider cannot do at all it will not do tomorrow either. */
async function fail(uses: Processing, ctx: Context, claim: Claim, error: unknown): Promise<Outcome> {
  const { provider, kind, id, events, attempts } = claim
  const forGood = error instanceof NotSupported
  const about = { provider, kind, object: id, attempts, error }
  const dead = await settleFailed(uses.db, claim, {
    because: reasonOf(error),
    forGood,
    now: uses.clock.now(),
  })
  if (dead > 0) ctx.log.error('webhooks are dead: an operator must look', { ...about, dead, events })
  else ctx.log.warn('an object could not be processed and is tried again', about)
  return { is: 'failed' }
}

/** drizzle's own message repeats the statement with its values; what the database has said is its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { name, message, cause } = error
  return message.startsWith('Failed query') && cause instanceof Error
    ? reasonOf(cause)
    : `${name}: ${message}`
}
