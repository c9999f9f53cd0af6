import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rolldown } from 'rolldown'

export interface LambdaBundle extends AsyncDisposable {
  readonly folder: string
}

/** One file with all that it needs, as `index.mjs` in a folder of its own that is removed in the end. */
export async function bundleLambda(file: string): Promise<LambdaBundle> {
  const folder = await mkdtemp(join(tmpdir(), 'skyreel-lambda-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    const build = await rolldown({ input: file, platform: 'node', external: [/^node:/], logLevel: 'silent' })
    await build.write({ dir: folder, format: 'esm', minify: true, entryFileNames: 'index.mjs' })
    await build.close()
    return { folder, [Symbol.asyncDispose]: remove }
  } catch (error) {
    await remove()
    throw error
  }
}
