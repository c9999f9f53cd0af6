import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ProviderSchemas } from './block.ts'

const STUB = fileURLToPath(new URL('stub-provider.ts', import.meta.url))

/**
 * Writes an executable for each provider and the CLI configuration that makes Terraform take them, so that it needs neither
 * `init` nor a registry. Returns the path of the configuration.
 */
export function installStubs(folder: string, providers: Readonly<Record<string, ProviderSchemas>>): string {
  const overrides = Object.entries(providers).map(([source, schemas]) => {
    const home = join(folder, source.replace('/', '-'))
    installStub(home, source, schemas)
    return `    ${JSON.stringify(source)} = ${JSON.stringify(home)}`
  })
  mkdirSync(folder, { recursive: true })
  const config = join(folder, 'terraform.rc')
  const lines = ['provider_installation {', '  dev_overrides {', ...overrides, '  }', '  direct {}', '}', '']
  writeFileSync(config, lines.join('\n'))
  return config
}

function installStub(home: string, source: string, schemas: ProviderSchemas): void {
  mkdirSync(home, { recursive: true })
  const told = join(home, 'schemas.json')
  writeFileSync(told, JSON.stringify(schemas))
  const executable = join(home, `terraform-provider-${source.split('/').at(-1)}`)
  const words = [process.execPath, STUB, told].map((word) => `'${word.replaceAll("'", "'\\''")}'`)
  writeFileSync(executable, `#!/bin/sh\nexec ${words.join(' ')}\n`)
  chmodSync(executable, 0o755)
}
