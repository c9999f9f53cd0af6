import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Plugin } from 'rolldown'
import { azureLibrary } from '../build/azure-library.ts'
import { bundle } from '../build/bundle.ts'
import { CLOUDS, type Cloud, type Deployed, deployedFunctions } from '../build/deployed.ts'
import { bundleFunction } from '../build/function-bundle.ts'
import { writeFiles } from '../build/output.ts'
import { RUNTIMES } from '../cloud-runtimes.ts'
import { ROOT } from '../settings.ts'
import { EMPTY, HELLO } from './peers/hello.ts'

const FRAMEWORK = '@google-cloud/functions-framework'

/** Writes `<folder>/<cloud>/<name>/` for our functions, and for what they are compared with (`empty`, and peers). */
export async function writeBundles(folder: string): Promise<void> {
  for (const deployed of await ourFunctions())
    for (const cloud of CLOUDS)
      await writeFiles(join(folder, cloud, deployed.manifest.name), await bundleFunction(cloud, deployed))
  for (const cloud of CLOUDS) await writeByHand(join(folder, cloud, 'empty'), cloud, EMPTY[cloud])
  for (const [name, source] of Object.entries(HELLO))
    await writeByHand(join(folder, 'aws', name), 'aws', source)
  // Google's buildpack installs the one package that a bundle names; here it is the one of the checkout.
  const link = join(folder, 'gcp/node_modules', FRAMEWORK)
  await mkdir(dirname(link), { recursive: true })
  await symlink(join(ROOT, 'node_modules', FRAMEWORK), link)
}

const OURS: readonly string[] = ['video-api', 'playback-api', 'drm-license', 'stripe-webhook']

async function ourFunctions(): Promise<readonly Deployed[]> {
  const found = (await deployedFunctions()).filter(({ manifest }) => OURS.includes(manifest.name))
  if (found.length !== OURS.length) throw new Error(`not all of these functions are there: ${OURS.join()}`)
  return found
}

const WITH: { readonly [C in Cloud]: { external: readonly string[]; plugins: () => readonly Plugin[] } } = {
  aws: { external: [], plugins: () => [peerPackages()] },
  gcp: { external: [FRAMEWORK], plugins: () => [] },
  azure: { external: ['@azure/functions-core'], plugins: () => [azureLibrary()] },
}

async function writeByHand(folder: string, cloud: Cloud, source: string): Promise<void> {
  const { external, plugins } = WITH[cloud]
  const { files } = await bundle({ source, external, plugins: plugins() })
  await writeFiles(folder, files)
  const facts = { version: '0.0.0', private: true, type: 'module', main: 'index.mjs' }
  const host = { version: '2.0', extensions: { http: { routePrefix: '' } } }
  await writeFile(join(folder, 'package.json'), JSON.stringify(facts))
  if (cloud === 'azure') await writeFile(join(folder, 'host.json'), JSON.stringify(host))
}

/** The peers' packages lie in a folder of their own, which is not above the entry. */
function peerPackages(): Plugin {
  return {
    name: 'peer-packages',
    resolveId: {
      filter: { id: /^(?:hono|express|serverless-http|@aws-lambda-powertools\/event-handler)(?:\/|$)/ },
      handler(source, importer, { kind }) {
        if (importer?.startsWith(RUNTIMES)) return null
        return this.resolve(source, join(RUNTIMES, 'peer.js'), { kind, skipSelf: true })
      },
    },
  }
}
