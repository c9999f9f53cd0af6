import { App, Testing } from 'cdktf'
import type { EnvironmentName } from '../../shared/environment.ts'
import { loadManifests } from '../../shared/manifests.ts'
import { placeOf } from '../../shared/place.ts'
import { type PlannedFunction, planOf } from '../../shared/plan.ts'
import { CONFIG } from '../../shared/wanted-stacks.ts'
import { GcpStack } from '../stack.ts'

/** Arguments of a resource as Terraform is given them: a test names those that it looks at, and fails where they are not there. */
export type Arguments = ReturnType<typeof JSON.parse>

export interface Synthesized {
  readonly plan: readonly PlannedFunction[]
  readonly json: Arguments
  /** All resources of a type by their ids; none where the stack has none. */
  all(type: string): Readonly<Record<string, Arguments>>
  /** One resource. Throws for one that is not there. */
  one(type: string, id: string): Arguments
}

interface Wish {
  readonly environment?: EnvironmentName
  readonly preview?: string
  /** Changes a planned function, to see what follows. */
  readonly change?: (fn: PlannedFunction) => PlannedFunction
}

/** The stack of Google Cloud of the house's own manifests. */
export async function synthesized({
  environment = 'dev',
  preview = '',
  change,
}: Wish = {}): Promise<Synthesized> {
  const plan = planOf(await loadManifests()).map((fn) => change?.(fn) ?? fn)
  const stack = new GcpStack(new App(), { place: placeOf('gcp', CONFIG[environment], preview), plan })
  const json: Arguments = JSON.parse(Testing.synth(stack))
  const all = (type: string) => json.resource[type] ?? {}
  const one = (type: string, id: string) => {
    const found = all(type)[id]
    if (found === undefined) throw new Error(`the stack has no ${type}.${id}`)
    return found
  }
  return { plan, json, all, one }
}

/** How a resource names an attribute of another. */
export const reference = (attribute: string): string => `\${${attribute}}`

/** Full name of the key that wraps the keys of films, as Cloud KMS gives it. */
const FILMS_KEY = 'projects/p/locations/europe-west1/keyRings/skyreel-dev-0a1b2c3d/cryptoKeys/films'

/** Variables of the first container of a service or a job, with what Google alone knows in the form that it gives. */
export const variablesOf = (template: Arguments): Record<string, string> =>
  Object.fromEntries(
    template.containers[0].env.map(({ name, value }: Arguments) => [
      name,
      value === reference('google_kms_crypto_key.films-key.id') ? FILMS_KEY : value,
    ]),
  )
