import type { Place } from '../../../cdktf/shared/place.ts'
import { stateStoreOf } from '../../../cdktf/shared/state-store.ts'
import type { Guarded } from '../column.ts'
import { gcloud, gcloudArgv, NO_QUESTIONS } from './gcp-command.ts'
import { readingStdin } from './pipes.ts'

/** Old versions of a state are kept so long: time to find out that one was spoilt. */
const OLD_STATE_DAYS = 90

/** The bucket of the state. Google encrypts every object and takes no request without TLS. */
export function gcpStateStore(place: Place): readonly Guarded[] {
  const { store } = stateStoreOf(place)
  const closed = ['--uniform-bucket-level-access', '--public-access-prevention']
  return [
    {
      ...gcloud(
        place,
        `create the bucket ${store} of the state`,
        ...['storage', 'buckets', 'create', `gs://${store}`, `--location=${place.environment.gcp.region}`],
        ...closed,
      ),
      unless: gcloud(
        place,
        'the bucket is there and ours',
        ...['storage', 'buckets', 'describe', `gs://${store}`, '--format=value(name)'],
      ),
    },
    settings(place, store, closed),
  ]
}

/** Put each time: a setting that somebody changed by hand is mended. */
const settings = (place: Place, store: string, closed: readonly string[]): Guarded => ({
  says: 'keep older versions of the state, and close it to the public',
  env: NO_QUESTIONS,
  ...readingStdin(
    gcloudArgv(
      place,
      ...['storage', 'buckets', 'update', `gs://${store}`, '--versioning', ...closed],
      '--lifecycle-file=/dev/stdin',
    ),
    JSON.stringify({
      rule: [{ action: { type: 'Delete' }, condition: { daysSinceNoncurrentTime: OLD_STATE_DAYS } }],
    }),
  ),
})
