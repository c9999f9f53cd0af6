import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rolldown } from 'rolldown'

export interface Bundle extends AsyncDisposable {
  readonly folder: string
}

/** One source file with all that it needs, as it is deployed, in a folder of its own. */
export async function openBundle(file: string): Promise<Bundle> {
  const folder = await mkdtemp(join(tmpdir(), 'skyreel-gcp-'))
  const build = await rolldown({ input: file, platform: 'node', external: [/^node:/], logLevel: 'silent' })
  try {
    await build.write({ dir: folder, format: 'esm', minify: true, entryFileNames: 'index.mjs' })
  } finally {
    await build.close()
  }
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module', main: 'index.mjs' }))
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}
