import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { rolldown } from 'rolldown'
import { describe, expect, it, onTestFinished } from 'vitest'
import { plainFilm } from './testing/recipes.ts'
import { installedCore } from './wasm-core.ts'
import { WASM_FILES, WASM_FOLDER, wasmWorkerFiles } from './wasm-worker-files.ts'

const run = promisify(execFile)
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'skyreel-bundle-'))
  onTestFinished(() => rm(path, { recursive: true }))
  return path
}

async function bundle(input: string, file: string): Promise<void> {
  await using build = await rolldown({ input, platform: 'node', external: [/^node:/], logLevel: 'silent' })
  await build.write({ file, format: 'esm', minify: true })
}

/** What a build puts beside a bundle that makes pictures. */
async function placeFiles(folder: string): Promise<void> {
  await mkdir(folder)
  await bundle(here('./wasm-worker.ts'), join(folder, WASM_FILES.worker))
  const { glue, binary } = installedCore()
  await copyFile(fileURLToPath(glue), join(folder, WASM_FILES.glue))
  await copyFile(fileURLToPath(binary), join(folder, WASM_FILES.binary))
}

describe('the files of the worker thread', () => {
  it('are those of the source where that is run', () => {
    expect(wasmWorkerFiles().worker.href).toBe(new URL('./wasm-worker.ts', import.meta.url).href)
  })
  it('are missed with their name', async () => {
    const bundled = pathToFileURL(join(await folder(), 'index.mjs')).href
    expect(() => wasmWorkerFiles(bundled)).toThrow('wasm/wasm-worker.mjs')
  })
  it.each(['index.mjs', 'chunks/index.mjs'])('are found from a bundle in %s', async (name) => {
    const place = await folder()
    await bundle(here('./testing/thumbnail-once.ts'), join(place, name))
    await placeFiles(join(place, WASM_FOLDER))
    const { stdout } = await run(process.execPath, [
      join(place, name),
      await plainFilm(),
      join(place, 'scratch'),
    ])
    expect(JSON.parse(stdout)).toMatchObject({ is: 'made' })
  })
})
