import type { Sizes } from './build/sizes.ts'

/**
 * What one function may weigh, in bytes, minified. Size is the part of a cold start that does not depend on the machine:
 * a megabyte costs about 100 ms, and only `eager` is paid before the first event is taken.
 */
export const BUDGET_BYTES: Sizes = { eager: 80_000, withoutSdk: 500_000, total: 1_500_000 }

/**
 * What is over its budget, as sentences. A manifest may give a reason for what comes later; for what is loaded before the
 * first event, and so delays whichever comes, there is no excuse.
 */
export function overBudget(sizes: Sizes, reason?: string): readonly string[] {
  const parts = (Object.keys(BUDGET_BYTES) as (keyof Sizes)[]).filter(
    (part) => sizes[part] > BUDGET_BYTES[part] && !(part !== 'eager' && reason),
  )
  return parts.map((part) => `${part} has ${sizes[part]} bytes, ${BUDGET_BYTES[part]} at most`)
}
