import type { EventDelivery, Settlement } from './event-case.ts'
import type { WireAnswer, WireRequest } from './http-case.ts'

/** `mapping`: our code called in this process. `runtime`: built bundles under the platform's own runtime. */
export type Mode = 'mapping' | 'runtime'
export const MODES = ['mapping', 'runtime'] as const satisfies readonly Mode[]

export type ColumnName = 'aws' | 'gcp' | 'azure' | 'local'

/** One way in which a platform puts a request before a function: AWS has five, the others one or two. */
export interface HttpForm {
  readonly name: string
  send(request: WireRequest): Promise<WireAnswer>
}

/** One way in which a platform brings an event. */
export interface EventForm {
  readonly name: string
  /** Whether it can carry this delivery; one that no form of a column can carry is a gap. */
  carries(delivery: EventDelivery): boolean
  /** Takes cases of one delivery only: what a batch means differs here. */
  readonly single?: boolean
  /** Brings the deliveries, as one batch where the form has batches, and tells what the platform would do with each. */
  deliver(deliveries: readonly EventDelivery[]): Promise<readonly Settlement[]>
}

export interface OpenColumn extends AsyncDisposable {
  readonly http: readonly HttpForm[]
  readonly events: readonly EventForm[]
}

/** What a platform itself cannot do. A case that passes in spite of its gap turns the run red. */
export interface ConformanceGap {
  readonly case: string
  /** Of one form only; otherwise of the whole column. */
  readonly form?: string
  readonly mode?: Mode
  readonly because: string
}

export interface Column {
  readonly name: ColumnName
  readonly gaps: readonly ConformanceGap[]
  /** Why a mode cannot run on this machine; `undefined` where it can. */
  missing(mode: Mode): string | undefined
  open(mode: Mode): Promise<OpenColumn>
}
