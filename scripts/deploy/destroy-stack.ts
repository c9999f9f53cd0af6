import type { Deployment } from './deployment.ts'
import { EMPTY } from './journal.ts'
import { Refused } from './shell.ts'
import { changesOf, type PlannedChange } from './terraform-plan.ts'

const FILE = 'destroy.tfplan'

/** What would be destroyed. Throws `Refused` where the environment's data is protected. */
export async function planDestruction(deployment: Deployment): Promise<readonly PlannedChange[]> {
  refuseProtected(deployment)
  const { hands, terraform } = deployment
  await buildMissing(deployment)
  await hands.run(terraform.synth())
  await deployment.ready()
  await hands.run(terraform.planDestroy(FILE))
  return hands.ask({ command: terraform.show(FILE), read: changesOf }, [])
}

/** Terraform reads the bundles for a plan that destroys, too: a fresh checkout has none. */
async function buildMissing({ hands, ground, place }: Deployment): Promise<void> {
  if ((await ground.missing(place)).length === 0) return
  for (const command of ground.build(place)) await hands.run(command)
}

/** Destroys what `planDestruction` has planned, then its database, then the state of a preview. May be stopped and run again. */
export async function destroyStack(deployment: Deployment): Promise<void> {
  const { hands, terraform, ground, place, options } = deployment
  // Nothing of what an unfinished deployment had done is there any more.
  await options.journal.change(() => EMPTY)
  await hands.run({ ...terraform.applyFile(FILE), says: 'destroy the stack' }, { aloud: true })
  await hands.act('remove the database', () => ground.database.remove(place), undefined)
  if (place.preview !== '') await hands.run(ground.removeState(place))
}

export function refuseProtected({ place }: Pick<Deployment, 'place'>): void {
  const { name, protectData } = place.environment
  if (!protectData) return
  throw new Refused(
    `${place.stackId} holds protected data and is not destroyed`,
    name === 'prod'
      ? 'prod is always protected. What shall go, goes by hand, one resource at a time, with a backup.'
      : `Set protectData to false in cdktf/config/${name}.ts, deploy that, then destroy.`,
  )
}
