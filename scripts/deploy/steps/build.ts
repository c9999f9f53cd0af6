import { join, resolve } from 'node:path'
import { brokenFiles, hashOfSources, readBundles } from '../bundles.ts'
import type { Deployment } from '../deployment.ts'
import { Refused } from '../shell.ts'
import type { Step } from '../step.ts'

export const build: Step = {
  name: 'build',
  says: 'bundles, pages and the synthesized stack',
  always: true,
  async run(deployment) {
    const { hands, ground, place, terraform } = deployment
    if (await isBuilt(deployment)) hands.tell('the bundles are up to date')
    else await buildBundles(deployment)
    await hands.act(
      'build the pages into dist/web, where their sources have changed',
      () => ground.buildPages(),
      undefined,
    )
    await hands.run(terraform.synth())
    if (!hands.dry) await wholeBundles(resolve(ground.root, ground.dist), place.cloud)
  },
}

async function buildBundles({ hands, ground, place, options: { journal } }: Deployment): Promise<void> {
  for (const command of ground.build(place)) await hands.run(command)
  if (hands.dry) return
  const sources = await hashOfSources(ground.root)
  await journal.change((before) => ({ ...before, built: sources }))
}

/** Built from these sources for this cloud, and nothing of it has gone or changed since. */
async function isBuilt({ hands, ground, place, options: { journal } }: Deployment): Promise<boolean> {
  if (hands.dry) return false
  const dist = resolve(ground.root, ground.dist)
  const bundles = await readBundles(dist, place.cloud)
  if (bundles === undefined) return false
  // The context of the image is one for all clouds: after a build for another it is for another processor.
  const broken = [...(await brokenFiles(dist, bundles)), ...(await ground.missing(place))]
  if (broken.length > 0) hands.tell(`built anew, since these are gone or have changed: ${broken.join(', ')}`)
  return broken.length === 0 && (await journal.read()).built === (await hashOfSources(ground.root))
}

/** The bundles of the manifest, each as it was built. Throws `Refused` which names those that are not. */
export async function wholeBundles(dist: string, cloud: Parameters<typeof readBundles>[1]) {
  const bundles = await readBundles(dist, cloud)
  if (bundles === undefined)
    throw new Refused(
      `${join(dist, 'manifest.json')} has no bundles for ${cloud}`,
      'Start again without --from: the build makes them.',
    )
  const broken = await brokenFiles(dist, bundles)
  if (broken.length === 0) return bundles
  throw new Refused(
    `gone or changed since the build: ${broken.map((path) => `dist/${path}`).join(', ')}`,
    'Start again: the build makes them anew, and the deployment goes on here.',
  )
}
