import type { Plugin } from 'rolldown'
import { azureLibrary } from './azure-library.ts'
import { type BuiltFile, bundle } from './bundle.ts'
import type { Arch, Cloud, Deployed } from './deployed.ts'
import { entrySource } from './entry-source.ts'
import { foreignFiles, nativeBeside } from './foreign-files.ts'
import { platformFiles } from './platform-files.ts'
import { unusedDrivers } from './unused-drivers.ts'

/** Brought by the platform, whose own copy must be the only one: they hold the registry of functions. */
const BROUGHT: { readonly [C in Cloud]: readonly string[] } = {
  aws: [],
  gcp: ['@google-cloud/functions-framework'],
  azure: ['@azure/functions-core'],
}

const PLUGINS: { readonly [C in Cloud]: () => readonly Plugin[] } = {
  aws: () => [],
  gcp: () => [],
  azure: () => [azureLibrary()],
}

/** Azure and Google run functions on x64 alone. */
export const archFor = (cloud: Cloud, wanted: Arch): Arch => (cloud === 'aws' ? wanted : 'x64')

/** Everything that lies in the folder of one function on one cloud, by path. */
export async function bundleFunction(
  cloud: Cloud,
  deployed: Deployed,
  { arch = 'x64', say = () => undefined }: { arch?: Arch; say?: (line: string) => void } = {},
): Promise<readonly BuiltFile[]> {
  const made = await bundle({
    source: entrySource(cloud, deployed),
    external: BROUGHT[cloud],
    plugins: [
      await unusedDrivers([deployed.file, MOUNTS[deployed.manifest.kind]], [deployed.manifest.uses]),
      nativeBeside(),
      ...PLUGINS[cloud](),
    ],
  })
  const [foreign, platform] = await Promise.all([
    foreignFiles(made, { arch: archFor(cloud, arch), say }),
    platformFiles(cloud, deployed),
  ])
  return [...made.files, ...foreign, ...platform].toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

/** The core between an adapter and a manifest; it uses ports, too. */
const MOUNTS: { readonly [K in Deployed['manifest']['kind']]: string } = {
  http: 'core/http/mount-routes.ts',
  on: 'core/run/consume.ts',
  cron: 'core/run/consume.ts',
}
