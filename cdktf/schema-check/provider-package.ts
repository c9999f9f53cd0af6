import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { blockOf } from './binding-block.ts'
import type { Block } from './block.ts'

/** The packages of bindings, by the source that Terraform knows the provider under. */
const PACKAGES: Readonly<Record<string, { readonly folder: string; readonly prefix: string }>> = {
  'hashicorp/aws': { folder: 'provider-aws', prefix: 'aws' },
  'hashicorp/google': { folder: 'provider-google', prefix: 'google' },
  'hashicorp/azurerm': { folder: 'provider-azurerm', prefix: 'azurerm' },
}

export const hasPackage = (source: string): boolean => source in PACKAGES

/** A stack uses a type of resource that no binding is of: it is misspelt, or of a newer provider. */
export class NoSuchType extends Error {
  override readonly name = 'NoSuchType'
}

const MODULES = fileURLToPath(new URL('../../node_modules/@cdktf/', import.meta.url))
const known = new Map<string, Block>()

/** Schema of a type of resource, of a data source or of the provider itself. Throws `NoSuchType`. */
export function blockOfType(source: string, kind: 'resource' | 'data' | 'provider', type: string): Block {
  const key = `${source} ${kind} ${type}`
  const before = known.get(key)
  if (before !== undefined) return before
  const block = blockOf(readBinding(folderOf(source, kind, type)))
  known.set(key, block)
  return block
}

function folderOf(source: string, kind: string, type: string): string {
  const { folder = '', prefix = '' } = PACKAGES[source] ?? {}
  const lib = `${MODULES}${folder}/lib/`
  if (kind === 'provider') return `${lib}provider`
  const wanted = kind === 'data' ? `data${type}` : type.slice(prefix.length)
  const name = foldersOf(lib).get(letters(wanted))
  if (name !== undefined) return `${lib}${name}`
  throw new NoSuchType(`${source} has no ${kind === 'data' ? 'data source' : 'resource'} ${type}`)
}

/** The folders part the words of a type in their own way: `cloudfunctions2-function`. So they are found without hyphens. */
function foldersOf(lib: string): ReadonlyMap<string, string> {
  const listed = listings.get(lib) ?? new Map(readdirSync(lib).map((name) => [letters(name), name]))
  listings.set(lib, listed)
  return listed
}

const listings = new Map<string, ReadonlyMap<string, string>>()
const letters = (name: string): string => name.replace(/[-_]/g, '')

function readBinding(folder: string) {
  // The largest bindings keep their blocks apart.
  const structs = `${folder}/index-structs`
  const folders = existsSync(structs) ? [structs, folder] : [folder]
  return { code: textOf(folders, '.js'), types: textOf(folders, '.d.ts') }
}

const textOf = (folders: readonly string[], end: string): string =>
  folders
    .flatMap((folder) => readdirSync(folder).map((name) => `${folder}/${name}`))
    .filter((path) => path.endsWith(end))
    .map((path) => readFileSync(path, 'utf8').replace(/\n\/\/# sourceMappingURL=.*/, ''))
    .join('\n')
