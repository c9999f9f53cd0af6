import { resolve } from 'node:path'
import { table } from '../../terminal.ts'
import type { Deployment } from '../deployment.ts'
import { planGuarded } from '../guarded-apply.ts'
import { Refused } from '../shell.ts'
import type { Step } from '../step.ts'
import { type PlannedChange, summaryOf } from '../terraform-plan.ts'
import { wholeBundles } from './build.ts'

const FILE = 'apply.tfplan'

export const apply: Step = {
  name: 'apply',
  says: 'the whole stack',
  async run(deployment) {
    const { hands, ground, place, terraform } = deployment
    if (!hands.dry) await wholeBundles(resolve(ground.root, ground.dist), place.cloud)
    const changes = await planGuarded(deployment, FILE)
    if (!hands.dry) await confirm(deployment, changes)
    // Also where nothing changes: values that the stack tells may have.
    await hands.run(terraform.deploy(), { aloud: true })
    deployment.forgetOutputs()
    await deployment.outputs()
  },
}

async function confirm({ hands, place, ground, options }: Deployment, changes: readonly PlannedChange[]) {
  hands.tell(`${place.stackId}: ${summaryOf(changes)}`)
  if (changes.length === 0) return
  const notable = changes
    .filter(({ doing }) => doing !== 'create')
    .map(({ doing, address }) => [doing, address])
  if (notable.length > 0) hands.tell(table(['does', 'resource'], notable))
  if (options.yes || ground.env.CI) return
  if (ground.ask === undefined)
    throw new Refused('nobody can be asked whether this shall be applied', 'Add --yes where that is meant.')
  const answer = await ground.ask(`Apply this to ${place.stackId}? (yes) `)
  if (answer.trim() !== 'yes') throw new Refused('not applied', 'Start again to go on from here.')
}
