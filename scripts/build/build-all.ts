import { createHash } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Arch, Cloud, Deployed } from './deployed.ts'
import { bundleFunction } from './function-bundle.ts'
import { mediaContext } from './media-image.ts'
import { hashes, type ManifestEntry, writeFiles, writeFunction, writeManifest } from './output.ts'

export interface BuildWish {
  readonly out: string
  readonly clouds: readonly Cloud[]
  readonly functions: readonly Deployed[]
  readonly arch: Arch
  /** Whether `functions` are all: then the folders of the clouds are emptied first, and the media image is built. */
  readonly whole: boolean
  /** Something that takes long, such as a package that is fetched. */
  readonly say: (line: string) => void
}

export interface BuiltFunction extends ManifestEntry {
  readonly cloud: Cloud
  readonly deployed: Deployed
}

/** Writes a folder and a zip for each function on each cloud, `media/` and `manifest.json` into `out`. */
export async function buildAll(wish: BuildWish): Promise<readonly BuiltFunction[]> {
  const { out, clouds, functions, whole, ...options } = wish
  if (whole) await Promise.all(clouds.map((cloud) => rm(join(out, cloud), { recursive: true, force: true })))
  await Promise.all(clouds.map((cloud) => mkdir(join(out, cloud), { recursive: true })))
  const wanted = clouds.flatMap((cloud) => functions.map((deployed) => ({ cloud, deployed })))
  const built = await inTurns(wanted, async ({ cloud, deployed }) => {
    const files = await bundleFunction(cloud, deployed, options)
    return { cloud, deployed, ...(await writeFunction(out, `${cloud}/${deployed.manifest.name}`, files)) }
  })
  const media = whole ? await buildMedia(out, options) : undefined
  await writeManifest(out, { functions: built.map(entryOf), ...(media ? { media } : {}) })
  return built
}

async function buildMedia(out: string, options: Pick<BuildWish, 'arch' | 'say'>) {
  const files = await mediaContext(options)
  await writeFiles(join(out, 'media'), files)
  const hashed = hashes(files)
  return { folder: 'media', files: hashed, tag: tagOf(hashed) }
}

/** The image's tag: the same context gives the same, so an image is built and pushed once. */
const tagOf = (files: Readonly<Record<string, string>>): string =>
  createHash('sha256')
    .update(JSON.stringify(Object.entries(files).sort()))
    .digest('hex')
    .slice(0, 16)

const entryOf = ({ cloud: _, deployed: __, ...entry }: BuiltFunction): ManifestEntry => entry

/** As many side by side as there are processors, and one more: the bundler waits for the disk, too. */
async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  const queue = items.entries()
  const worker = async () => {
    for (const [at, item] of queue) results[at] = await work(item)
  }
  await Promise.all(Array.from({ length: availableParallelism() + 1 }, worker))
  return results
}
