import { useState } from 'preact/hooks'
import type { Plan, PlanPrice } from '../../../core/billing/wire.ts'
import { useAsked } from '../kit/asked.ts'
import { plans } from '../kit/billing-api.ts'
import { Choice } from '../kit/choice.tsx'
import { Trouble, Waiting } from '../kit/trouble.tsx'
import { currenciesOf, firstCurrency, keepCurrency } from './currency.ts'
import { PlanCard } from './plan-card.tsx'
import { amountIn, savingOf } from './plan-words.ts'

export interface ChosenPrice {
  readonly priceId: string
  readonly currency: string
}
interface PlanListProps {
  audience: Plan['audience']
  /** Price of the plan that runs already. */
  current: string | undefined
  busy: boolean
  onChoose: (chosen: ChosenPrice) => void
}

/** The plans, by the month or the year, in the currency of one's choice. */
export function PlanList({ audience, current, busy, onChoose }: PlanListProps) {
  const { value: found, trouble, again } = useAsked(() => plans.list(audience), [audience])
  const [chosen, setChosen] = useState<string>()
  const [interval, setInterval] = useState<'month' | 'year'>('month')
  if (trouble) return <Trouble words={trouble} again={again} />
  if (!found) return <Waiting rows={4} />
  if (found.length === 0) return <p class="empty card">Nothing is for sale yet.</p>
  const sold = currenciesOf(found)
  const currency = chosen ?? firstCurrency(sold)
  const choose = (code: string) => {
    keepCurrency(code)
    setChosen(code)
  }
  const shown = found.flatMap((plan) => priced(plan, { interval, currency }))
  return (
    <div class="plans">
      <div class="plan-switches">
        {found.some(({ prices }) => prices.some((price) => price.interval === 'year')) && (
          <Choice label="Paid by" value={interval} options={INTERVALS} onChange={setInterval} />
        )}
        <Currency sold={sold} value={currency} onChange={choose} />
      </div>
      <ul class="plan-cards">
        {shown.map(({ plan, price }) => (
          <PlanCard
            key={plan.id}
            {...{ plan, price, currency, busy }}
            saving={savingOf(plan, currency)}
            isCurrent={plan.prices.some(({ id }) => id === current)}
            onChoose={() => onChoose({ priceId: price.id, currency })}
          />
        ))}
      </ul>
      <p class="soft small">Prices are before tax, which the checkout adds where it is due.</p>
    </div>
  )
}

const INTERVALS = [
  ['month', 'Monthly'],
  ['year', 'Yearly'],
] as const

interface CurrencyProps {
  sold: readonly string[]
  value: string
  onChange: (code: string) => void
}
function Currency({ sold, value, onChange }: CurrencyProps) {
  if (sold.length < 2) return null
  return (
    <label class="currency">
      <span class="unseen">Currency</span>
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {sold.map((code) => (
          <option key={code} value={code}>
            {code.toUpperCase()}
          </option>
        ))}
      </select>
    </label>
  )
}

interface Switches {
  readonly interval: 'month' | 'year'
  readonly currency: string
}
/** The plan's price of this interval, else any that it is sold by in this currency; none where it is not. */
function priced(plan: Plan, { interval, currency }: Switches): { plan: Plan; price: PlanPrice }[] {
  const sold = plan.prices.filter((price) => amountIn(price, currency) !== undefined)
  const price = sold.find((one) => one.interval === interval) ?? sold[0]
  return price ? [{ plan, price }] : []
}
