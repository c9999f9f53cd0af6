import { describe, it } from 'vitest'

/** A rule of a port that one column does not keep yet, with the reason. It turns red once the column keeps it. */
export interface Gap {
  readonly test: string
  readonly because: string
}

export type Open<T> = () => Promise<T & AsyncDisposable>
type Rule<T> = (name: string, body: (opened: T) => Promise<void>) => void

/**
 * A port's contract: one `describe` a column, one fresh column a rule.
 * A declared gap becomes `it.fails`, so its reason is printed and a healed gap is seen.
 */
export function contract<T>(
  title: string,
  open: Open<T>,
  gaps: readonly Gap[],
  rules: (rule: Rule<T>) => void,
): void {
  describe(title, () => {
    rules((name, body) => {
      const gap = gaps.find((g) => g.test === name)
      const run = async () => {
        await using opened = await open()
        await body(opened)
      }
      if (gap) it.fails(`${name} (gap: ${gap.because})`, run)
      else it(name, run)
    })
  })
}
