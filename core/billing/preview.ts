import type { Uses } from '../ports/ports.ts'
import type { Actor } from '../run/actor.ts'
import { wantedOf } from './change.ts'
import { showLine } from './invoices.ts'
import { isRunning } from './model.ts'
import { subscriptionEnded, throughProvider } from './problems.ts'
import { iso } from './show-subscription.ts'
import { subscriptionFor } from './store.ts'
import type { ChangePreview, ChangeRequest } from './wire.ts'

/** What a change would cost now and at the next renewal, as the provider computes it. Nothing is changed. */
export async function previewChange(
  uses: Uses<'db' | 'payments' | 'clock' | 'config'>,
  actor: Actor,
  { id, body }: { readonly id: string | undefined; readonly body: ChangeRequest },
): Promise<ChangePreview> {
  const { row } = await subscriptionFor(uses, actor, id)
  if (!isRunning[row.status]) throw subscriptionEnded()
  const { prorationAt: of, ...wanted } = await wantedOf(uses, row, body)
  const at = of === undefined ? uses.clock.now() : new Date(of)
  const asked = { ...wanted, subscriptionId: row.id, at }
  const preview = await throughProvider(uses.payments.of(row.provider).previewChange(asked))
  const { currency, dueNowMinor, nextTotalMinor, nextAt, prorationAt, lines } = preview
  return {
    ...{ currency, dueNowMinor, nextTotalMinor },
    nextAt: iso(nextAt),
    prorationAt: iso(prorationAt),
    lines: lines.map(showLine),
  }
}
