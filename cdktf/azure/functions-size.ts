import type { PlannedFunction } from '../shared/plan.ts'

/** Sizes of an instance of Flex Consumption; another request of the same app may run in it beside. */
const INSTANCE_MB = [512, 2048, 4096] as const

/** What Azure takes as the least bound: its pages say 1 and 40, and people who tried 1 were refused. */
const LEAST_INSTANCES = 40
/** Azure's own default, written out so that a change of it is none of ours. */
const USUAL_INSTANCES = 100

/**
 * The smallest instance that holds the function, and the bound of their number. Below 40 a manifest's `concurrency` is not
 * kept; and an instance takes twelve messages at once (host.json), so that it bounds instances and not work.
 */
export function sizeOf({ name, memoryMb, concurrency = USUAL_INSTANCES }: PlannedFunction) {
  const instanceMemoryMB = INSTANCE_MB.find((size) => size >= memoryMb)
  if (instanceMemoryMB === undefined) throw new Error(`${name}: no instance of Azure has ${memoryMb} MB`)
  return {
    alwaysReady: [],
    maximumInstanceCount: Math.max(LEAST_INSTANCES, concurrency),
    instanceMemoryMB,
  }
}
