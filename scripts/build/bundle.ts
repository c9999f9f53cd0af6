import { dirname, join, relative, resolve } from 'node:path'
import { type OutputChunk, type OutputOptions, type Plugin, type RolldownOutput, rolldown } from 'rolldown'
import { ROOT } from '../settings.ts'
import { ENTRY_FILE } from './entry-source.ts'
import { packageOf, sdkPackages } from './sdk-packages.ts'

/** One file of what is deployed. */
export interface BuiltFile {
  readonly path: string
  readonly bytes: Uint8Array
  readonly mode?: number
  /** `eager`: loaded before a first event can be taken. `sdk`: a cloud's SDK. `late`: our code. `file`: no code. */
  readonly part: 'eager' | 'late' | 'sdk' | 'file'
}

export interface BundleWish {
  /** Text of the entry, which pretends to be `ENTRY_FILE`. */
  readonly source: string
  readonly external?: readonly string[]
  readonly plugins?: readonly Plugin[]
  /** Everything in `index.mjs`, without chunks. */
  readonly oneFile?: boolean
}

export interface Bundle {
  readonly files: readonly BuiltFile[]
  /** Ids of the modules of which something is in the chunks. */
  readonly modules: ReadonlySet<string>
}

/** An ES module `index.mjs` with the chunks that it needs, minified, with source maps of our code. */
export async function bundle({
  source,
  external = [],
  plugins = [],
  oneFile = false,
}: BundleWish): Promise<Bundle> {
  const build = await rolldown({
    input: { index: 'bundle-entry' },
    platform: 'node',
    // Module ids in wrapped CommonJS are relative to it: the same bytes wherever the checkout lies.
    cwd: ROOT,
    external: [...external],
    plugins: [generated(source), ...plugins],
    logLevel: 'warn',
    onLog: refuse,
  })
  try {
    const made = await build.generate({ ...OUTPUT, codeSplitting: !oneFile })
    const chunks = made.output.filter((file) => file.type === 'chunk')
    return { files: filesOf(made, chunks), modules: new Set(chunks.flatMap(({ moduleIds }) => moduleIds)) }
  } finally {
    await build.close()
  }
}

const OUTPUT: OutputOptions = {
  dir: join(ROOT, 'dist'),
  format: 'esm',
  minify: true,
  comments: false,
  entryFileNames: '[name].mjs',
  // One folder for all: native files beside them are found by the same relative path from each chunk.
  chunkFileNames: '[name]-[hash].mjs',
  assetFileNames: '[name][extname]',
  hashCharacters: 'hex',
  // The comment that points to a map is written by us, since maps of libraries stay behind.
  sourcemap: 'hidden',
  sourcemapExcludeSources: true,
  sourcemapPathTransform: (path, map) => relative(ROOT, resolve(dirname(map), path)),
}

function generated(source: string): Plugin {
  const id = join(ROOT, ENTRY_FILE)
  return {
    name: 'generated-entry',
    resolveId: { filter: { id: /^bundle-entry$/ }, handler: () => id },
    load: { filter: { id: /bundle-entry\.ts$/ }, handler: () => ({ code: source, moduleType: 'ts' }) },
  }
}

/** A name that cannot be resolved would be left to be found at run time, where there is nothing. */
function refuse(_level: string, { code, message }: { code?: string; message: string }): void {
  if (code === 'UNRESOLVED_IMPORT' || code === 'MISSING_EXPORT') throw new Error(message)
}

function filesOf({ output }: RolldownOutput, chunks: readonly OutputChunk[]): readonly BuiltFile[] {
  const eager = reachedAtOnce(chunks)
  return output.flatMap((file): BuiltFile[] => {
    if (file.type === 'asset')
      return file.fileName.endsWith('.map') ? [] : [assetOf(file.fileName, file.source)]
    const part = eager.has(file.fileName) ? 'eager' : holdsSdk(file) ? 'sdk' : 'late'
    return codeOf(file, part)
  })
}

const assetOf = (path: string, source: string | Uint8Array): BuiltFile => ({
  path,
  bytes: Buffer.from(source),
  part: 'file',
})

/** With its map where a line of ours is in it; an SDK's would double the size of a function for nobody. */
function codeOf(chunk: OutputChunk, part: BuiltFile['part']): BuiltFile[] {
  const path = chunk.fileName
  const ours = chunk.moduleIds.some((id) => id.startsWith(ROOT) && !id.includes('/node_modules/'))
  if (!ours || chunk.map === null) return [{ path, bytes: Buffer.from(chunk.code), part }]
  const name = `${path}.map`
  return [
    { path, bytes: Buffer.from(`${chunk.code}//# sourceMappingURL=${name}\n`), part },
    { path: name, bytes: Buffer.from(chunk.map.toString()), part: 'file' },
  ]
}

/** The entry and all that it imports statically. */
function reachedAtOnce(chunks: readonly OutputChunk[]): ReadonlySet<string> {
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]))
  const seen = new Set<string>()
  const visit = (name: string) => {
    const chunk = byName.get(name)
    if (!chunk || seen.has(name)) return
    seen.add(name)
    chunk.imports.forEach(visit)
  }
  visit('index.mjs')
  return seen
}

/** Also what only an SDK needs, such as Google's `gaxios`, where it became a chunk of its own. */
function holdsSdk(chunk: OutputChunk): boolean {
  sdk ??= sdkPackages()
  return chunk.moduleIds.some((id) => sdk?.has(packageOf(id) ?? ''))
}
let sdk: ReadonlySet<string> | undefined
