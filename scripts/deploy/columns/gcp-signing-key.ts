import { backendBucketName, CDN_KEY_NAME } from '../../../cdktf/gcp/settings-names.ts'
import type { Place } from '../../../cdktf/shared/place.ts'
import type { Guarded } from '../column.ts'
import { gcloud, gcloudArgv, NO_QUESTIONS } from './gcp-command.ts'
import { type Argv, quoted, readingStdin, sh } from './pipes.ts'

/** What the functions call the key in their signatures: SKYREEL_CDN_KEY_ID. */
export const SIGNING_KEY_NAME = CDN_KEY_NAME

const backendBuckets = (place: Place, action: string) =>
  ['compute', 'backend-buckets', action, backendBucketName(place, 'media')] as const

/** Tells which keys the media's backend knows, by name; no command shows their values. */
export const describeBackend = (place: Place): Argv =>
  gcloudArgv(place, ...backendBuckets(place, 'describe'), '--format=json')

/**
 * Gives the media's backend the key: Terraform would keep its value in the state. A key cannot be changed under its name,
 * so that one of an earlier, unfinished deployment is taken away first.
 */
export const replaceSigningKey = (place: Place, key: string): readonly Guarded[] => [
  {
    ...gcloud(
      place,
      'take the earlier key away from the CDN',
      ...backendBuckets(place, 'delete-signed-url-key'),
      `--key-name=${SIGNING_KEY_NAME}`,
    ),
    unless: { says: 'there is none', argv: hasNoKey(place), env: NO_QUESTIONS },
  },
  {
    says: 'give Cloud CDN the key that the delivery cookies are signed with',
    env: NO_QUESTIONS,
    ...readingStdin(
      gcloudArgv(
        place,
        ...backendBuckets(place, 'add-signed-url-key'),
        ...[`--key-name=${SIGNING_KEY_NAME}`, '--key-file=/dev/stdin'],
      ),
      key,
    ),
  },
]

/** Fails where the question does: a key that could not be seen is no key that is not there. */
const hasNoKey = (place: Place): Argv =>
  sh(`of=$(${quoted(describeBackend(place))}) && case $of in *'"${SIGNING_KEY_NAME}"'*) false ;; esac`)
