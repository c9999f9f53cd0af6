import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A file of the house: path from the root with `/`, and its text. */
export interface SourceFile {
  readonly path: string
  readonly text: string
}

export interface Violation {
  readonly path: string
  /** What is wrong and what would be right, in one sentence. */
  readonly says: string
}

/** Made or fetched, not written: nothing in them is ours to check. */
const NOT_OURS = new Set(['node_modules', 'dist', '.git', '.skyreel', 'coverage'])

/** Every file path under the root, sorted. */
export async function listFiles(root: string, folder = ''): Promise<string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true })
  const nested = entries.map((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (NOT_OURS.has(entry.name)) return []
    return entry.isDirectory() ? listFiles(root, path) : [path]
  })
  return (await Promise.all(nested)).flat().sort()
}

/** The TypeScript of the house with its text. */
export async function readSources(root: string): Promise<SourceFile[]> {
  const paths = (await listFiles(root)).filter((path) => /\.(ts|tsx)$/.test(path) && path.includes('/'))
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(join(root, path), 'utf8') })))
}

/** Tests, contracts' columns and their tools: they may reach everywhere. */
export const isTest = (path: string): boolean =>
  /\.test\.tsx?$/.test(path) || path.split('/').includes('testing')
export const isContract = (path: string): boolean => path.endsWith('.contract.ts')

/** The text with comments blanked out, so that a rule does not stumble over prose. Line breaks stay. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|(?<=^|[\s;{}(),])\/\/.*$/gm, (comment) =>
    comment.replace(/[^\n]/g, ' '),
  )
}

export const lineOf = (text: string, index: number): number => text.slice(0, index).split('\n').length
