import type { Environment } from '../../cdktf/shared/environment.ts'
import type { Place } from '../../cdktf/shared/place.ts'
import type { Command, OpenColumn, Query } from './column.ts'
import type { DeployedDatabase } from './deployed-database.ts'
import type { NodeShellOptions } from './node-shell.ts'
import type { Shell } from './shell.ts'

/** What a deployment stands on: all of the outside world, so that a rehearsal runs the same steps on other ground. */
export interface Ground {
  readonly env: NodeJS.ProcessEnv
  /** The checkout. Other folders are relative to it. */
  readonly root: string
  readonly dist: string
  /** Where stacks are synthesized to. */
  readonly outdir: string
  /** Journals and logs. */
  readonly journals: string
  /** Command that synthesizes; that of cdktf.json without it. */
  readonly app?: string
  now(): Date
  sleep(ms: number, signal: AbortSignal): Promise<void>
  readonly fetch: typeof fetch
  openShell(options: NodeShellOptions): Shell
  /** For people: lines and the progress view. */
  readonly out: Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean; readonly columns?: number }
  /** Results, on standard output. */
  print(text: string): void
  /** `undefined` where nobody sits at a terminal. */
  readonly ask: ((question: string) => Promise<string>) | undefined
  openColumn(place: Place): Promise<OpenColumn>
  readonly database: DeployedDatabase
  /** What must pass before anything is deployed. */
  readonly checks: readonly Command[]
  build(place: Place): readonly Command[]
  /** What the stack reads from `dist` and does not find there, or finds for another processor. */
  missing(place: Place): Promise<readonly string[]>
  /** Pages into `dist/web`, where their sources have changed. */
  buildPages(): Promise<void>
  /** Fields of the config that nobody has filled. */
  examples(environment: Environment, place: Place): readonly string[]
  /** Types of resources that hold data; the list of terraform-plan.ts without it. */
  readonly dataTypes?: ReadonlySet<string>
  /** The previews whose states the store holds, and how a state that is no longer needed is removed. */
  previewStates(home: Place): Query<readonly string[]>
  removeState(place: Place): Command
}
