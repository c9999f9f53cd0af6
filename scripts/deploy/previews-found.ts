import { type Place, placeOf } from '../../cdktf/shared/place.ts'
import type { Deployment } from './deployment.ts'
import { Refused } from './shell.ts'
import { toldValues } from './stack-outputs.ts'

export interface FoundPreview {
  readonly place: Place
  /** When it may be swept; `undefined` where its state does not tell, as after a first apply that failed. */
  readonly expiresAt: Date | undefined
}

/** The previews beside this environment, by the states in its store: they are known also where this machine is new. */
export async function previewPlaces({ hands, ground, place }: Deployment): Promise<readonly Place[]> {
  const names = await hands.ask(ground.previewStates(place), [])
  return names.map((name) => placeOf(place.cloud, place.environment, name))
}

/** Reads when a preview ends out of its state. */
export async function findPreview(deployment: Deployment): Promise<FoundPreview> {
  const { hands, terraform, place } = deployment
  await hands.run(terraform.synth())
  await deployment.ready()
  const expiresAt = await hands.ask({ command: terraform.outputs(), read: readExpiry }, undefined)
  return { place, expiresAt }
}

function readExpiry(stdout: string): Date | undefined {
  const { expires_at: text } = toldValues(stdout)
  if (typeof text !== 'string' || text === '') return undefined
  const date = new Date(text)
  if (Number.isNaN(date.getTime())) throw new Refused(`the state says that the preview ends at "${text}"`)
  return date
}

/** Whether it may go: past its time, or without one. */
export const isOver = ({ expiresAt }: FoundPreview, now: Date): boolean =>
  expiresAt === undefined || expiresAt <= now
