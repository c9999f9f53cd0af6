import type { Place } from '../../../cdktf/shared/place.ts'
import { stateStoreOf } from '../../../cdktf/shared/state-store.ts'
import type { Guarded } from '../column.ts'
import { allowBlobs } from './azure-caller.ts'
import { az } from './azure-command.ts'

/** Old versions of a state are kept so long: time to find out that one was spoilt. */
const OLD_STATE_DAYS = '90'

/** Resource group, account and container of the state, and the right to read and write it for who is signed in. */
export function azureStateStore(place: Place): readonly Guarded[] {
  const { store, container, resourceGroup } = stateStoreOf(place)
  const { region } = place.environment.azure
  const account = ['--name', store, '--resource-group', resourceGroup]
  // By the Resource Manager: it takes the right to make things, not the one to read blobs, which comes last.
  const inside = ['--name', container, '--storage-account', store, '--resource-group', resourceGroup]
  return [
    az(
      place,
      'make the resource group of the state',
      'group',
      'create',
      '--name',
      resourceGroup,
      '--location',
      region,
    ),
    {
      ...az(
        place,
        `create the storage account ${store} of the state`,
        ...['storage', 'account', 'create', ...account, '--location', region, '--kind', 'StorageV2'],
        ...['--sku', 'Standard_ZRS', ...CLOSED],
      ),
      unless: az(place, 'the account is there and ours', 'storage', 'account', 'show', ...account),
    },
    az(place, 'close the account to the public', 'storage', 'account', 'update', ...account, ...CLOSED),
    keepVersions(place),
    {
      ...az(
        place,
        'make the container',
        'storage',
        'container-rm',
        'create',
        ...inside,
        '--public-access',
        'off',
      ),
      unless: az(place, 'the container is there', 'storage', 'container-rm', 'show', ...inside),
    },
    allowBlobs(place, { account: store, container, group: resourceGroup }),
  ]
}

const CLOSED = [
  ...['--min-tls-version', 'TLS1_2', '--https-only', 'true'],
  ...['--allow-blob-public-access', 'false', '--allow-shared-key-access', 'false'],
]

function keepVersions(place: Place): Guarded {
  const { store, resourceGroup } = stateStoreOf(place)
  return az(
    place,
    'keep older versions of the state, and what was deleted',
    ...['storage', 'account', 'blob-service-properties', 'update'],
    ...['--account-name', store, '--resource-group', resourceGroup, '--enable-versioning', 'true'],
    ...['--enable-delete-retention', 'true', '--delete-retention-days', OLD_STATE_DAYS],
    ...['--enable-container-delete-retention', 'true', '--container-delete-retention-days', OLD_STATE_DAYS],
  )
}
