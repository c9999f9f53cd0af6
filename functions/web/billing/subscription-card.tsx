import { useState } from 'preact/hooks'
import type { Subscription } from '../../../core/billing/wire.ts'
import { subscriptions } from '../kit/billing-api.ts'
import { day } from '../kit/format.ts'
import { say } from '../kit/say.tsx'
import { billingWords } from './billing-words.ts'
import { CancelDialog } from './cancel-dialog.tsx'
import { ChangeDialog } from './change-dialog.tsx'
import { costWords } from './plan-words.ts'

interface SubscriptionCardProps {
  subscription: Subscription
  onChange: (subscription: Subscription) => void
}

/** A running plan: what it costs, how it goes on, and how to change that. */
export function SubscriptionCard({ subscription, onChange }: SubscriptionCardProps) {
  return (
    <article class="card pad stack" aria-label="Your plan">
      <div class="spread">
        <h3 class="plan-name">{subscription.plan?.name ?? 'Your plan'}</h3>
        <Standing subscription={subscription} />
      </div>
      <p>
        <b>{costWords(subscription)}</b>
        {subscription.meters.length > 0 && <span class="soft"> and what you use</span>}
      </p>
      <p class="soft">{nextWords(subscription)}</p>
      <Actions {...{ subscription, onChange }} />
    </article>
  )
}

const isEnding = ({ cancelAtPeriodEnd, cancelAt }: Subscription): boolean =>
  cancelAtPeriodEnd || cancelAt !== null

function Actions({ subscription, onChange }: SubscriptionCardProps) {
  const [open, setOpen] = useState<'change' | 'cancel'>()
  const [busy, resume] = useResume({ subscription, onChange })
  const ends = isEnding(subscription)
  const onClose = () => setOpen(undefined)
  const onChanged = (now: Subscription) => {
    onClose()
    onChange(now)
  }
  return (
    <div class="buttons">
      {!ends && subscription.priceId && (
        <button type="button" class="button small" onClick={() => setOpen('change')}>
          Change plan
        </button>
      )}
      {(ends || subscription.pending) && (
        <button type="button" class="button small main" disabled={busy} onClick={resume}>
          {ends ? 'Keep my plan' : 'Keep it as it is'}
        </button>
      )}
      {!ends && (
        <button type="button" class="button small danger" onClick={() => setOpen('cancel')}>
          Cancel plan
        </button>
      )}
      {open === 'change' && <ChangeDialog {...{ subscription, onChanged, onClose }} />}
      {open === 'cancel' && <CancelDialog {...{ subscription, onChanged, onClose }} />}
    </div>
  )
}

/** Takes a cancellation back, or a change that has not come yet. */
function useResume({ subscription, onChange }: SubscriptionCardProps): [busy: boolean, () => Promise<void>] {
  const [busy, setBusy] = useState(false)
  const resume = async () => {
    setBusy(true)
    try {
      onChange(await subscriptions.resume(subscription.id))
      say('Your plan goes on.')
    } catch (error) {
      say(billingWords(error))
    }
    setBusy(false)
  }
  return [busy, resume]
}

function Standing({ subscription }: { subscription: Subscription }) {
  const word = {
    trialing: { kind: 'tag good', text: 'Free trial' },
    active: { kind: 'tag good', text: 'Active' },
    past_due: { kind: 'tag bad', text: 'Payment is late' },
    unpaid: { kind: 'tag bad', text: 'Not paid' },
    paused: { kind: 'tag', text: 'Paused' },
    incomplete: { kind: 'tag busy', text: 'Waiting for the first payment' },
    incomplete_expired: { kind: 'tag', text: 'Never begun' },
    canceled: { kind: 'tag', text: 'Ended' },
  }[subscription.status]
  return isEnding(subscription) ? (
    <span class="tag bad">Canceled</span>
  ) : (
    <span class={word.kind}>{word.text}</span>
  )
}

function nextWords(subscription: Subscription): string {
  const { status, trialEnd, periodEnd, cancelAt, pending } = subscription
  if (isEnding(subscription))
    return `It ends on ${day(cancelAt ?? periodEnd)}. Until then you have everything it opens.`
  if (pending) return `It changes to ${pending.planName ?? 'another plan'} on ${day(pending.at)}.`
  if (status === 'trialing' && trialEnd) return `Free until ${day(trialEnd)}, then it renews by itself.`
  return `It renews on ${day(periodEnd)}.`
}
