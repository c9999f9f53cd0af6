import type { Cloud, EnvironmentName } from '../../cdktf/shared/environment.ts'
import type { PlannedFunction } from '../../cdktf/shared/plan.ts'
import { charge, type Line, type Quantity, total } from './price.ts'
import { quantitiesOf } from './quantities.ts'
import { type SynthesizedStack, standingOf, uncounted } from './standing.ts'
import { usageOf } from './usage.ts'
import type { CostWish, Traffic } from './wish.ts'

/** What a stack may cost while nobody uses it. */
export const IDLE_GOAL_USD = 5

export interface Estimate {
  readonly cloud: Cloud
  readonly lines: readonly Line[]
}

export interface Idle {
  readonly stack: string
  /** At list, without the database, which is not of the stack's cloud. */
  readonly lines: readonly Line[]
  /** The same with what is free for ever taken off: the bill of an account that holds nothing else. */
  readonly billedUsd: number
  readonly database: readonly Line[]
  readonly uncounted: readonly string[]
  /** Resources that it was counted from. */
  readonly resources: number
}

interface Given {
  readonly plan: readonly PlannedFunction[]
  readonly stacks: ReadonlyMap<string, SynthesizedStack>
  readonly freeTier: boolean
}

const NOBODY: Pick<Traffic, 'requests' | 'minutes' | 'viewers' | 'kept'> = {
  ...{ requests: 0, minutes: 0, viewers: 0, kept: 0 },
}

/** A month of this traffic on one cloud: what the stack stands for, and what is used. */
export function estimate(
  given: Given,
  { cloud, environment, traffic }: { cloud: Cloud; environment: EnvironmentName; traffic: Traffic },
): Estimate {
  const stack = stackOf(given, `${cloud}-${environment}`)
  const quantities = [...standingOf(stack), ...quantitiesOf(usageOf(traffic, given.plan), cloud)]
  return { cloud, lines: charge(quantities.filter(isUsed), given) }
}

/** A month of one stack without any traffic: what stands there, and the schedules, which run all the same. */
export function idle(
  given: Given,
  { cloud, stack: id, traffic }: { cloud: Cloud; stack: string; traffic: Traffic },
): Idle {
  const stack = stackOf(given, id)
  const use = quantitiesOf(usageOf({ ...traffic, ...NOBODY }, given.plan), cloud).filter(isUsed)
  const ofCloud = [...standingOf(stack), ...use.filter(({ what }) => what !== 'database')]
  return {
    ...{ stack: id, uncounted: uncounted(stack) },
    lines: charge(ofCloud, { freeTier: false }),
    billedUsd: total(charge(ofCloud, { freeTier: true })),
    database: charge(
      use.filter(({ what }) => what === 'database'),
      { freeTier: false },
    ),
    resources: Object.values(stack.resource ?? {}).reduce((sum, kind) => sum + Object.keys(kind).length, 0),
  }
}

const isUsed = ({ units }: Quantity) => units > 0

function stackOf({ stacks }: Given, id: string): SynthesizedStack {
  const stack = stacks.get(id)
  if (stack === undefined) throw new Error(`the stack ${id} was not synthesized`)
  return stack
}

/** Which stacks a wish needs: the environment's for its traffic, and all of them at rest. */
export const stacksOf = ({ clouds }: Pick<CostWish, 'clouds'>, environments: readonly EnvironmentName[]) =>
  clouds.flatMap((cloud) => environments.map((name) => ({ cloud, id: `${cloud}-${name}` })))
