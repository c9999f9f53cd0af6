import type { Plan, PlanPrice } from '../../../core/billing/wire.ts'
import { Icon } from '../kit/icons.tsx'
import { money, unitMoney } from '../kit/money.ts'
import { amountIn, byWeight, every, featureWords, meterName, meterUnit } from './plan-words.ts'

interface PlanCardProps {
  plan: Plan
  price: PlanPrice
  currency: string
  saving: number
  isCurrent: boolean
  busy: boolean
  onChoose: () => void
}

/** A plan with what it opens and costs. */
export function PlanCard({ plan, price, currency, saving, isCurrent, busy, onChoose }: PlanCardProps) {
  const amountMinor = amountIn(price, currency)
  return (
    <li class="card plan" aria-label={plan.name}>
      <h2>{plan.name}</h2>
      <p class="soft plan-says">{plan.description}</p>
      <p class="plan-price">
        <b>{amountMinor === undefined ? 'By use' : money(amountMinor, currency)}</b>{' '}
        <span class="soft">{every(price)}</span>
        {saving > 0 && price.interval === 'year' && <span class="saving">Saves {saving} %</span>}
      </p>
      <p class="plan-trial">
        {price.trialDays !== null && `The first ${price.trialDays} days are free.`}
        {price.trialDays !== null && <small class="soft"> Once for each customer.</small>}
      </p>
      <ul class="features">
        {plan.features.toSorted(byWeight).map((feature) => (
          <li key={feature}>
            <Icon name="check" size={18} /> {featureWords(feature)}
          </li>
        ))}
      </ul>
      <Metered plan={plan} currency={currency} />
      {isCurrent ? (
        <p class="tag good">This is your plan</p>
      ) : (
        <button type="button" class="button main" disabled={busy} onClick={onChoose}>
          Subscribe<span class="unseen"> to {plan.name}</span>
        </button>
      )}
    </li>
  )
}

function Metered({ plan, currency }: { plan: Plan; currency: string }) {
  const parts = plan.metered.filter((part) => part.currency === currency && part.amountDecimal !== null)
  if (parts.length === 0) return null
  return (
    <dl class="metered">
      {parts.map(({ priceId, meter, amountDecimal }) => (
        <div key={priceId}>
          <dt>{meterName(meter)}</dt>
          <dd>
            {unitMoney(amountDecimal ?? '0', currency)} <span class="soft">a {meterUnit(meter)}</span>
          </dd>
        </div>
      ))}
    </dl>
  )
}
