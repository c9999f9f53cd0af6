import type { Cloud } from '../../cdktf/shared/environment.ts'
import type { Place } from '../../cdktf/shared/place.ts'
import { stateStoreOf } from '../../cdktf/shared/state-store.ts'
import type { Command, Query } from './column.ts'

type Argv = Command['argv']

const LIST: Readonly<Record<Cloud, (home: Place) => Argv>> = {
  aws: (home) => [
    ...(['aws', 's3api', 'list-objects-v2', '--bucket', stateStoreOf(home).store] as const),
    ...[
      '--prefix',
      'previews/',
      '--region',
      home.environment.aws.region,
      '--output',
      'json',
      '--no-cli-pager',
    ],
  ],
  gcp: (home) => [
    ...(['gcloud', 'storage', 'objects', 'list', `gs://${stateStoreOf(home).store}/previews/**`] as const),
    ...['--format=json(name)', `--project=${home.environment.gcp.projectId}`],
  ],
  azure: (home) => [
    ...(['az', 'storage', 'blob', 'list', '--account-name', stateStoreOf(home).store] as const),
    ...['--container-name', stateStoreOf(home).container, '--prefix', 'previews/', '--auth-mode', 'login'],
    ...['--query', '[].name', '--output', 'json'],
  ],
}

const REMOVE: Readonly<Record<Cloud, (place: Place) => Argv>> = {
  aws: (place) => [
    ...(['aws', 's3api', 'delete-object', '--bucket', stateStoreOf(place).store] as const),
    ...['--key', stateStoreOf(place).key, '--region', place.environment.aws.region, '--no-cli-pager'],
  ],
  gcp: (place) => [
    ...(['gcloud', 'storage', 'rm', `gs://${stateStoreOf(place).store}/${gcsObject(place)}`] as const),
    `--project=${place.environment.gcp.projectId}`,
  ],
  azure: (place) => [
    ...(['az', 'storage', 'blob', 'delete', '--account-name', stateStoreOf(place).store] as const),
    ...['--container-name', stateStoreOf(place).container, '--name', stateStoreOf(place).key],
    ...['--auth-mode', 'login'],
  ],
}

/** The backend of Cloud Storage puts the name of the workspace behind the prefix. */
const gcsObject = (place: Place) => stateStoreOf(place).key.replace(/\.tfstate$/, '/default.tfstate')

/** The names of the previews that an environment's store has states of. */
export const previewStates = (home: Place): Query<readonly string[]> => ({
  command: { argv: LIST[home.cloud](home), says: `look for previews of ${home.stackId}` },
  read: (stdout) => previewsIn(stdout, home),
})

/** By the keys of the objects, which all three tools print, each in another form. */
export function previewsIn(stdout: string, { stackId }: Place): readonly string[] {
  const keys = stdout.matchAll(
    new RegExp(`previews/${stackId}-([a-z0-9-]+?)(?:\\.tfstate|/default\\.tfstate)"`, 'g'),
  )
  return [...new Set([...keys].map(([, name = '']) => name))].sort()
}

/** Removes the state of a preview that was destroyed: an empty one would be looked at by every sweep. */
export const removeState = (place: Place): Command => ({
  argv: REMOVE[place.cloud](place),
  says: `remove the empty state of ${place.stackId}`,
})
