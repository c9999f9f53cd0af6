import * as z from 'zod/mini'
import { secretName } from '../../../cdktf/aws/settings.ts'
import type { SecretName } from '../../../cdktf/shared/needs.ts'
import type { Place } from '../../../cdktf/shared/place.ts'
import type { Guarded, Query } from '../column.ts'
import { publicHalf } from '../secret-values.ts'
import { fromJson } from './answers.ts'
import { aws, awsArgv, NO_PAGER } from './aws-command.ts'
import { readingStdin } from './pipes.ts'

/** The stack reads CloudFront's public key here: no private half of it ever comes near a state. */
export const publicKeyParameter = ({ prefix }: Place): string => `/${prefix}/cdn-public-key`

const Versions = z.object({
  Versions: z.optional(z.array(z.object({ VersionStages: z.optional(z.array(z.string())) }))),
})

/** Whether the secret has a value; a container without one has no version. */
export const awsSecretExists = (place: Place, name: SecretName): Query<boolean> => ({
  command: aws(
    place,
    `look whether ${secretName(place, name)} has a value`,
    ...['secretsmanager', 'list-secret-version-ids', '--secret-id', secretName(place, name)],
    ...['--output', 'json'],
  ),
  read: fromJson(`versions of ${name}`, (answer) =>
    (Versions.parse(answer).Versions ?? []).some(({ VersionStages = [] }) =>
      VersionStages.includes('AWSCURRENT'),
    ),
  ),
})

/**
 * A new version of the secret. Of `cdn-key` the public half is stored first: ended between the two, the next deployment
 * finds no value and makes a new pair; the other way round it would keep a key that CloudFront does not know.
 */
export function writeAwsSecret(place: Place, name: SecretName, value: string): readonly Guarded[] {
  const secret = stored(place, `store ${secretName(place, name)}`, value, [
    ...['secretsmanager', 'put-secret-value', '--secret-id', secretName(place, name)],
    ...['--secret-string', 'file:///dev/stdin'],
  ])
  return name === 'cdn-key' ? [storePublicHalf(place, value), secret] : [secret]
}

function storePublicHalf(place: Place, privateKey: string): Guarded {
  // A dry run has a mark in place of the key.
  const half = privateKey.startsWith('<') ? privateKey : publicHalf(privateKey)
  return stored(place, `tell CloudFront's stack the public half of cdn-key`, half, [
    ...['ssm', 'put-parameter', '--name', publicKeyParameter(place), '--type', 'String', '--overwrite'],
    ...['--value', 'file:///dev/stdin'],
  ])
}

const stored = (place: Place, says: string, value: string, words: readonly string[]): Guarded => ({
  ...{ says, env: NO_PAGER },
  ...readingStdin(awsArgv(place, ...words), value),
})
