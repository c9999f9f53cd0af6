import type { Place } from '../../../cdktf/shared/place.ts'
import type { Command } from '../column.ts'
import type { Argv } from './pipes.ts'

/** A call of gcloud in the stack's project, whatever project the person at the terminal has chosen. */
export const gcloudArgv = ({ environment }: Place, ...words: readonly string[]): Argv => [
  'gcloud',
  ...words,
  `--project=${environment.gcp.projectId}`,
]

/** As a command. A question would wait for an answer for ever. */
export const gcloud = (place: Place, says: string, ...words: readonly string[]): Command => ({
  ...{ says, argv: gcloudArgv(place, ...words), env: NO_QUESTIONS },
})

export const NO_QUESTIONS = { CLOUDSDK_CORE_DISABLE_PROMPTS: '1' } as const
