import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Manifest } from '../../core/run/function.ts'

const FUNCTIONS = new URL('../../functions/', import.meta.url)
/** Folders of `functions` that hold no manifests. */
const OTHER = new Set(['entry', 'web'])

/** Every manifest under `functions/<domain>/`. Importing them loads no adapter and no SDK. */
export async function loadManifests(): Promise<Manifest[]> {
  const entries = await readdir(FUNCTIONS, { withFileTypes: true })
  const domains = entries.filter((entry) => entry.isDirectory() && !OTHER.has(entry.name))
  return (await Promise.all(domains.map(({ name }) => loadDomain(new URL(`${name}/`, FUNCTIONS))))).flat()
}

async function loadDomain(folder: URL): Promise<Manifest[]> {
  const files = (await readdir(fileURLToPath(folder))).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
  )
  return Promise.all(
    files.map(async (name) => (await import(new URL(name, folder).href)).default as Manifest),
  )
}
