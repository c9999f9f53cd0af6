import { examplesIn } from '../shared/examples.ts'
import type { Place } from '../shared/place.ts'
import { missingTerraform } from './terraform.ts'
import type { Command } from './words.ts'

/** What stands in the way of a command; its message says what to do. */
export class NotReady extends Error {
  override readonly name = 'NotReady'
}

type Env = Readonly<Record<string, string | undefined>>

/** These ask the cloud, and apply what they read from `dist`. */
export const ASKS_THE_CLOUD: ReadonlySet<Command> = new Set(['diff', 'deploy', 'watch'])
export const NEEDS_TERRAFORM: ReadonlySet<Command> = new Set([...ASKS_THE_CLOUD, 'destroy', 'output'])

/** Throws `NotReady` where the command cannot end well, before anything has been asked or changed. */
export function checkReady(command: Command, places: readonly Place[], env: Env): void {
  if (ASKS_THE_CLOUD.has(command)) for (const place of places) refuseExamples(command, place)
  const missing = NEEDS_TERRAFORM.has(command) ? missingTerraform(env) : undefined
  if (missing !== undefined) throw new NotReady(missing)
}

function refuseExamples(command: Command, { cloud, environment, stackId }: Place): void {
  const fields = examplesIn(environment, cloud)
  if (fields.length === 0) return
  throw new NotReady(
    `${command} ${stackId}: cdktf/config/${environment.name}.ts still holds examples; put your own into ${fields.join(', ')}`,
  )
}
