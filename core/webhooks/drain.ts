import type { Context } from '../run/context.ts'
import { claimNext } from './claim.ts'
import type { ApplyObject } from './model.ts'
import { type Outcome, type Processing, processClaim } from './process.ts'

export interface Draining {
  readonly apply: ApplyObject
  /** Objects at once; each takes a connection of the database while it is written. */
  readonly workers?: number
  /** How long to look again after nothing was found: what came without a wake-up of its own. */
  readonly lingerMs?: number
}

/** Objects by what became of them. */
export type Drained = { readonly [O in Outcome['is']]: number }

/** Processes what waits until nothing does, or until `ctx.signal` says that the time is up. */
export async function drainInbox(uses: Processing, ctx: Context, draining: Draining): Promise<Drained> {
  const total = { done: 0, elsewhere: 0, failed: 0, lost: 0 }
  const { lingerMs = 0 } = draining
  for (;;) {
    await pass(uses, ctx, draining, total)
    if (ctx.signal.aborted || lingerMs === 0) return total
    await uses.clock.sleep(lingerMs, ctx.signal)
    if (!(await pass(uses, ctx, draining, total))) return total
  }
}

/** All workers, until each has found nothing. Answers whether anything was found. */
async function pass(
  uses: Processing,
  ctx: Context,
  { apply, workers = 4 }: Draining,
  total: Record<Outcome['is'], number>,
): Promise<boolean> {
  let found = false
  const work = async () => {
    while (!ctx.signal.aborted) {
      const claim = await claimNext(uses)
      if (claim === undefined) return
      found = true
      if (claim !== 'busy') total[(await processClaim(uses, ctx, claim, apply)).is] += 1
    }
  }
  // Settled, not raced: a worker that goes on behind a failed one would outlive its invocation.
  const ended = await Promise.allSettled(Array.from({ length: workers }, work))
  const broken = ended.find((end) => end.status === 'rejected')
  if (broken) throw broken.reason
  return found
}
