import { execFile } from 'node:child_process'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
export const COMMAND = fileURLToPath(new URL('../cdktf.cjs', import.meta.url))

export interface Ended {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

interface How {
  readonly node?: string
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

/** `cdktf <words>` with nothing on the PATH but its Node: no Terraform, no cloud's tool. Resolves also when it fails. */
export function runCommand(words: readonly string[], how: How = {}): Promise<Ended> {
  const { node = process.execPath, cwd = ROOT, env = {} } = how
  const clean = { PATH: dirname(node), HOME: process.env.HOME ?? '/tmp', TF_CLI_CONFIG_FILE: '/nowhere.rc' }
  return new Promise((resolve) => {
    execFile(node, [COMMAND, ...words], { cwd, env: { ...clean, ...env } }, (error, stdout, stderr) =>
      resolve({ status: Number(error?.code ?? 0), stdout, stderr }),
    )
  })
}
