import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const READ = /\$\{path\.module\}(\/[^"\\$]+)/g

/**
 * Makes the files that a stack reads. Terraform computes `filebase64sha256` and its like already when it validates, and
 * this check must not need a build; that a bundle is there, the deployment sees.
 */
export function placeFiles(stackFolder: string, json: string): void {
  for (const path of new Set([...json.matchAll(READ)].map(([, path = '']) => path))) {
    const file = join(stackFolder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, file.endsWith('.json') ? MANIFEST : 'placeholder')
  }
}

/** As `dist/manifest.json`, as far as a stack reads it. */
const MANIFEST = JSON.stringify({ media: { tag: '0123456789abcdef' } })
