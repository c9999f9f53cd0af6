import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { BuiltFile } from './bundle.ts'
import { type Sizes, sizesOf } from './sizes.ts'
import { zip } from './zip.ts'

/** One function of one cloud in `dist/manifest.json`. Infrastructure deploys by these hashes. */
export interface ManifestEntry {
  /** `aws/video-api`, relative to the folder of all. */
  readonly folder: string
  readonly zip: { readonly path: string; readonly bytes: number; readonly sha256: string }
  readonly sizes: Sizes
  /** SHA-256 by path within the folder. */
  readonly files: Readonly<Record<string, string>>
}

/** Writes a bundle to `<out>/<folder>/` and its zip beside it, in place of what was there. */
export async function writeFunction(
  out: string,
  folder: string,
  files: readonly BuiltFile[],
): Promise<ManifestEntry> {
  await writeFiles(join(out, folder), files)
  const archive = await zip(files)
  const path = `${folder}.zip`
  await writeFile(join(out, path), archive)
  return {
    folder,
    zip: { path, bytes: archive.length, sha256: sha256(archive) },
    sizes: sizesOf(files),
    files: hashes(files),
  }
}

/** Empties the folder first: a chunk of an older build would be deployed for ever. */
export async function writeFiles(folder: string, files: readonly BuiltFile[]): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  await Promise.all(
    files.map(async ({ path, bytes, mode = 0o644 }) => {
      const file = join(folder, path)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, bytes, { mode })
    }),
  )
}

export const hashes = (files: readonly BuiltFile[]): Readonly<Record<string, string>> =>
  Object.fromEntries(files.map(({ path, bytes }) => [path, sha256(bytes)]))

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

interface Manifest {
  readonly functions: readonly ManifestEntry[]
  readonly media?: {
    readonly folder: string
    readonly files: Readonly<Record<string, string>>
    /** Tag of the image that this context makes. */
    readonly tag: string
  }
}

/** Puts the entries of this build in place of older ones of the same folders. A build of one function keeps the others. */
export async function writeManifest(out: string, built: Manifest): Promise<void> {
  const file = join(out, 'manifest.json')
  const before = existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as Manifest) : { functions: [] }
  const fresh = new Set(built.functions.map(({ folder }) => folder))
  const kept = before.functions.filter(({ folder }) => !fresh.has(folder) && existsSync(join(out, folder)))
  const functions = [...kept, ...built.functions].toSorted((a, b) => (a.folder < b.folder ? -1 : 1))
  await writeFile(file, `${JSON.stringify({ ...before, ...built, functions }, null, 2)}\n`)
}
