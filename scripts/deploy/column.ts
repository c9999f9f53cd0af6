import type { SecretName } from '../../cdktf/shared/needs.ts'
import type { StackOutputs } from '../../cdktf/shared/outputs.ts'
import type { Place } from '../../cdktf/shared/place.ts'

/** One command of a cloud's own tool. What `--dry-run` prints is what a deployment runs: both read this. */
export interface Command {
  readonly argv: readonly [string, ...string[]]
  /** One line for people: `create the bucket of the state`. */
  readonly says: string
  /** Variables beside those of this process; shown, so never a secret. */
  readonly env?: Readonly<Record<string, string>>
  /** Folder that it runs in; the checkout's without it. */
  readonly cwd?: string
  /** Written to standard input and never shown. The only way for a secret: an argument is seen by every process. */
  readonly input?: string
  /** What it prints may hold secrets, and stays out of the log, which CI keeps for everybody who may read its runs. */
  readonly unlogged?: boolean
}

/** Run only where `unless` ends with a status other than 0: so that a second deployment finds everything done. */
export interface Guarded extends Command {
  readonly unless?: Command
}

/** A command whose answer we need. `read` throws where the answer is none that it knows. */
export interface Query<T> {
  readonly command: Command
  readonly read: (stdout: string) => T
}

/** A tool that must be on the PATH, and where it is to be had. */
export interface Tool {
  readonly name: string
  readonly install: string
}

/** Everything that a deployment does on one cloud outside of Terraform. */
export interface DeployColumn {
  readonly tools: readonly Tool[]
  /** The account that the credentials at hand are of, and the one that the config means, with its field. */
  readonly account: {
    readonly query: Query<string>
    readonly wanted: string
    readonly field: string
    /** What to do where there are none: `aws sso login`, or the variables of CI. */
    readonly signIn: string
  }
  /** Makes the store of the state: versioned, encrypted, closed to the public. */
  bootstrap(): readonly Guarded[]
  /** Terraform addresses of the image registry and what it needs: applied before the image is pushed. */
  readonly registryTargets: readonly string[]
  /** Builds and pushes `<repository>:<tag>`, unless it is there. */
  pushImage(image: { repository: string; tag: string; context: string }): readonly Guarded[]
  /** Terraform addresses of the secret store and its secrets' containers: applied before values are written. */
  readonly secretTargets: readonly string[]
  secretExists(name: SecretName): Query<boolean>
  /** The value goes through standard input, or a file of mode 600 that is removed; never through an argument. */
  writeSecret(name: SecretName, value: string): readonly Guarded[]
  /** What Terraform cannot deploy: code on Azure, pages everywhere, keys of a CDN that would lie in its state. */
  publish(release: { outputs: StackOutputs; dist: string }): readonly Guarded[]
  readonly canary: Canary
}

/** Requests that a release served in some minutes, in the cloud's own metrics. */
export interface Health {
  readonly requests: number
  readonly errors: number
  readonly p95Ms: number
}

/** Moves the requests of one function from the release that serves to the new one, in steps, and back. */
export interface Canary {
  /** Why the function's traffic cannot be split here; `undefined` where it can. */
  unweighted(name: string): string | undefined
  /** The release that serves now: a version, a revision, or which of two apps. `undefined` before the first. */
  serving(name: string): Query<string | undefined>
  /** The release that has a share of the requests beside the one that serves: its canary was stopped in the middle. */
  halfway(name: string): Query<string | undefined>
  /** The release that was just applied. */
  candidate(name: string): Query<string>
  /** `percent` of the requests to `to`, the others to `from`. 100 ends the canary, 0 takes the release back. */
  route(name: string, share: { from: string; to: string; percent: number }): readonly Guarded[]
  /** Of the last `minutes` of one release. */
  health(name: string, of: { release: string; minutes: number; now: Date }): Query<Health>
  /** The release that served before the one that serves now; `npm run rollback` goes back to it. */
  previous(name: string): Query<string | undefined>
  remember(name: string, release: string): readonly Guarded[]
}

export interface ColumnOptions {
  readonly place: Place
  /** Of the applied stack; before the first apply there are none. */
  readonly outputs: StackOutputs | undefined
}
export type OpenColumn = (options: ColumnOptions) => DeployColumn
