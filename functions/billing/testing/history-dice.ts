/** Chances that are the same in every run of a seed. */
export interface Dice {
  /** A whole number from 0, below `sides`. */
  roll(sides: number): number
  /** Whether it happens, so many times in a hundred. */
  chance(percent: number): boolean
  oneOf<T>(from: readonly T[]): T | undefined
  /** Takes one away, from anywhere. */
  draw<T>(from: T[]): T | undefined
  /** Chances of its own: what one consumer asks for does not move those of another. */
  fork(name: string): Dice
}

export function diceOf(seed: number): Dice {
  let state = seed >>> 0
  // Mulberry32: https://github.com/cprosche/mulberry32
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const roll = (sides: number) => Math.floor(next() * sides)
  return {
    roll,
    chance: (percent) => next() * 100 < percent,
    oneOf: (from) => from[roll(from.length)],
    draw: (from) => from.splice(roll(from.length), 1)[0],
    fork: (name) =>
      diceOf([...name].reduce((hash, letter) => Math.imul(hash, 31) + letter.charCodeAt(0), seed)),
  }
}
