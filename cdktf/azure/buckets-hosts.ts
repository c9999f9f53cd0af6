import { StorageAccount } from '@cdktf/provider-azurerm/lib/storage-account/index.js'
import { StorageContainer } from '@cdktf/provider-azurerm/lib/storage-container/index.js'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import type { Ground } from './backend.ts'
import { CLOSED } from './buckets-closed.ts'

/** What the Functions host keeps for itself: locks and timers, and its keys. It would make them; then nobody could be let into them alone. */
const OF_THE_HOST = ['azure-webjobs-hosts', 'azure-webjobs-secrets'] as const

export interface HostStore {
  readonly account: StorageAccount
  /** All apps write there, each below its own host id. */
  readonly shared: ReadonlyMap<string, StorageContainer>
  /** Where an app's code is published to. */
  readonly code: (app: string) => StorageContainer
}

/** The account behind the function apps. It has no keys, and holds nothing that a deployment would not write again. */
export function openHostStore(stack: SkyreelStack, { at, names }: Ground): HostStore {
  const account = new StorageAccount(stack, 'hosts', {
    ...{ ...at, ...CLOSED, name: names.hostAccount },
    sharedAccessKeyEnabled: false,
  })
  const open = (id: string, name: string) =>
    new StorageContainer(stack, id, {
      ...{ name, storageAccountId: account.id, containerAccessType: 'private' },
    })
  return {
    account,
    shared: new Map(OF_THE_HOST.map((name) => [name, open(`hosts-${name}`, name)])),
    code: (app) => open(`code-${app}`, `code-${app}`),
  }
}
