import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import type { Cloud } from '../../cdktf/shared/environment.ts'

const Entry = z.object({ folder: z.string(), zip: z.object({ path: z.string(), sha256: z.string() }) })
const Media = z.object({ folder: z.string(), files: z.record(z.string(), z.string()), tag: z.string() })
const Built = z.object({ functions: z.array(Entry), media: Media })

/** What `npm run build` made for one cloud. */
export interface Bundles {
  readonly zips: readonly { readonly path: string; readonly sha256: string }[]
  readonly media: z.infer<typeof Media>
}

/** `dist/manifest.json`; `undefined` where there is none, or one that lacks something. */
export async function readBundles(dist: string, cloud: Cloud): Promise<Bundles | undefined> {
  const text = await bytesOf(join(dist, 'manifest.json'))
  const read = text === undefined ? undefined : Built.safeParse(JSON.parse(text.toString('utf8')))
  if (!read?.success) return undefined
  const { functions, media } = read.data
  const own = functions.filter(({ folder }) => folder.startsWith(`${cloud}/`))
  return own.length === 0 ? undefined : { zips: own.map(({ zip }) => zip), media }
}

/** Files that are gone or are not what the manifest says, relative to `dist`. */
export async function brokenFiles(dist: string, { zips, media }: Bundles): Promise<readonly string[]> {
  const context = Object.entries(media.files).map(([path, sha256]) => ({
    path: `${media.folder}/${path}`,
    sha256,
  }))
  const all = [...zips, ...context]
  const found = await Promise.all(all.map(async ({ path }) => sha256Of(await bytesOf(join(dist, path)))))
  return all.filter(({ sha256 }, at) => found[at] !== sha256).map(({ path }) => path)
}

/** Names bundles, stack, pages and migrations: the same release again is the same id. */
export function releaseId(bundles: Bundles, stackJson: string, files: string): string {
  const hash = createHash('sha256').update(stackJson).update(`\n${files}`)
  for (const { path, sha256 } of bundles.zips) hash.update(`\n${path} ${sha256}`)
  return hash.update(`\n${bundles.media.tag}`).digest('hex').slice(0, 12)
}

const FOLDERS = ['core', 'adapters', 'functions', 'events', 'cdktf', 'scripts']
const FILES = ['package.json', 'package-lock.json', 'cdktf.json']
const LEFT_OUT = new Set(['node_modules', 'docs'])

/** A hash over everything that bundles and stacks are made of: what has passed the checks need not pass them again. */
export async function hashOfSources(root: string): Promise<string> {
  const listed = await Promise.all(FOLDERS.map((folder) => filesUnder(root, folder)))
  return hashOfFiles(root, [...FILES, ...listed.flat()])
}

/** A hash over the files of a folder, with their names; an empty or missing folder has one too. */
export const hashOfFolder = async (root: string, folder: string): Promise<string> =>
  hashOfFiles(root, await filesUnder(root, folder))

async function hashOfFiles(root: string, paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256')
  for (const path of [...paths].sort()) hash.update(`\n${path} ${sha256Of(await bytesOf(join(root, path)))}`)
  return hash.digest('hex')
}

async function filesUnder(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => [])
  const nested = entries
    .filter(({ name }) => !LEFT_OUT.has(name))
    .map((entry) => {
      const path = `${folder}/${entry.name}`
      return entry.isDirectory() ? filesUnder(root, path) : [path]
    })
  return (await Promise.all(nested)).flat()
}

const sha256Of = (bytes: Buffer | undefined): string | undefined =>
  bytes === undefined ? undefined : createHash('sha256').update(bytes).digest('hex')

async function bytesOf(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
