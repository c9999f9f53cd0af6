import { dev } from '../config/dev.ts'
import { prod } from '../config/prod.ts'
import { staging } from '../config/staging.ts'
import { CLOUDS, ENVIRONMENTS, type Environment, type EnvironmentName } from './environment.ts'
import { type Place, placeOf, previewName } from './place.ts'

export const CONFIG: Readonly<Record<EnvironmentName, Environment>> = { dev, staging, prod }

/** All nine, in the order in which people read them. */
export const ALL_PLACES: readonly Place[] = CLOUDS.flatMap((cloud) =>
  ENVIRONMENTS.map((name) => placeOf(cloud, CONFIG[name])),
)

/** The given stack does not exist. Says which do. */
export class UnknownStack extends Error {
  override readonly name = 'UnknownStack'
}

interface Wish {
  /** Ids with commas between them; all nine without it. */
  readonly SKYREEL_STACKS?: string | undefined
  /** A branch: the stacks of `dev` are then those of its preview. */
  readonly SKYREEL_PREVIEW?: string | undefined
}

/** The stacks that this run synthesizes. Only their clouds' bindings are loaded. Throws `UnknownStack`. */
export function wantedPlaces({ SKYREEL_STACKS: only, SKYREEL_PREVIEW: branch }: Wish): readonly Place[] {
  const places = branch ? previewsOf(branch) : ALL_PLACES
  if (!only) return places
  return only.split(',').map((id) => {
    const found = places.find(({ stackId }) => stackId === id)
    if (found !== undefined) return found
    throw new UnknownStack(
      `there is no stack ${id}; there are ${places.map(({ stackId }) => stackId).join(', ')}`,
    )
  })
}

const previewsOf = (branch: string) => CLOUDS.map((cloud) => placeOf(cloud, CONFIG.dev, previewName(branch)))
