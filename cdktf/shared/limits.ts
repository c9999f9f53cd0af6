import { AWS_LIMITS } from './limits-aws.ts'
import { AZURE_LIMITS } from './limits-azure.ts'
import { GCP_LIMITS } from './limits-gcp.ts'
import { namesRefused } from './limits-names.ts'
import type { Bound, CloudLimits, ConfigBound, Total } from './limits-rules.ts'
import type { Place } from './place.ts'
import type { PlannedFunction } from './plan.ts'

export const LIMITS: Readonly<Record<Place['cloud'], CloudLimits>> = {
  aws: AWS_LIMITS,
  gcp: GCP_LIMITS,
  azure: AZURE_LIMITS,
}

/** What the platform would reject in the middle of an apply. Each line is a manifest, a limit and where it is written. */
export class LimitRefused extends Error {
  override readonly name = 'LimitRefused'
}

/**
 * Holds the plan to the limits of the place's cloud, and of that alone: who deploys to one cloud need not fit the others.
 * Throws `LimitRefused` with every manifest that is over one.
 */
export function checkLimits(place: Place, plan: readonly PlannedFunction[]): void {
  const limits = LIMITS[place.cloud]
  const lines = [
    ...plan.flatMap((fn) => [...functionRefused(fn, limits), ...namesRefused(place, fn)]),
    ...(limits.config ?? []).flatMap((bound) => configRefused(bound, place)),
    ...limits.totals.flatMap((total) => totalRefused(total, plan)),
  ]
  if (lines.length === 0) return
  throw new LimitRefused(`${place.stackId} would be refused by the platform:\n  ${lines.join('\n  ')}`)
}

function functionRefused(fn: PlannedFunction, limits: CloudLimits): readonly string[] {
  const bounds = limits.bounds.flatMap((bound) => boundRefused(bound, fn))
  return [...bounds, ...sizeRefused(fn, limits), ...scheduleRefused(fn, limits)]
}

function boundRefused({ kinds, field, least, most, what, source }: Bound, fn: PlannedFunction): string[] {
  const value = field === 'attempts' ? attemptsOf(fn) : fn[field]
  if (value === undefined || !kinds.includes(fn.kind)) return []
  const line = (side: string, limit: number) => [
    `${fn.name}: ${field} ${value} is ${side} ${what}: ${limit} (${source})`,
  ]
  if (most !== undefined && value > most) return line('over', most)
  if (least !== undefined && value < least) return line('under', least)
  return []
}

const attemptsOf = ({ trigger }: PlannedFunction) => ('attempts' in trigger ? trigger.attempts : undefined)

function sizeRefused({ name, kind, cpu, memoryMb }: PlannedFunction, { jobs }: CloudLimits): string[] {
  if (kind !== 'job' || cpu === undefined) return []
  const size = jobs.sizes.find((one) => one.cpu === cpu)
  if (size === undefined) {
    const some = jobs.sizes.map((one) => one.cpu).join(', ')
    return [`${name}: cpu ${cpu} is none that ${jobs.what} has: ${some} (${jobs.source})`]
  }
  const { least, most, step } = size
  if (memoryMb >= least && memoryMb <= most && (memoryMb - least) % step === 0) return []
  const some = least === most ? `${least}` : `${least} to ${most} in steps of ${step}`
  return [
    `${name}: memoryMb ${memoryMb} is none that ${jobs.what} gives to cpu ${cpu}: ${some} (${jobs.source})`,
  ]
}

function scheduleRefused({ name, trigger }: PlannedFunction, { schedule }: CloudLimits): string[] {
  if (!('every' in trigger)) return []
  try {
    schedule.form(trigger.every as Parameters<typeof schedule.form>[0])
    return []
  } catch (error) {
    return [`${name}: ${error instanceof Error ? error.message : error} (${schedule.source})`]
  }
}

function configRefused({ field, read, most, what, source }: ConfigBound, { environment }: Place): string[] {
  const value = read(environment)
  if (value <= most) return []
  return [`cdktf/config/${environment.name}.ts: ${field} ${value} is over ${what}: ${most} (${source})`]
}

function totalRefused({ what, most, source, count }: Total, plan: readonly PlannedFunction[]): string[] {
  return count(plan)
    .filter(({ value }) => value > most)
    .map(({ of, value }) => `${of}: ${value} ${what}, at most ${most} are allowed (${source})`)
}
