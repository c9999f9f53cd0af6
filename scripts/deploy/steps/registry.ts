import { join, resolve } from 'node:path'
import { PREVIEW_END } from '../../../cdktf/shared/skyreel-stack.ts'
import type { Deployment } from '../deployment.ts'
import { applyTargets } from '../guarded-apply.ts'
import { Refused } from '../shell.ts'
import { assumedOutputs, toldValues } from '../stack-outputs.ts'
import type { Step } from '../step.ts'
import { wholeBundles } from './build.ts'

export const registry: Step = {
  name: 'registry',
  says: 'the registry, and the media image in it',
  async run(deployment) {
    const { hands, ground, place } = deployment
    const column = deployment.column()
    const end = place.preview === '' ? [] : [PREVIEW_END]
    await applyTargets(deployment, 'registry.tfplan', [...column.registryTargets, ...end])
    const dist = resolve(ground.root, ground.dist)
    const tag = hands.dry ? '<tag>' : (await wholeBundles(dist, place.cloud)).media.tag
    const repository = await repositoryOf(deployment)
    await hands.runAll(column.pushImage({ repository, tag, context: join(ground.dist, 'media') }))
  },
}

/** The other values are not told before the whole stack is applied. */
async function repositoryOf(deployment: Deployment): Promise<string> {
  const { hands, terraform } = deployment
  const assumed = hands.dry ? assumedRepository(await deployment.stackJson()) : ''
  return hands.ask({ command: terraform.outputs(), read: readRepository }, assumed)
}

/** An expression that only the cloud resolves stands for the host too. */
function assumedRepository(stackJson: string): string {
  const { imageRepository } = assumedOutputs(stackJson)
  return imageRepository.includes('/') ? imageRepository : `${imageRepository}/<repository>`
}

function readRepository(stdout: string): string {
  const { imageRepository } = toldValues(stdout)
  if (typeof imageRepository === 'string') return imageRepository
  throw new Refused('the stack does not tell its imageRepository after the registry was applied')
}
