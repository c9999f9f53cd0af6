import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Cloud } from '../shared/environment.ts'
import type { PlannedFunction } from '../shared/plan.ts'

/** Fargate and Lambda run on Graviton; the other two have x64 alone. */
export const ARCH = { aws: 'arm64', gcp: 'x64', azure: 'x64' } as const satisfies Record<Cloud, string>

interface Manifest {
  readonly functions: readonly { folder: string; zip: { path: string; sha256: string } }[]
  readonly media?: { readonly tag?: string; readonly files: Readonly<Record<string, string>> }
}

/** What a stack reads from `dist` and does not find there: a sentence each, none where all is there. */
export function missingBundles(
  dist: string,
  cloud: Cloud,
  plan: readonly PlannedFunction[],
): readonly string[] {
  const manifest = readManifest(dist)
  if (manifest === undefined) return ['dist/manifest.json is not there']
  const functions = plan.filter(({ kind }) => kind !== 'job')
  return [
    ...functions.flatMap(({ name }) => missingZip(dist, manifest, `${cloud}/${name}`)),
    ...missingImage(manifest, cloud),
    ...wrongNative(dist, cloud, functions),
  ]
}

function readManifest(dist: string): Manifest | undefined {
  const file = join(dist, 'manifest.json')
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Manifest) : undefined
}

function missingZip(dist: string, { functions }: Manifest, folder: string): readonly string[] {
  const entry = functions.find((one) => one.folder === folder)
  const file = join(dist, `${folder}.zip`)
  if (entry === undefined || !existsSync(file)) return [`dist/${folder}.zip is not there`]
  const hash = createHash('sha256').update(readFileSync(file)).digest('hex')
  return hash === entry.zip.sha256 ? [] : [`dist/${folder}.zip is not what dist/manifest.json says`]
}

function missingImage({ media }: Manifest, cloud: Cloud): readonly string[] {
  if (media?.tag === undefined) return ['dist/media, the context of the image, is not there']
  const fits = Object.keys(media.files).some((path) => path.endsWith(`packager-linux-${ARCH[cloud]}`))
  return fits ? [] : [`dist/media is not of ${ARCH[cloud]}`]
}

const ELF_MACHINE_AT = 18
const ELF_MACHINE = { arm64: 0xb7, x64: 0x3e } as const

/** A zip does not tell what machine it was built for; the native module in it does, and would fail on the first password. */
function wrongNative(dist: string, cloud: Cloud, functions: readonly PlannedFunction[]): readonly string[] {
  return functions
    .map(({ name }) => `${cloud}/${name}/argon2.node`)
    .filter((path) => existsSync(join(dist, path)))
    .filter(
      (path) => readFileSync(join(dist, path)).readUInt16LE(ELF_MACHINE_AT) !== ELF_MACHINE[ARCH[cloud]],
    )
    .map((path) => `dist/${path} is not of ${ARCH[cloud]}`)
}
