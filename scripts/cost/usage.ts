import type { PlannedFunction } from '../../cdktf/shared/plan.ts'
import type { CronFunction } from '../../core/run/function.ts'
import { everyMs } from '../../functions/entry/schedule.ts'
import { ASSUMED, HOURS } from './assumptions.ts'
import type { Traffic } from './wish.ts'

/** Calls of functions of one size that take about the same. */
export interface Calls {
  readonly calls: number
  readonly memoryMb: number
  readonly ms: number
}

/** What a month uses, in figures that no cloud has yet made its own. */
export interface Usage {
  readonly apiRequests: number
  readonly api: Calls
  readonly sweeps: readonly Calls[]
  readonly reactions: Calls
  readonly films: number
  readonly jobMinutes: number
  readonly jobCpus: number
  readonly jobGb: number
  readonly storedGb: number
  readonly objectsWritten: number
  readonly deliveredGb: number
  readonly edgeRequests: number
  readonly answersGb: number
  readonly databaseUnitHours: number
}

/** Figures of a month from its traffic and the manifests. None of them falls where the traffic grows. */
export function usageOf(traffic: Traffic, plan: readonly PlannedFunction[]): Usage {
  const { requests, minutes, viewers, watched, kept, megabits } = traffic
  const job = jobOf(plan)
  const watchedMinutes = viewers * watched
  const films = minutes / ASSUMED.filmMinutes
  return {
    ...{ apiRequests: requests, films },
    api: { calls: requests, memoryMb: meanMemory(plan, 'http'), ms: ASSUMED.apiMs },
    sweeps: sweepsOf(plan),
    reactions: { calls: films, memoryMb: meanMemory(plan, 'on'), ms: ASSUMED.functionSecondsPerFilm * 1000 },
    jobMinutes: (minutes * traffic.cpuMinutes) / job.cpus,
    ...{ jobCpus: job.cpus, jobGb: job.gb },
    storedGb: kept * gigabytesOf(60, ASSUMED.uploadMegabits + ASSUMED.ladderMegabits),
    objectsWritten: minutes * ASSUMED.objectsPerMinute,
    deliveredGb: gigabytesOf(watchedMinutes * 60, megabits),
    edgeRequests: requests + watchedMinutes * ASSUMED.requestsPerWatchedMinute,
    answersGb: (requests * ASSUMED.answerKilobytes) / 1e6,
    databaseUnitHours: databaseHours(plan) * ASSUMED.databaseUnits,
  }
}

/** Gigabytes of 10^9 bytes. */
const gigabytesOf = (seconds: number, megabits: number) => (seconds * megabits) / 8 / 1000

function jobOf(plan: readonly PlannedFunction[]): { cpus: number; gb: number } {
  const job = plan.find(({ trigger }) => 'job' in trigger && trigger.job === 'transcode')
  if (job?.cpu === undefined) throw new Error('there is no manifest of the job transcode')
  return { cpus: job.cpu, gb: job.memoryMb / 1024 }
}

function meanMemory(plan: readonly PlannedFunction[], kind: PlannedFunction['kind']): number {
  const sizes = plan.filter((fn) => fn.kind === kind).map(({ memoryMb }) => memoryMb)
  return sizes.reduce((sum, size) => sum + size, 0) / sizes.length
}

const schedules = (plan: readonly PlannedFunction[]) =>
  plan.flatMap(({ trigger, memoryMb }) =>
    'every' in trigger ? [{ memoryMb, everyMs: everyMs(trigger.every as CronFunction['every']) }] : [],
  )

const sweepsOf = (plan: readonly PlannedFunction[]): readonly Calls[] =>
  schedules(plan).map(({ memoryMb, everyMs: pause }) => ({
    ...{ memoryMb, ms: ASSUMED.sweepMs, calls: (HOURS * 3_600_000) / pause },
  }))

/** A sweep more often than Neon falls asleep keeps it awake all month. */
function databaseHours(plan: readonly PlannedFunction[]): number {
  const awakeMs = ASSUMED.databaseSleepsAfterMinutes * 60_000
  const shares = schedules(plan).map(({ everyMs: pause }) => awakeMs / pause)
  return (
    HOURS *
    Math.min(
      1,
      shares.reduce((sum, share) => sum + share, 0),
    )
  )
}

/** Calls as gigabyte-seconds, each rounded up as the platform bills it. */
export const gbSeconds = (
  { calls, memoryMb, ms }: Calls,
  { leastMs = 1, leastMb = 0, stepMs = 1 }: { leastMs?: number; leastMb?: number; stepMs?: number } = {},
): number => {
  const billed = Math.max(leastMs, Math.ceil(ms / stepMs) * stepMs) / 1000
  return calls * (Math.max(leastMb, memoryMb) / 1024) * billed
}

/** All calls of functions in a month. */
export const callsOf = ({ api, sweeps, reactions }: Usage): readonly Calls[] => [api, ...sweeps, reactions]
export const sumOf = <T>(all: readonly T[], figure: (one: T) => number): number =>
  all.reduce((sum, one) => sum + figure(one), 0)
