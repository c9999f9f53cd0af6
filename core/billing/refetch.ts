import type { Uses } from '../ports/ports.ts'
import type { Context } from '../run/context.ts'
import { acceptEvents } from '../webhooks/accept.ts'
import { refetchNow } from '../webhooks/refetch.ts'
import type { ObjectKind, Provider } from './provider-objects.ts'

export type RefetchNeeds = Uses<'db' | 'bus' | 'clock' | 'ids' | 'payments' | 'config'>

interface Wanted {
  readonly provider: Provider
  readonly kind: ObjectKind
  readonly id: string
}

/** How often, and after how long, an object is tried again that another worker has. */
const TRIES = 3
const PAUSE_MS = 150

/**
 * Writes an object as the provider has it now, by the same way as its webhook. Where another worker has the object, that
 * one may have looked before our change, so we wait for our turn; not for long: the row in the inbox does it without us.
 */
export async function refetch(uses: RefetchNeeds, ctx: Context, wanted: Wanted): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const became = await refetchNow(uses, ctx, { ...wanted, accountId: null })
    if (became === 'done' || tries === TRIES) return
    await uses.clock.sleep(PAUSE_MS, ctx.signal)
  }
}

/** As `refetch`, for what a client may ask over and over: of all requests within this time one asks the provider. */
export async function refetchSeldom(
  uses: RefetchNeeds,
  ctx: Context,
  { everyMs, ...wanted }: Wanted & { readonly everyMs: number },
): Promise<void> {
  const now = uses.clock.now()
  const dedupeId = `asked:${wanted.kind}:${wanted.id}:${Math.floor(now.getTime() / everyMs)}`
  const event = {
    ...{ provider: wanted.provider, eventId: dedupeId, dedupeId, type: 'skyreel.asked', account: null },
    about: { kind: wanted.kind, id: wanted.id, accountId: null },
    livemode: uses.config.billingLivemode,
    createdAt: now,
  }
  const { added } = await acceptEvents(uses, [event], { source: 'backfill' })
  if (added > 0) await refetch(uses, ctx, wanted)
}
