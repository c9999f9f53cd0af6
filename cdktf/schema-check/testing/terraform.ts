import { spawnSync } from 'node:child_process'

/** Why the tests that run Terraform are skipped; `undefined` where it is there. */
export const terraformMissing: string | undefined =
  spawnSync('terraform', ['version'], { stdio: 'ignore', env: { ...process.env, CHECKPOINT_DISABLE: '1' } })
    .status === 0
    ? undefined
    : 'terraform is not installed'

export const terraformWhy = terraformMissing === undefined ? '' : ` (skipped: ${terraformMissing})`
