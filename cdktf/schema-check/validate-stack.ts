import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installStubs } from './install-stubs.ts'
import { placeFiles } from './placeholder-files.ts'
import { type StackJson, schemasOf } from './stack-schemas.ts'

/** Something that Terraform finds wrong in a stack. */
export interface Finding {
  readonly severity: 'error' | 'warning'
  /** `aws_sqs_queue.mail`, or the part of the stack that it is in; `''` where Terraform names none. */
  readonly address: string
  readonly says: string
}

interface Diagnostic {
  readonly severity: 'error' | 'warning'
  readonly summary: string
  readonly detail?: string
  readonly address?: string
  readonly snippet?: { readonly context?: string | null }
}

/** Terraform could not be run, or its answer is none. */
export class ValidateFailed extends Error {
  override readonly name = 'ValidateFailed'
}

/** All that `terraform validate` finds in a stack, in a folder of its own that is removed afterwards. Needs no network. */
export async function validateStack(json: string): Promise<readonly Finding[]> {
  // Terraform wants the true path: on macOS the temporary folder is a link.
  const home = mkdtempSync(join(realpathSync(tmpdir()), 'skyreel-validate-'))
  try {
    const folder = join(home, 'dist/out/stacks/stack')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'cdk.tf.json'), json)
    placeFiles(folder, json)
    const config = installStubs(join(home, 'providers'), schemasOf(JSON.parse(json) as StackJson))
    return findingsIn(await runTerraform(folder, config))
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

function runTerraform(folder: string, config: string): Promise<string> {
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    ...{ TF_CLI_CONFIG_FILE: config, TF_DISABLE_PLUGIN_TLS: '1', CHECKPOINT_DISABLE: '1' },
  }
  return new Promise((resolve, reject) => {
    const options = { cwd: folder, env, timeout: 120_000, maxBuffer: 64 * 1024 * 1024 }
    execFile('terraform', ['validate', '-json'], options, (error, stdout, stderr) => {
      // It ends with 1 where it finds something: the answer is on stdout all the same.
      if (stdout !== '') return resolve(stdout)
      reject(new ValidateFailed(`terraform validate gave no answer: ${stderr}`, { cause: error }))
    })
  })
}

function findingsIn(stdout: string): readonly Finding[] {
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: readonly Diagnostic[] }
  return diagnostics.filter(({ summary }) => !IN_FORCE.test(summary)).map(findingOf)
}

/** Terraform's reminder that the stubs stand in for the providers. */
const IN_FORCE = /^Provider development overrides are in effect$/

const findingOf = ({ severity, summary, detail = '', address, snippet }: Diagnostic): Finding => ({
  severity,
  address: address ?? snippet?.context ?? '',
  says: [summary, detail]
    .filter((part) => part !== '')
    .join(': ')
    .replaceAll(/\s+/g, ' '),
})
