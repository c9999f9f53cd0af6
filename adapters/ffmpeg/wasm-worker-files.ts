import { existsSync } from 'node:fs'
import { installedCore, type WasmCoreFiles } from './wasm-core.ts'

export interface WasmWorkerFiles {
  readonly worker: URL
  readonly core: WasmCoreFiles
}

/** Folder beside a bundle, or above the folder of its chunks, that holds what a worker thread loads. */
export const WASM_FOLDER = 'wasm'
/** What lies in it: the worker with all that it imports, and the two files of @ffmpeg/core's `dist/esm`. */
export const WASM_FILES = {
  worker: 'wasm-worker.mjs',
  glue: 'ffmpeg-core.mjs',
  binary: 'ffmpeg-core.wasm',
} as const

/** The files of the worker thread: from source those of this folder and of npm, in a bundle those that the build put beside. */
export function wasmWorkerFiles(here: string = import.meta.url): WasmWorkerFiles {
  const source = new URL('./wasm-worker.ts', here)
  if (existsSync(source)) return { worker: source, core: installedCore() }
  const folders = [`./${WASM_FOLDER}/`, `../${WASM_FOLDER}/`].map((path) => new URL(path, here))
  const folder = folders.find((url) => existsSync(new URL(WASM_FILES.worker, url)))
  if (!folder) throw new Error(`the bundle lacks ${WASM_FOLDER}/${WASM_FILES.worker}`)
  const at = (name: string) => new URL(name, folder)
  return {
    worker: at(WASM_FILES.worker),
    core: { glue: at(WASM_FILES.glue).href, binary: at(WASM_FILES.binary).href },
  }
}
