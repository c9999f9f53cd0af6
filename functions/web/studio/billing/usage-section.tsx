import { useId, useState } from 'preact/hooks'
import type { MeterUsage, Usage } from '../../../../core/usage/wire.ts'
import { useAsked } from '../../kit/asked.ts'
import { type Payer, usage } from '../../kit/billing-api.ts'
import { Choice } from '../../kit/choice.tsx'
import { day } from '../../kit/format.ts'
import { amount, costOf, unitMoney } from '../../kit/money.ts'
import { Trouble, Waiting } from '../../kit/trouble.tsx'
import { chartStart } from './buckets.ts'
import { UsageChart } from './usage-chart.tsx'

/** What was used in the billing period so far, and the course of one meter. */
export function UsageSection({ payer }: { payer: Payer }) {
  const [step, setStep] = useState<Usage['step']>('day')
  const [chosen, setChosen] = useState<string>()
  const read = () => usage.show({ ...payer, step, from: chartStart(step, new Date()).toISOString() })
  const { value, trouble, again } = useAsked(read, [step, payer.organisationId])
  if (trouble) return <Trouble words={trouble} again={again} />
  if (!value) return <Waiting rows={5} />
  const meter = value.meters.find((one) => one.meter === chosen) ?? value.meters[0]
  return (
    <>
      <p class="soft">
        This billing period, {day(value.period.start)} to {day(value.period.end)}. Counted every minute.
      </p>
      <Meters meters={value.meters} value={meter?.meter} onChange={setChosen} />
      {meter && (
        <div class="card pad stack">
          <div class="spread">
            <h3>{meter.name}</h3>
            <Choice label="Step" value={step} options={STEPS} onChange={setStep} />
          </div>
          <UsageChart usage={value} meter={meter} />
        </div>
      )}
    </>
  )
}

const STEPS = [
  ['day', '30 days'],
  ['hour', '48 hours'],
] as const

interface MetersProps {
  meters: readonly MeterUsage[]
  value: string | undefined
  onChange: (meter: string) => void
}
function Meters({ meters, value, onChange }: MetersProps) {
  const name = useId()
  return (
    <fieldset class="meters">
      <legend class="unseen">Meter that is shown</legend>
      {meters.map((meter) => (
        <label key={meter.meter} class="card meter">
          <input
            type="radio"
            name={name}
            checked={meter.meter === value}
            onChange={() => onChange(meter.meter)}
          />
          <span class="soft">{meter.name}</span>
          <b class="meter-total numbers">{amount(meter.total)}</b>
          <span class="soft small">{meter.unit}</span>
          <Cost meter={meter} />
        </label>
      ))}
    </fieldset>
  )
}

function Cost({ meter: { total, unitAmountDecimal, currency } }: { meter: MeterUsage }) {
  if (unitAmountDecimal === undefined || currency === undefined) return null
  return (
    <span class="small meter-cost">
      {costOf(total, unitAmountDecimal, currency)}{' '}
      <span class="soft">at {unitMoney(unitAmountDecimal, currency)} each</span>
    </span>
  )
}
