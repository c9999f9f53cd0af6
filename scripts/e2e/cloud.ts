import type { Cloud } from '../build/deployed.ts'
import type { WireAnswer, WireRequest } from '../conformance/http-case.ts'
import type { ToolName } from '../media-tools.ts'
import type { Logs } from './logs.ts'

/** One cloud of the run: its file has the cloud's name, and `clouds.ts` lists it. */
export interface CloudUnderTest {
  readonly name: Cloud
  /** Programs of the system that its stand-ins need, beside ffmpeg. */
  readonly tools?: readonly ToolName[]
  /** Why it cannot run on this machine; `undefined` where it can. */
  missing(): string | undefined
  /** Deploys all functions into the cloud's stand-ins. May be called while the bundles are still being built. */
  open(ground: Ground): Promise<DeployedCloud>
}

/** What every cloud stands on, fresh for each run. */
export interface Ground {
  /** Folder of a function's bundle; resolves when it is built. */
  functionFolder(name: string): Promise<string>
  /** The program of the media container. It is there before the first request comes. */
  readonly mediaProgram: string
  /** Migrated and empty. The functions reach it through the stand-in for Neon alone. */
  readonly databaseUrl: string
  /** `host:port`, for SKYREEL_NEON_PROXY. */
  readonly neonProxy: string
  /** Where clients reach the API, for SKYREEL_PUBLIC_ORIGIN. Its host is also the domain of cookies. */
  readonly publicOrigin: string
  /** Values of the secrets that all clouds have, by `SecretName`. */
  readonly secrets: Readonly<Record<'token-key' | 'delivery-key' | 'database-url', string>>
  /** Hears of every runtime what it has printed: shown when a step fails. */
  readonly logs: Logs
}

/** The functions, deployed: bundles under the cloud's own runtime, and events between them. */
export interface DeployedCloud extends AsyncDisposable {
  /** Gives one request to the API that owns it, in the form of the cloud's own front, and brings back what came out. */
  answer(name: string, request: WireRequest): Promise<WireAnswer>
  /** Runs a schedule's function once; rejects when it fails. */
  fire(name: string): Promise<void>
  /** Messages that the cloud has given up, one sentence each: after a good run there are none. */
  givenUp(): Promise<readonly string[]>
  /** Processes of the functions that run now. */
  processes(): readonly FunctionProcess[]
}

export interface FunctionProcess {
  readonly name: string
  readonly pid: number
  /** From its start until it could take a first event. */
  readonly startMs?: number
}
