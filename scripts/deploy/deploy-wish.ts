import type { Place } from '../../cdktf/shared/place.ts'
import { Refused } from './shell.ts'
import { STEP_NAMES, type StepName } from './step.ts'
import { known, parsed, placeNamed } from './wish.ts'

export const DEPLOY_HELP = `npm run deploy -- <aws|gcp|azure> <dev|staging|prod> [options]

Checks, builds, applies the stack, publishes, tests and moves the requests to the new release in steps. What was interrupted
goes on where it stopped when the same command is given again.

  --dry-run            print every step and every command, do nothing; needs no account, no network, no tool
  --preview <branch>   a deployment of its own beside dev; with --ttl <hours> (72) it may be swept after that time
  --skip-checks        no types, lint and tests of the infrastructure; the account is checked all the same
  --accept-drift       apply although somebody has changed resources past Terraform: their changes are lost
  --yes                do not ask before the stack is applied (CI is not asked either)
  --from <step>        leave out what comes before (the account is checked all the same):
                       ${STEP_NAMES.slice(0, 6).join(', ')},
                       ${STEP_NAMES.slice(6).join(', ')}
  --json               the summary as JSON on standard output; progress goes to standard error

Journal and log: .skyreel/deploy/<stack>.json and .log. Ends with 0 when the release serves, else with 1.
All of it: docs/deploying.md
`

export interface DeployWish {
  readonly place: Place
  readonly ttlHours: number
  readonly dryRun: boolean
  readonly skipChecks: boolean
  readonly acceptDrift: boolean
  readonly yes: boolean
  readonly from: StepName | undefined
  readonly json: boolean
}

const flag = { type: 'boolean', default: false } as const
const OPTIONS = {
  help: { type: 'boolean', short: 'h', default: false },
  'dry-run': flag,
  'skip-checks': flag,
  'accept-drift': flag,
  yes: flag,
  json: flag,
  preview: { type: 'string' },
  ttl: { type: 'string' },
  from: { type: 'string' },
} as const

/** What `npm run deploy` was told; `undefined` where it was asked for help. Throws `Refused`. */
export function readDeployWish(words: readonly string[]): DeployWish | undefined {
  const { values, positionals } = parsed(words, OPTIONS, DEPLOY_HELP)
  if (values.help) return undefined
  if (values.ttl !== undefined && values.preview === undefined)
    throw new Refused('--ttl is of a preview', 'Add --preview <branch>.')
  return {
    place: placeNamed(positionals, values.preview, DEPLOY_HELP),
    ttlHours: hours(values.ttl ?? '72'),
    dryRun: values['dry-run'],
    skipChecks: values['skip-checks'],
    acceptDrift: values['accept-drift'],
    yes: values.yes,
    json: values.json,
    from: values.from === undefined ? undefined : known(STEP_NAMES, values.from, 'step'),
  }
}

function hours(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text)
  throw new Refused(`--ttl ${text}: give whole hours from 1 to 9999`)
}
