import type { Place } from '../../cdktf/shared/place.ts'
import type { Command } from './column.ts'

export interface TerraformOptions {
  readonly place: Place
  /** `terraform` or `tofu`: TERRAFORM_BINARY_NAME, which cdktf reads too. */
  readonly binary: string
  /** Folder of the synthesized stacks, relative to the checkout. */
  readonly outdir: string
  /** Command that synthesizes; that of cdktf.json without it. */
  readonly app?: string
  /** When a preview may be swept; kept in its state, which outlives the machine. */
  readonly expiresAt?: string
}

/** The commands of Terraform and of cdktf for one stack. */
export interface Terraform {
  readonly folder: string
  synth(): Command
  init(): Command
  plan(file: string, targets?: readonly string[]): Command
  planDrift(file: string): Command
  planDestroy(file: string): Command
  show(file: string): Command
  applyFile(file: string): Command
  outputs(): Command
  deploy(): Command
}

/** CHECKPOINT_DISABLE: no word home. TF_INPUT: a question that nobody sees would hang for ever. */
const QUIET = { CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1', TF_INPUT: '0' }

export function terraformOf(options: TerraformOptions): Terraform {
  const { place, binary, outdir, app = 'node cdktf/main.ts', expiresAt } = options
  const { stackId, preview } = place
  const folder = `${outdir}/stacks/${stackId}`
  const wish = { SKYREEL_STACKS: stackId, ...(preview === '' ? {} : { SKYREEL_PREVIEW: preview }) }
  const env = { ...QUIET, ...(expiresAt === undefined ? {} : { TF_VAR_expires_at: expiresAt }) }
  const terraform = (says: string, ...words: string[]): Command => ({
    argv: [binary, `-chdir=${folder}`, ...words],
    ...{ says, env },
  })
  const cdktf = (says: string, verb: string): Command => ({
    argv: ['npx', 'cdktf', verb, stackId, '--auto-approve', '--no-color', ...own(options)],
    ...{ says, env: { ...env, ...wish } },
  })
  const planned = (says: string, file: string, ...words: string[]) =>
    terraform(says, 'plan', '-no-color', ...words, `-out=${file}`)
  return {
    folder,
    synth: () => ({
      argv: words(app),
      says: 'synthesize the stack',
      env: { ...wish, CDKTF_OUTDIR: outdir },
    }),
    init: () => terraform('load the providers and reach the state', 'init', '-no-color'),
    plan: (file, targets = []) =>
      planned('plan what changes', file, ...targets.map((target) => `-target=${target}`)),
    planDrift: (file) =>
      planned('compare the cloud with the state', file, '-refresh-only', '-detailed-exitcode'),
    // By the state alone: a refresh reads data sources as well, and a first deployment that ended early left what they read unmade.
    planDestroy: (file) => planned('plan what is destroyed', file, '-destroy', '-refresh=false'),
    // It shows the values in plain text that Terraform calls sensitive: keys of accounts, for one.
    show: (file) => ({
      ...terraform('read the plan', 'show', '-no-color', '-json', file),
      unlogged: true,
    }),
    applyFile: (file) => terraform('apply that plan', 'apply', '-no-color', file),
    outputs: () => terraform('read what the stack tells', 'output', '-no-color', '-json'),
    deploy: () => cdktf('apply the stack', 'deploy'),
  }
}

const own = ({ app, outdir }: TerraformOptions): readonly string[] =>
  app === undefined ? [] : ['--app', app, '--output', outdir]

function words(text: string): [string, ...string[]] {
  const [first = 'node', ...rest] = text.split(' ')
  return [first, ...rest]
}
