import type { Deployment } from './deployment.ts'
import { Refused } from './shell.ts'
import { changesOf, DATA_TYPES, lostData, type PlannedChange } from './terraform-plan.ts'

/** Plans, and refuses a plan that would lose protected data. Answers what changes. */
export async function planGuarded(
  deployment: Deployment,
  file: string,
  targets: readonly string[] = [],
): Promise<readonly PlannedChange[]> {
  const { hands, terraform } = deployment
  await deployment.ready()
  await hands.run(terraform.plan(file, targets))
  const changes = await hands.ask({ command: terraform.show(file), read: changesOf }, [])
  refuseLoss(deployment, changes)
  return changes
}

function refuseLoss({ place, ground }: Deployment, changes: readonly PlannedChange[]): void {
  if (!place.environment.protectData) return
  const lost = lostData(changes, ground.dataTypes ?? DATA_TYPES)
  if (lost.length === 0) return
  const words = lost.map(({ address, doing }) => `${address} (${doing})`).join(', ')
  throw new Refused(
    `this would destroy protected data of ${place.stackId}: ${words}`,
    `Find what has changed its name or place, and take that back. If the data shall really go: protectData in cdktf/config/${place.environment.name}.ts.`,
  )
}

/** Applies a part of the stack: what must be there before the rest can be. */
export async function applyTargets(
  deployment: Deployment,
  file: string,
  targets: readonly string[],
): Promise<void> {
  if (targets.length === 0) return
  const changes = await planGuarded(deployment, file, targets)
  if (changes.length === 0 && !deployment.hands.dry) return
  await deployment.hands.run(deployment.terraform.applyFile(file))
}
