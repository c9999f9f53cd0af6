import type { MeterUsage, Usage } from '../../../../core/usage/wire.ts'
import { sum } from '../../kit/decimal.ts'
import { amount } from '../../kit/money.ts'
import { type Bucket, buckets, roundTop } from './buckets.ts'

const [WIDTH, HEIGHT] = [720, 200]
const LINES = [0, 0.25, 0.5, 0.75, 1]

/** What a meter counted, as bars; the same as a table behind it. */
export function UsageChart({ usage, meter }: { usage: Usage; meter: MeterUsage }) {
  const bars = buckets(usage, meter.points)
  const top = roundTop(Math.max(0, ...bars.map(({ quantity }) => Number(quantity))))
  const total = sum(bars.map(({ quantity }) => quantity))
  const says = `${meter.name}: ${amount(total)} ${meter.unit}, ${nameOf(usage.step)}`
  return (
    <figure class="chart">
      <div class="chart-area">
        <span class="chart-top numbers" aria-hidden="true">
          {amount(String(top))}
        </span>
        <Bars {...{ bars, top, says }} step={usage.step} />
        <span class="chart-ends numbers" aria-hidden="true">
          <span>{timeOf(bars[0], usage.step)}</span>
          <span>{timeOf(bars.at(-1), usage.step)}</span>
        </span>
      </div>
      <figcaption class="soft">
        In the time shown: <b>{amount(total)}</b> {meter.unit}. Times are UTC.
      </figcaption>
      <Table {...{ bars, meter }} step={usage.step} />
    </figure>
  )
}

interface BarsProps {
  bars: readonly Bucket[]
  top: number
  says: string
  step: Usage['step']
}
function Bars({ bars, top, says, step }: BarsProps) {
  const slot = WIDTH / Math.max(1, bars.length)
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={says}>
      {LINES.map((share) => (
        <line key={share} x1="0" x2={WIDTH} y1={HEIGHT * share} y2={HEIGHT * share} class="chart-line" />
      ))}
      {bars.map((bar, at) => {
        const height = (Number(bar.quantity) / top) * HEIGHT
        return (
          <rect
            key={bar.at}
            class="chart-bar"
            x={at * slot + slot * 0.14}
            width={slot * 0.72}
            y={HEIGHT - height}
            height={height}
          >
            <title>{`${timeOf(bar, step)}: ${amount(bar.quantity)}`}</title>
          </rect>
        )
      })}
    </svg>
  )
}

function Table({ bars, meter, step }: { bars: readonly Bucket[]; meter: MeterUsage; step: Usage['step'] }) {
  const used = bars.filter(({ quantity }) => Number(quantity) > 0)
  return (
    <details>
      <summary>Show as a table</summary>
      <table class="usage-table">
        <caption class="unseen">
          {meter.name}, {nameOf(step)}
        </caption>
        <thead>
          <tr>
            <th scope="col">{step === 'hour' ? 'Hour' : 'Day'}</th>
            <th scope="col">{meter.unit}</th>
          </tr>
        </thead>
        <tbody>
          {used.map((bar) => (
            <tr key={bar.at}>
              <th scope="row">{timeOf(bar, step)}</th>
              <td>{amount(bar.quantity)}</td>
            </tr>
          ))}
          {used.length === 0 && (
            <tr>
              <td colSpan={2}>Nothing was used.</td>
            </tr>
          )}
        </tbody>
      </table>
    </details>
  )
}

const nameOf = (step: Usage['step']): string => (step === 'hour' ? 'by the hour' : 'by the day')
const DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', timeZone: 'UTC' })
const HOUR = new Intl.DateTimeFormat(undefined, {
  ...{ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
  timeZone: 'UTC',
})
const timeOf = (bar: Bucket | undefined, step: Usage['step']): string =>
  bar ? (step === 'hour' ? HOUR : DAY).format(new Date(bar.at)) : ''
