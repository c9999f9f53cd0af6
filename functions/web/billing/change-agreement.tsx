import { useState } from 'preact/hooks'
import type { ChangePreview, ChangeRequest, Subscription } from '../../../core/billing/wire.ts'
import { useAsked } from '../kit/asked.ts'
import { subscriptions } from '../kit/billing-api.ts'
import { day } from '../kit/format.ts'
import { money } from '../kit/money.ts'
import { say } from '../kit/say.tsx'
import { Trouble, Waiting } from '../kit/trouble.tsx'
import { billingWords } from './billing-words.ts'

interface ChangeAgreementProps {
  subscription: Subscription
  priceId: string
  when: ChangeRequest['when']
  onChanged: (subscription: Subscription) => void
}
/** What a change of plan costs, and the button for it. */
export function ChangeAgreement({ subscription, priceId, when, onChanged }: ChangeAgreementProps) {
  const { id, quantity } = subscription
  const want = { priceId, quantity, when }
  const preview = useAsked(() => subscriptions.preview(id, want))
  const [busy, setBusy] = useState(false)
  const [trouble, setTrouble] = useState<string>()
  const change = async () => {
    setBusy(true)
    setTrouble(undefined)
    try {
      // With the moment of the preview it costs what was shown.
      const at = when === 'now' && preview.value ? { prorationAt: preview.value.prorationAt } : {}
      const now = await subscriptions.change(id, { ...want, ...at })
      say(when === 'now' ? 'Your plan has changed.' : 'Your plan will change.')
      onChanged(now)
    } catch (error) {
      setTrouble(billingWords(error))
      setBusy(false)
    }
  }
  if (preview.trouble) return <Trouble words={preview.trouble} again={preview.again} />
  return (
    <>
      <div class="preview">{preview.value ? <Costs preview={preview.value} /> : <Waiting rows={2} />}</div>
      {trouble && (
        <p class="note bad" role="alert">
          {trouble}
        </p>
      )}
      <div class="buttons">
        <button type="button" class="button main" disabled={busy || !preview.value} onClick={change}>
          Change plan
        </button>
      </div>
    </>
  )
}

function Costs({ preview }: { preview: ChangePreview }) {
  const { currency, dueNowMinor, nextTotalMinor, nextAt, lines } = preview
  return (
    <>
      <dl class="costs">
        <div>
          <dt>{dueNowMinor < 0 ? 'Credited now' : 'Due now'}</dt>
          <dd>{money(Math.abs(dueNowMinor), currency)}</dd>
        </div>
        <div>
          <dt>Next, on {day(nextAt)}</dt>
          <dd>{money(nextTotalMinor, currency)}</dd>
        </div>
      </dl>
      <details>
        <summary>How this comes about</summary>
        <ul class="lines">
          {lines.map((line, at) => (
            <li key={at} class="spread">
              <span>{line.description}</span>
              <span class="numbers">{money(line.amountMinor, currency)}</span>
            </li>
          ))}
        </ul>
      </details>
    </>
  )
}
