import { StorageAccount } from '@cdktf/provider-azurerm/lib/storage-account/index.js'
import { StorageContainer } from '@cdktf/provider-azurerm/lib/storage-container/index.js'
import { StorageManagementPolicy } from '@cdktf/provider-azurerm/lib/storage-management-policy/index.js'
import { originOf } from '../shared/host.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { type Ground, kept } from './backend.ts'
import { CLOSED } from './buckets-closed.ts'
import type { ContainerName } from './buckets-names.ts'

export interface Buckets {
  readonly account: StorageAccount
  readonly containers: Readonly<Record<ContainerName, StorageContainer>>
}

/** Films, uploads and dead letters of Event Grid: one account, for Event Grid delivers to the queues beside them. */
export function openBuckets(stack: SkyreelStack, ground: Ground): Buckets {
  const account = openAccount(stack, ground)
  const open = (name: ContainerName) => {
    const container = new StorageContainer(stack, `bucket-${name}`, {
      ...{ name, storageAccountId: account.id, containerAccessType: 'private' },
      ...kept(stack.place),
    })
    container.overrideLogicalId(`bucket_${name.replaceAll('-', '_')}`)
    return container
  }
  forgetDeadLetters(stack, account)
  const containers = { uploads: open('uploads'), media: open('media'), 'dead-letters': open('dead-letters') }
  return { account, containers }
}

function openAccount(stack: SkyreelStack, { at, names }: Ground): StorageAccount {
  const { protectData } = stack.place.environment
  const week = { days: 7 }
  const account = new StorageAccount(stack, 'data', {
    ...{ ...at, ...CLOSED, name: names.dataAccount },
    // The driver signs URLs with the account's key, `storage-key`: a user delegation key ends after a week and needs a
    // request before the first URL, in the function that must answer fastest.
    sharedAccessKeyEnabled: true,
    blobProperties: {
      corsRule: [uploadsFrom(originOf(stack.place))],
      ...(protectData && { deleteRetentionPolicy: week, containerDeleteRetentionPolicy: week }),
    },
    ...kept(stack.place),
  })
  account.overrideLogicalId('data')
  return account
}

/** Azure has one rule for all containers; the signatures say which blobs it is good for. */
const uploadsFrom = (origin: string) => ({
  allowedOrigins: [origin],
  allowedMethods: ['PUT'],
  allowedHeaders: ['content-type'],
  exposedHeaders: ['etag'],
  maxAgeInSeconds: 3600,
})

/**
 * Only what Event Grid could not deliver ends by itself. Films stay until our sweep removes them, and blocks of an upload
 * that was never finished are dropped by the store a week after the last one, for which there is no rule to write.
 */
function forgetDeadLetters(stack: SkyreelStack, account: StorageAccount): void {
  const { deadLetterDays } = stack.place.environment.retention
  new StorageManagementPolicy(stack, 'data-lifecycle', {
    storageAccountId: account.id,
    rule: [
      {
        ...{ name: 'dead-letters', enabled: true },
        filters: { blobTypes: ['blockBlob', 'appendBlob'], prefixMatch: ['dead-letters/'] },
        actions: { baseBlob: { deleteAfterDaysSinceModificationGreaterThan: deadLetterDays } },
      },
    ],
  })
}

/** Scope of a role on one container. */
export const containerScope = (account: StorageAccount, container: string): string =>
  `${account.id}/blobServices/default/containers/${container}`
