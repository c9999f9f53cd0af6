import type { Rational } from '../../core/ports/media.ts'

/** Fine enough that a source's own times lose less than 6 µs. */
const LEAST_TICKS_A_SECOND = 90_000
/** `fps` takes its start in whole microseconds: a tick must be longer than that. */
const MOST_TICKS_A_SECOND = 900_000

/** Exact arithmetic of an output grid of constant frame rate. */
export interface FrameClock {
  readonly rate: Rational
  /** Ticks in which the filters work: a frame is a whole number of them. */
  readonly ticksPerSecond: number
  /** Time base of the encoded track, ticks a second, and one frame in it. */
  readonly timescale: number
  readonly frameDuration: number
}

/** Throws `RangeError` for a rate that no film has (more than 900 000 in the numerator, or not positive). */
export function frameClock({ num, den }: Rational): FrameClock {
  const rate = reduced(num, den)
  const ticksPerSecond = rate.num * Math.ceil(LEAST_TICKS_A_SECOND / rate.num)
  if (!(num > 0 && den > 0 && ticksPerSecond <= MOST_TICKS_A_SECOND))
    throw new RangeError(`frame rate ${num}/${den}`)
  const timescale = trackTimescale(rate.num)
  return {
    rate,
    ticksPerSecond,
    timescale,
    frameDuration: (timescale / rate.num) * rate.den,
  }
}

/** Seconds from the film's beginning to the beginning of a frame. */
export const secondsAt = ({ rate }: FrameClock, frame: number): number => (frame * rate.den) / rate.num

// 90 000 is what players meet most; the fractions of 1001 have their own numerator, as in broadcast.
function trackTimescale(num: number): number {
  if (90_000 % num === 0) return 90_000
  return num * Math.max(1, Math.ceil(10_000 / num))
}

function reduced(num: number, den: number): Rational {
  const divisor = gcd(num, den)
  return { num: num / divisor, den: den / divisor }
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b)
}
