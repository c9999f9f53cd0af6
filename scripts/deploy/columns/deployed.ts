import type { DeployedFunction, StackOutputs } from '../../../cdktf/shared/outputs.ts'
import type { ColumnOptions } from '../column.ts'

/** A canary was asked for before the stack was applied, or of a function that it does not hold. */
export class NotDeployed extends Error {
  override readonly name = 'NotDeployed'
}

/** What the applied stack tells. Throws `NotDeployed` where there is none yet. */
export function outputsOf({ place, outputs }: ColumnOptions): StackOutputs {
  if (outputs !== undefined) return outputs
  throw new NotDeployed(
    `${place.stackId} has no outputs yet: apply it first, with npm run deploy -- ${place.cloud} ${place.environment.name}`,
  )
}

/** The deployed function of a manifest's name. Throws `NotDeployed`. */
export function deployed(options: ColumnOptions, name: string): DeployedFunction {
  const { functions } = outputsOf(options)
  const found = functions[name]
  if (found !== undefined) return found
  throw new NotDeployed(
    `${options.place.stackId} has no function ${name}; it has ${Object.keys(functions).join(', ')}`,
  )
}
