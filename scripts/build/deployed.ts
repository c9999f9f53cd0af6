import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type {
  CronFunction,
  HttpFunction,
  JobFunction,
  Manifest,
  OnFunction,
} from '../../core/run/function.ts'
import { listFiles } from '../house-files.ts'
import { isManifestPath } from '../house-manifests.ts'
import { ROOT } from '../settings.ts'

export const CLOUDS = ['aws', 'gcp', 'azure'] as const
export type Cloud = (typeof CLOUDS)[number]
export const ARCHES = ['x64', 'arm64'] as const
export type Arch = (typeof ARCHES)[number]

/** A manifest and the file that holds it, relative to the root with `/`. */
export interface Deployed<Kind extends Manifest = HttpFunction | OnFunction | CronFunction> {
  readonly file: string
  readonly manifest: Kind
}

/** Every function that becomes a bundle of its own, by name; jobs share one container instead. */
export async function deployedFunctions(): Promise<readonly Deployed[]> {
  const all = await allManifests()
  return all.filter((one): one is Deployed => one.manifest.kind !== 'job').toSorted(byName)
}

export async function deployedJobs(): Promise<readonly Deployed<JobFunction>[]> {
  const all = await allManifests()
  return all.filter((one): one is Deployed<JobFunction> => one.manifest.kind === 'job').toSorted(byName)
}

async function allManifests(): Promise<readonly Deployed<Manifest>[]> {
  const paths = (await listFiles(join(ROOT, 'functions'))).map((path) => `functions/${path}`)
  return Promise.all(
    paths.filter(isManifestPath).map(async (file) => {
      const module = (await import(pathToFileURL(join(ROOT, file)).href)) as { default: Manifest }
      return { file, manifest: module.default }
    }),
  )
}

const byName = (a: Deployed<Manifest>, b: Deployed<Manifest>) => (a.manifest.name < b.manifest.name ? -1 : 1)
