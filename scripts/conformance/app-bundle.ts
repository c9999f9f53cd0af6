import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { bundle } from '../build/bundle.ts'
import { ROOT } from '../settings.ts'

export interface AppBundle extends AsyncDisposable {
  readonly folder: string
}

interface BundleOptions {
  readonly external?: readonly string[]
  readonly files?: Readonly<Record<string, object>>
  /** Whether what is external is found beside it, as the platform has it. */
  readonly modules?: boolean
}

/**
 * The application under test in a folder of its own, bundled as functions are; `source` stands in for the entry that
 * the build writes, and imports from `functions/entry/`.
 */
export async function bundleConformanceApp(
  source: string,
  { external = [], files = {}, modules = false }: BundleOptions = {},
): Promise<AppBundle> {
  const folder = await mkdtemp(join(tmpdir(), 'skyreel-conformance-'))
  const made = await bundle({ source, external })
  for (const { path, bytes } of made.files) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), bytes)
  }
  for (const [path, content] of Object.entries(files))
    await writeFile(join(folder, path), JSON.stringify(content))
  if (modules) await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}
