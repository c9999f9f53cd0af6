/** Data as the host sends it to a worker (FunctionRpc.proto, `TypedData`), as far as triggers need it. */
export type WireData =
  | { readonly string: string }
  | { readonly json: string }
  | { readonly bytes: Uint8Array }
  | { readonly http: object }

export interface Invocation {
  /** Of the function. */
  readonly name: string
  readonly data: WireData
  /** Such as `{ DequeueCount: { json: '2' } }`; the library makes `dequeueCount` of it. */
  readonly metadata?: Readonly<Record<string, WireData>>
}

export interface Thrown {
  readonly name: string
  readonly message: string
  readonly stack: string
}

export interface Outcome {
  /** What the function put into its outputs, by binding. */
  readonly outputs: Readonly<Record<string, unknown>>
  readonly returned?: unknown
  /** What it threw: the host would deliver again. */
  readonly error?: Thrown
}

export interface HostLine {
  readonly level: string
  /** `user` for what the function wrote through its context, `system` for what the library says. */
  readonly category: string
  readonly message: string
  readonly invocationId?: string
}

export interface FunctionFacts {
  readonly name: string
  readonly trigger: string
  /** As the function was registered: route, methods, queue name, schedule ... */
  readonly binding: Readonly<Record<string, unknown>>
}

export interface Ready {
  readonly port: number
  readonly functions: readonly FunctionFacts[]
  readonly streaming: boolean
}

/** From the host's process to the test's. */
export type FromHost =
  | { readonly is: 'ready'; readonly ready: Ready }
  | { readonly is: 'failed'; readonly error: Thrown }
  | { readonly is: 'line'; readonly line: HostLine }
  | { readonly is: 'outcome'; readonly call: number; readonly outcome: Outcome }

/** From the test's process to the host's. */
export type ToHost =
  | { readonly is: 'invoke'; readonly call: number; readonly invocation: Invocation }
  | { readonly is: 'stop' }

export function thrown(error: unknown): Thrown {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), stack: String(error) }
  return { name: error.name, message: error.message, stack: error.stack ?? error.message }
}
