import { useState } from 'preact/hooks'
import type { ChangeRequest, Subscription } from '../../../core/billing/wire.ts'
import { useAsked } from '../kit/asked.ts'
import { plans } from '../kit/billing-api.ts'
import { Choice } from '../kit/choice.tsx'
import { Dialog } from '../kit/dialog.tsx'
import { money } from '../kit/money.ts'
import { Trouble, Waiting } from '../kit/trouble.tsx'
import { ChangeAgreement } from './change-agreement.tsx'
import { amountIn, every } from './plan-words.ts'

interface ChangeDialogProps {
  subscription: Subscription
  onChanged: (subscription: Subscription) => void
  onClose: () => void
}

/** Another plan, with what it costs now and next time before it is agreed to. */
export function ChangeDialog({ subscription, onChanged, onClose }: ChangeDialogProps) {
  const offers = useAsked(() => offersFor(subscription))
  const [chosen, setChosen] = useState<string>()
  const [when, setWhen] = useState<ChangeRequest['when']>('now')
  const priceId = chosen ?? offers.value?.[0]?.priceId
  return (
    <Dialog title="Change your plan" onClose={onClose}>
      {offers.trouble && <Trouble words={offers.trouble} again={offers.again} />}
      {!offers.value && !offers.trouble && <Waiting rows={3} />}
      {offers.value?.length === 0 && <p>There is no other plan at the moment.</p>}
      {offers.value && priceId && (
        <>
          <Offers offers={offers.value} value={priceId} onChange={setChosen} />
          <Choice label="When" value={when} options={WHEN} onChange={setWhen} />
          <ChangeAgreement key={`${priceId} ${when}`} {...{ subscription, priceId, when, onChanged }} />
        </>
      )}
    </Dialog>
  )
}

const WHEN = [
  ['now', 'Now'],
  ['period-end', 'At the next renewal'],
] as const

interface Offer {
  readonly priceId: string
  readonly words: string
}
async function offersFor({ plan, priceId, currency }: Subscription): Promise<Offer[]> {
  const found = await plans.list(plan?.audience ?? 'viewer')
  return found.flatMap(({ name, prices }) =>
    prices
      .filter((price) => price.id !== priceId)
      .flatMap((price) => {
        const amountMinor = amountIn(price, currency)
        if (amountMinor === undefined) return []
        return [{ priceId: price.id, words: `${name}, ${money(amountMinor, currency)} ${every(price)}` }]
      }),
  )
}

interface OffersProps {
  offers: readonly Offer[]
  value: string
  onChange: (priceId: string) => void
}
function Offers({ offers, value, onChange }: OffersProps) {
  return (
    <label class="field">
      <span>New plan</span>
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {offers.map(({ priceId, words }) => (
          <option key={priceId} value={priceId}>
            {words}
          </option>
        ))}
      </select>
    </label>
  )
}
