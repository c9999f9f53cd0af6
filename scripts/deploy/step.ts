import type { Deployment } from './deployment.ts'

export const STEP_NAMES = [
  'checks',
  'build',
  'state',
  'registry',
  'secrets',
  'migrate',
  'drift',
  'apply',
  'publish',
  'smoke',
  'canary',
] as const
export type StepName = (typeof STEP_NAMES)[number]

export interface Step {
  readonly name: StepName
  readonly says: string
  /** Runs in every deployment, also one that goes on: it finds itself what is done already. */
  readonly always?: boolean
  /** May be stopped at any point and run again. */
  run(deployment: Deployment): Promise<void>
}
