import type { Place } from '../../../cdktf/shared/place.ts'
import type { Command } from '../column.ts'
import type { Argv } from './pipes.ts'

/** A call of the AWS CLI in the stack's region. */
export const awsArgv = ({ environment }: Place, ...words: readonly string[]): Argv => [
  'aws',
  ...words,
  '--region',
  environment.aws.region,
]

/** As a command. Without the variable version 2 opens a pager on a terminal, and the deployment would wait for a key. */
export const aws = (place: Place, says: string, ...words: readonly string[]): Command => ({
  ...{ says, argv: awsArgv(place, ...words), env: NO_PAGER },
})

export const NO_PAGER = { AWS_PAGER: '' } as const
