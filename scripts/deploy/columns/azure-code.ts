import { azureNames } from '../../../cdktf/azure/settings-names.ts'
import type { Place } from '../../../cdktf/shared/place.ts'
import type { Command, Guarded } from '../column.ts'
import { az, azArgv } from './azure-command.ts'
import { groupOf, ORIGINS, type OriginName, setOrigin, weightOf } from './azure-origins.ts'
import { type Argv, quoted, unlessSays, whereSays } from './pipes.ts'

export interface Publishing {
  /** The manifest's name. */
  readonly name: string
  readonly app: string
  /** The second app of an API. */
  readonly twin?: string
  readonly dist: string
}

/**
 * The code of a function to its app. Of an API to those of its two apps that do not serve: to both at first, then to one in
 * turn, which is taken out of the traffic where a canary of an earlier deployment was left in the middle.
 */
export function publishCode(place: Place, { name, app, twin, dist }: Publishing): readonly Guarded[] {
  const zip = `${dist}/azure/${name}.zip`
  if (twin === undefined) return [deployZip(place, app, zip)]
  return ORIGINS.flatMap((origin) => {
    const clear = setOrigin(place, name, {
      ...{ origin, enabled: false, weight: weightOf('candidate', 0) },
      says: `take app ${origin} of ${name} out, unless it serves: its code is replaced`,
    })
    const publish = deployZip(place, origin === 'a' ? app : twin, zip)
    const is = stateOf(place, name, origin)
    return [
      { ...clear, argv: whereSays(is, HAS_A_PART, quoted(clear.argv)) },
      { ...publish, says: `${publish.says}, unless it serves`, argv: unlessSays(is, SERVES, publish.argv) },
    ]
  })
}

/** Flex Consumption has an endpoint of its own for it, which the command finds by the plan. Our zips need no build. */
const deployZip = (place: Place, app: string, zip: string): Command =>
  az(
    place,
    `publish the code to ${app}`,
    ...['functionapp', 'deployment', 'source', 'config-zip', '--src', zip, '--build-remote', 'false'],
    ...['--resource-group', azureNames(place).resourceGroup, '--name', app],
  )

/** Prints `Enabled 992`. */
const stateOf = (place: Place, fn: string, origin: OriginName): Argv => [
  ...azArgv(place, 'afd', 'origin', 'show', ...groupOf(place, fn), '--origin-name', origin),
  ...['--query', "join(' ', [enabledState, to_string(weight)])", '--output', 'tsv'],
]

const SERVES = "'Enabled '*2"
/** A candidate that gets requests, or the one before. */
const HAS_A_PART = "'Enabled '*1|'Disabled '*3"
