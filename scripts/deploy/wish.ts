import { parseArgs } from 'node:util'
import { nearest } from '../../cdktf/cli/known-stacks.ts'
import { CLOUDS, ENVIRONMENTS } from '../../cdktf/shared/environment.ts'
import { type Place, placeOf, previewName } from '../../cdktf/shared/place.ts'
import { CONFIG } from '../../cdktf/shared/wanted-stacks.ts'
import type { Ground } from './ground.ts'
import { Refused } from './shell.ts'

/** The place that `<cloud> <env>` and `--preview` name. Throws `Refused` with the nearest word. */
export function placeNamed(
  [cloudWord, environmentWord, ...more]: readonly string[],
  branch: string | undefined,
  help: string,
): Place {
  if (cloudWord === undefined || environmentWord === undefined || more.length > 0)
    throw new Refused('say one cloud and one environment', help.trim())
  const cloud = known(CLOUDS, cloudWord, 'cloud')
  const name = known(ENVIRONMENTS, environmentWord, 'environment')
  if (branch === undefined) return placeOf(cloud, CONFIG[name])
  if (name !== 'dev')
    throw new Refused('a preview is a deployment beside dev', `Say: ${cloud} dev --preview ${branch}`)
  return placeOf(cloud, CONFIG[name], previewName(branch))
}

/** The word among those that there are. Throws `Refused`. */
export function known<T extends string>(all: readonly T[], word: string, what: string): T {
  const found = all.find((one) => one === word)
  if (found !== undefined) return found
  const near = nearest(word, all)
  throw new Refused(
    `there is no ${what} ${word}; there are ${all.join(', ')}`,
    near === undefined ? undefined : `Did you mean ${near}?`,
  )
}

type Options = NonNullable<Parameters<typeof parseArgs>[0]>['options']

/** The options of a command line. Throws `Refused` with the command's help. */
export function parsed<T extends NonNullable<Options>>(words: readonly string[], options: T, help: string) {
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true })
  } catch (cause) {
    throw new Refused(`${cause instanceof Error ? cause.message : cause}\n\n${help.trim()}`)
  }
}

/** Prints the help of a command; answers its status. */
export function helped({ print }: Pick<Ground, 'print'>, help: string): number {
  print(`${help}\n`)
  return 0
}
