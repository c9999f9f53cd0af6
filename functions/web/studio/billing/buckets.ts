import type { Usage, UsagePoint } from '../../../../core/usage/wire.ts'

const HOUR_MS = 3_600_000
const STEP_MS: { readonly [S in Usage['step']]: number } = { hour: HOUR_MS, day: 24 * HOUR_MS }

/** Start of the range that a chart of this step shows: the last two days by the hour, or the last thirty by the day. */
export function chartStart(step: Usage['step'], now: Date): Date {
  const shown = step === 'hour' ? 48 : 30
  const last = Math.floor(now.getTime() / STEP_MS[step])
  return new Date((last - shown + 1) * STEP_MS[step])
}

/** Every hour or day of the range, oldest first: the API leaves out those without usage. */
export function buckets(
  { from, to, step }: Pick<Usage, 'from' | 'to' | 'step'>,
  points: readonly UsagePoint[],
) {
  const size = STEP_MS[step]
  const known = new Map(points.map(({ at, quantity }) => [Math.floor(Date.parse(at) / size), quantity]))
  const first = Math.floor(Date.parse(from) / size)
  // `to` is the first moment after the range.
  const end = Math.ceil(Date.parse(to) / size)
  return Array.from({ length: Math.max(0, end - first) }, (_, at) => ({
    at: new Date((first + at) * size).toISOString(),
    quantity: known.get(first + at) ?? '0',
  }))
}
export type Bucket = ReturnType<typeof buckets>[number]

/** The next round number above: 1, 2 or 5 and zeros. A chart without usage has a top all the same. */
export function roundTop(highest: number): number {
  if (!(highest > 0)) return 1
  const power = 10 ** Math.floor(Math.log10(highest))
  const factor = [1, 2, 5, 10].find((one) => one * power >= highest) ?? 10
  return factor * power
}
