import type { CronFunction } from '../../core/run/function.ts'
import type { Environment } from './environment.ts'
import type { PlannedFunction } from './plan.ts'

/** A number of a manifest that a platform holds within bounds. Both ends are allowed. */
export interface Bound {
  readonly kinds: readonly PlannedFunction['kind'][]
  readonly field: 'timeoutSeconds' | 'memoryMb' | 'concurrency' | 'attempts'
  readonly least?: number
  readonly most?: number
  /** Reads on from "is over ". */
  readonly what: string
  readonly source: string
}

/** Memory in MiB that a platform gives to a container of so many processors. */
export interface JobSize {
  readonly cpu: number
  readonly least: number
  readonly most: number
  readonly step: number
}

/** Something that all functions, or one API, have together. */
export interface Total {
  readonly what: string
  readonly most: number
  readonly source: string
  readonly count: (plan: readonly PlannedFunction[]) => readonly { of: string; value: number }[]
}

/** A field of the config that one cloud holds within narrower bounds than the others. */
export interface ConfigBound {
  readonly field: string
  readonly read: (environment: Environment) => number
  readonly most: number
  readonly what: string
  readonly source: string
}

export interface CloudLimits {
  readonly bounds: readonly Bound[]
  readonly jobs: { readonly what: string; readonly sizes: readonly JobSize[]; readonly source: string }
  /** The cloud's notation; throws what it cannot say. */
  readonly schedule: { readonly form: (every: CronFunction['every']) => string; readonly source: string }
  readonly totals: readonly Total[]
  readonly config?: readonly ConfigBound[]
}

/** Every stack lets the platform run this much longer than the handler, so that our own answer comes first. */
export const ANSWER_SECONDS = 5
