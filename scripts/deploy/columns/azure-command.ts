import type { Place } from '../../../cdktf/shared/place.ts'
import type { Command } from '../column.ts'
import type { Argv } from './pipes.ts'

/** A call of the Azure CLI in the stack's subscription, whatever subscription the person at the terminal has chosen. */
export const azArgv = ({ environment }: Place, ...words: readonly string[]): Argv => [
  'az',
  ...words,
  '--subscription',
  environment.azure.subscriptionId,
]

/** As a command that changes something and says nothing: what `az` prints may hold what it was given. */
export const az = (place: Place, says: string, ...words: readonly string[]): Command => ({
  ...{ says, argv: [...azArgv(place, ...words), '--output', 'none'], env: NO_QUESTIONS },
})

/** As a command whose answer we need, in JSON. */
export const azAsked = (place: Place, says: string, ...words: readonly string[]): Command => ({
  ...{ says, argv: [...azArgv(place, ...words), '--output', 'json'], env: NO_QUESTIONS },
})

/** `az afd` and `az monitor app-insights` are extensions: the first use installs them, else after a question. */
export const NO_QUESTIONS = { AZURE_EXTENSION_USE_DYNAMIC_INSTALL: 'yes_without_prompt' } as const
