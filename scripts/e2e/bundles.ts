import { mkdir, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { buildAll } from '../build/build-all.ts'
import { type Cloud, deployedFunctions } from '../build/deployed.ts'
import { ROOT } from '../settings.ts'

/** What a platform installs beside a bundle by itself; here it is the one of the checkout. */
const BROUGHT: { readonly [C in Cloud]: readonly string[] } = {
  aws: [],
  gcp: ['@google-cloud/functions-framework'],
  azure: [],
}

/** Builds all that is deployed on one cloud, and the media container, into `out`: as `npm run build` does. */
export async function buildBundles(cloud: Cloud, out: string): Promise<void> {
  await buildAll({
    ...{ out, clouds: [cloud], functions: await deployedFunctions() },
    ...{ arch: process.arch === 'arm64' ? 'arm64' : 'x64', whole: true, say: () => undefined },
  })
  for (const name of BROUGHT[cloud]) {
    const link = join(out, cloud, 'node_modules', name)
    await mkdir(dirname(link), { recursive: true })
    await symlink(join(ROOT, 'node_modules', name), link)
  }
}
