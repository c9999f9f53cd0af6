import { useState } from 'preact/hooks'
import type { Subscription } from '../../../core/billing/wire.ts'
import { subscriptions } from '../kit/billing-api.ts'
import { Dialog } from '../kit/dialog.tsx'
import { day } from '../kit/format.ts'
import { say } from '../kit/say.tsx'
import { billingWords } from './billing-words.ts'

interface CancelDialogProps {
  subscription: Subscription
  onChanged: (subscription: Subscription) => void
  onClose: () => void
}

/** Asks before a plan is canceled; it stays until the end of its period. */
export function CancelDialog({ subscription, onChanged, onClose }: CancelDialogProps) {
  const [busy, setBusy] = useState(false)
  const [trouble, setTrouble] = useState<string>()
  const until = day(subscription.periodEnd)
  const cancel = async () => {
    setBusy(true)
    setTrouble(undefined)
    try {
      const now = await subscriptions.cancel(subscription.id, { when: 'period-end' })
      say(`Your plan ends on ${until}.`)
      onChanged(now)
    } catch (error) {
      setTrouble(billingWords(error))
      setBusy(false)
    }
  }
  return (
    <Dialog title="Cancel your plan?" onClose={onClose}>
      <p>
        You have it until {until}. It does not renew after that.
        {subscription.meters.length > 0 && ' What is used until then is still billed.'}
      </p>
      {trouble && (
        <p class="note bad" role="alert">
          {trouble}
        </p>
      )}
      <div class="buttons">
        <button type="button" class="button danger" disabled={busy} onClick={cancel}>
          Cancel at the end of the period
        </button>
        <button type="button" class="button" onClick={onClose}>
          Keep it
        </button>
      </div>
    </Dialog>
  )
}
