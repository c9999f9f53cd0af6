import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'

type Env = Readonly<Record<string, string | undefined>>

/** The program's own variables, beside those that came. `undefined` takes one away. */
export function environmentFor(env: Env): Readonly<Record<string, string | undefined>> {
  return {
    // Else every command asks a server of HashiCorp ten times whether there is a newer one.
    CHECKPOINT_DISABLE: env.CHECKPOINT_DISABLE ?? '1',
    ...withoutMissingFile(env),
  }
}

/** One that names no file makes terraform print two pages of errors that mean nothing. */
function withoutMissingFile({ TF_CLI_CONFIG_FILE: file }: Env) {
  return file !== undefined && !existsSync(file) ? { TF_CLI_CONFIG_FILE: undefined } : {}
}

/** What to do about it where there is no Terraform; `undefined` where there is one. */
export function missingTerraform(env: Env): string | undefined {
  const name = env.TERRAFORM_BINARY_NAME || 'terraform'
  if (isOnPath(name, env.PATH ?? '')) return undefined
  return `${name} is not on the PATH: install Terraform 1.11 or later (https://developer.hashicorp.com/terraform/install), or OpenTofu (https://opentofu.org/docs/intro/install) and set TERRAFORM_BINARY_NAME=tofu`
}

function isOnPath(name: string, path: string): boolean {
  const places = isAbsolute(name) ? [name] : path.split(delimiter).map((folder) => join(folder, name))
  return places.some(isExecutable)
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES') return false
    throw error
  }
}
