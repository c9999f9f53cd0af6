import type { Violation } from './house-files.ts'

type Yaml = Readonly<Record<string, unknown>>

export interface Workflow {
  readonly permissions?: Readonly<Record<string, string>>
  readonly jobs: Readonly<Record<string, Job>>
}
export interface Job {
  readonly permissions?: Readonly<Record<string, string>>
  readonly environment?: unknown
  readonly concurrency?: { readonly 'cancel-in-progress'?: unknown }
  readonly 'timeout-minutes'?: number
  readonly steps?: readonly Step[]
}
export interface Step extends Yaml {
  readonly uses?: string
  readonly run?: string
}

/** Kept as secrets of a GitHub environment, since they cannot be had by OpenID Connect. */
const SECRETS = new Set(['NEON_API_KEY', 'GITHUB_TOKEN'])

/** What a workflow of GitHub must have, whatever it does. */
export function workflowViolations(path: string, { permissions, jobs }: Workflow): readonly Violation[] {
  const top =
    JSON.stringify(permissions) === '{"contents":"read"}' ? [] : ['may do more than read, for all jobs']
  const all = Object.entries(jobs).flatMap(([name, job]) => jobSays(job).map((says) => `${name} ${says}`))
  return [...top, ...all].map((says) => ({ path, says }))
}

function jobSays(job: Job): readonly string[] {
  const signsIn = job.permissions?.['id-token'] === 'write'
  const deploys = (job.steps ?? []).some(({ run = '' }) => /npm run (deploy|destroy)\b/.test(run))
  return [
    ...(job.permissions === undefined ? ['names no permissions'] : []),
    ...(job['timeout-minutes'] === undefined ? ['has no time limit'] : []),
    ...(signsIn && job.environment === undefined ? ['may sign in to a cloud outside of an environment'] : []),
    ...(deploys && job.concurrency?.['cancel-in-progress'] !== false
      ? ['may be cut off while it deploys']
      : []),
    ...(job.steps ?? []).flatMap(stepSays),
  ]
}

/** What a step must not do, in a workflow or in an action. */
export function stepSays({ uses, run }: Step): readonly string[] {
  const pinned = uses === undefined || uses.startsWith('./') || /@(v\d+|[0-9a-f]{40})$/.test(uses)
  return [
    ...(pinned ? [] : [`takes ${uses} in whatever version there is`]),
    // The title of a pull request is an expression, too, and would be run.
    ...(run?.includes('${{') ? ['writes an expression into a script'] : []),
  ]
}

/** Secrets that a file names and should not. */
export const strangeSecrets = (text: string): readonly string[] =>
  [...text.matchAll(/\bsecrets\.(\w+)/g)].map((match) => match[1] ?? '').filter((name) => !SECRETS.has(name))

/** The npm scripts that a file calls. */
export const scriptsCalled = (text: string): readonly string[] =>
  [...text.matchAll(/\bnpm (?:run ([\w:-]+)|(test)\b)/g)].map((match) => match[1] ?? match[2] ?? '')
