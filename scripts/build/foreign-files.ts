import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Plugin } from 'rolldown'
import { WASM_FILES, WASM_FOLDER } from '../../adapters/ffmpeg/wasm-worker-files.ts'
import { ROOT } from '../settings.ts'
import { type BuiltFile, type Bundle, bundle } from './bundle.ts'
import type { Arch } from './deployed.ts'
import { platformPackage } from './platform-package.ts'

// What cannot be bundled, and lies beside the chunks of those functions alone that reach it.

const NATIVE = '@node-rs/argon2'
const NATIVE_FILE = 'argon2.node'
const NATIVE_ID = 'skyreel:argon2'

/** The package looks for its binary by the names of other packages; in a bundle it is the file beside. */
export function nativeBeside(): Plugin {
  const code = `import { createRequire } from 'node:module'
    export const { hash, verify } = createRequire(import.meta.url)('./${NATIVE_FILE}')`
  return {
    name: 'native-beside',
    resolveId: {
      filter: { id: /^@node-rs\/argon2$/ },
      handler: () => ({ id: NATIVE_ID, moduleSideEffects: false }),
    },
    load: { filter: { id: /^skyreel:argon2$/ }, handler: () => code },
  }
}

/** Files beside the chunks of this bundle, by what its chunks hold. */
export async function foreignFiles(
  { modules }: Bundle,
  { arch, say }: { arch: Arch; say: (line: string) => void },
): Promise<readonly BuiltFile[]> {
  const native = modules.has(NATIVE_ID) ? [await nativeFile(arch, say)] : []
  const wasm = modules.has(join(ROOT, WASM_USER)) ? await wasmFiles() : []
  return [...native, ...wasm]
}

async function nativeFile(arch: Arch, say: (line: string) => void): Promise<BuiltFile> {
  // The clouds' Node runs on glibc: Amazon Linux, Ubuntu, Azure Linux.
  const folder = await platformPackage(`${NATIVE}-linux-${arch}-gnu`, say)
  const bytes = await readFile(join(folder, `argon2.linux-${arch}-gnu.node`))
  return { path: NATIVE_FILE, bytes, mode: 0o755, part: 'file' }
}

/** The module that looks for the worker thread's files. */
const WASM_USER = 'adapters/ffmpeg/wasm-worker-files.ts'
const CORE = 'node_modules/@ffmpeg/core/dist/esm'

let wasmMade: Promise<readonly BuiltFile[]> | undefined

/** The worker thread with all that it imports in one file, and the two files of @ffmpeg/core. 32 MB. */
function wasmFiles(): Promise<readonly BuiltFile[]> {
  wasmMade ??= makeWasmFiles()
  return wasmMade
}

async function makeWasmFiles(): Promise<readonly BuiltFile[]> {
  const source = "import '../../adapters/ffmpeg/wasm-worker.ts'"
  const worker = await bundle({ source, oneFile: true })
  const code = worker.files.find(({ path }) => path === 'index.mjs')
  if (!code) throw new Error('the worker thread of ffmpeg was not bundled')
  const [glue, binary] = await Promise.all(
    ['ffmpeg-core.js', 'ffmpeg-core.wasm'].map((name) => readFile(join(ROOT, CORE, name))),
  )
  const at = (name: string, bytes: Uint8Array | undefined): BuiltFile => ({
    path: `${WASM_FOLDER}/${name}`,
    bytes: bytes ?? Buffer.alloc(0),
    part: 'file',
  })
  return [at(WASM_FILES.worker, code.bytes), at(WASM_FILES.glue, glue), at(WASM_FILES.binary, binary)]
}
