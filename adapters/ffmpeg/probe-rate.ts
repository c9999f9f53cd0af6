import type { Rational } from '../../core/ports/media.ts'

/** What is known of a source's rate. Absent parts are undefined. */
export interface RateFacts {
  /** The smallest step of the container's clock that fits all frames. */
  readonly nominal: Rational | undefined
  readonly average: Rational | undefined
  /** Presentation times in seconds of some runs of successive frames, such as the film's two ends. */
  readonly runs: readonly (readonly number[])[]
}
export interface GridRate {
  readonly rate: Rational
  readonly variable: boolean
}

const BROADCAST: readonly Rational[] = [
  { num: 24000, den: 1001 },
  { num: 24, den: 1 },
  { num: 25, den: 1 },
  { num: 30000, den: 1001 },
  { num: 30, den: 1 },
  { num: 50, den: 1 },
  { num: 60000, den: 1001 },
  { num: 60, den: 1 },
]
const SNAP_TO: readonly Rational[] = [...[10, 12, 15, 20].map((num) => ({ num, den: 1 })), ...BROADCAST]
const SAME = 0.001
const FASTEST = 60
const SLOWEST = 5
const FALLBACK: GridRate = { rate: { num: 25, den: 1 }, variable: true }

/**
 * The constant rate of the output grid: the source's own where it is constant and of a natural size, at most 60 and at
 * least 5 by halving and multiplying; else the nearest of the common ones.
 */
export function gridRate(facts: RateFacts): GridRate {
  const constant = constantRate(facts)
  const natural = constant === undefined ? undefined : naturalRate(constant)
  if (natural) return { rate: withinBounds(natural), variable: false }
  const uneven = constant ?? average(facts)
  return uneven === undefined ? FALLBACK : { rate: nearest(uneven), variable: true }
}

/** Reads `30000/1001`; `undefined` for `0/0` and anything else that is no rate. */
export function parseRate(text: string | undefined): Rational | undefined {
  const [num = 0, den = 0] = (text ?? '').split('/').map(Number)
  return num > 0 && den > 0 ? { num, den } : undefined
}

const value = (rate: Rational): number => rate.num / rate.den
const differ = (a: number, b: number): number => Math.abs(a - b) / b

function average({ average, nominal, runs }: RateFacts): number | undefined {
  if (average) return value(average)
  const measured = runs.flatMap((times) => steps(times))
  if (measured.length > 0) return measured.length / measured.reduce((sum, step) => sum + step, 0)
  return nominal && value(nominal)
}

function constantRate(facts: RateFacts): number | undefined {
  const measured = facts.runs.map(steadyRate).filter((rate) => rate !== undefined)
  if (measured.includes('uneven')) return undefined
  const [first, ...others] = measured.filter((rate) => rate !== 'uneven')
  if (first === undefined) return unmeasured(facts)
  const [mean, nominal] = [facts.average, facts.nominal].map((rate) => rate && value(rate))
  if (others.some((rate) => differ(rate, first) > 0.01)) return undefined
  if (mean === undefined) return first
  if (differ(first, mean) < 0.005)
    return nominal !== undefined && differ(nominal, mean) < SAME ? nominal : mean
  // Steady at both ends and near the average: there are gaps in between, which the grid fills.
  return nominal !== undefined && differ(first, nominal) < 0.005 && differ(mean, nominal) < 0.03
    ? nominal
    : undefined
}

function unmeasured({ average, nominal }: RateFacts): number | undefined {
  if (!average || !nominal) return average ? value(average) : nominal && value(nominal)
  return differ(value(nominal), value(average)) < SAME ? value(nominal) : undefined
}

/**
 * Frames per second of a run; `undefined` where there are too few frames. A container's clock may be as coarse as 1 ms.
 * Few holes do not make it uneven: a transport stream that is opened in its middle, AVI's dropped frames.
 */
function steadyRate(times: readonly number[]): number | 'uneven' | undefined {
  const all = steps(times).toSorted((a, b) => a - b)
  if (all.length < 3) return undefined
  const usual = all[all.length >> 1] ?? 0
  const even = all.filter((step) => Math.abs(step - usual) <= Math.max(0.0015, usual * 0.12))
  const odd = all.length - even.length
  if (usual <= 0 || odd > Math.max(1, all.length * 0.05)) return 'uneven'
  return even.length / even.reduce((sum, step) => sum + step, 0)
}

function steps(times: readonly number[]): number[] {
  const sorted = times.toSorted((a, b) => a - b)
  return sorted.slice(1).map((time, i) => time - (sorted[i] ?? time))
}

/** The broadcast rate, whole number, half of one, or thousandth less of one that this is within 0.1 % of. */
function naturalRate(perSecond: number): Rational | undefined {
  const whole = Math.round(perSecond)
  const candidates = [
    ...BROADCAST,
    { num: whole, den: 1 },
    { num: Math.round(perSecond * 1.001) * 1000, den: 1001 },
    { num: Math.round(perSecond * 2), den: 2 },
  ].filter((rate) => rate.num > 0)
  const [best] = candidates.toSorted((a, b) => differ(value(a), perSecond) - differ(value(b), perSecond))
  return best && differ(value(best), perSecond) < SAME ? best : undefined
}

function withinBounds(rate: Rational): Rational {
  let { num, den } = rate
  while (num / den > FASTEST) den *= 2
  num *= Math.max(1, Math.ceil((SLOWEST * den) / num))
  const shared = commonDivisor(num, den)
  return { num: num / shared, den: den / shared }
}

const commonDivisor = (a: number, b: number): number => (b === 0 ? a : commonDivisor(b, a % b))

function nearest(perSecond: number): Rational {
  let wanted = perSecond
  while (wanted > FASTEST * 1.02) wanted /= 2
  const distance = (rate: Rational) => Math.abs(value(rate) - wanted)
  return SNAP_TO.reduce((best, rate) => (distance(rate) < distance(best) ? rate : best))
}
