import type { Subscription } from '../../../core/billing/wire.ts'
import type { InvoiceSummary } from '../../../core/billing/wire-payments.ts'
import { useAsked } from '../kit/asked.ts'
import { type Payer, payments } from '../kit/billing-api.ts'
import { day } from '../kit/format.ts'
import { money } from '../kit/money.ts'
import { useSoon } from '../kit/soon.ts'
import { useLeave } from './leave.ts'

interface DunningNoteProps {
  subscription: Subscription
  payer: Payer
  returnPath: string
}

/** What is unpaid, what happens next, and what mends it. */
export function DunningNote({ subscription, payer, returnPath }: DunningNoteProps) {
  const [busy, leave] = useLeave()
  const { value: invoices, again } = useAsked(() => payments.invoices(payer), [subscription.id])
  const owed = invoices?.items.find(
    (invoice) => invoice.status === 'open' && invoice.amountRemainingMinor > 0,
  )
  useSoon(again, invoices !== undefined && owed === undefined)
  return (
    <section class="note warn dunning" role="alert" aria-label="Unpaid">
      <p>
        <b>Your last payment did not go through.</b> {nextWords(subscription)}
      </p>
      {owed && <p>{owedWords(owed)}</p>}
      <p class="buttons">
        {owed?.hostedUrl && (
          <a class="button small main" href={owed.hostedUrl}>
            Pay now
          </a>
        )}
        <button
          type="button"
          class="button small"
          disabled={busy}
          onClick={() => leave(() => payments.portal(payer, returnPath))}
        >
          Use another card
        </button>
      </p>
    </section>
  )
}

function owedWords({
  amountRemainingMinor,
  currency,
  number,
  lastFailure,
  nextAttemptAt,
}: InvoiceSummary): string {
  const due = `${money(amountRemainingMinor, currency)} of invoice ${number ?? ''} are due.`
  const why = lastFailure ? ` The bank said: ${lastFailure.message}` : ''
  return `${due}${why}${nextAttemptAt ? ` The next try is on ${day(nextAttemptAt)}.` : ''}`
}

function nextWords({ dunning }: Subscription): string {
  if (!dunning) return 'Pay the open invoice to keep your plan.'
  const until = dunning.deadlineAt ? ` until ${day(dunning.deadlineAt)}` : ''
  if (dunning.stage === 'retrying') return 'It will be tried again, and you keep your plan meanwhile.'
  if (dunning.keepsAccess) return `You keep your plan${until}. After that it is paused.`
  if (dunning.stage === 'restricted') return 'Your plan is paused. It is back as soon as the invoice is paid.'
  return 'Your plan has ended. Pay what is open, then subscribe anew.'
}
