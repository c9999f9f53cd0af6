import { StorageAccount } from '@cdktf/provider-azurerm/lib/storage-account/index.js'
import { StorageAccountStaticWebsiteA } from '@cdktf/provider-azurerm/lib/storage-account-static-website/index.js'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import type { Ground } from './backend.ts'
import { CLOSED } from './buckets-closed.ts'

/** Azure's own name for the container of a static website. */
export const PAGES_CONTAINER = '$web'

/**
 * The pages: files that everybody is shown anyway, in an account with nothing else in it. A static website shows
 * `studio/index.html` for `/studio/`, which Front Door cannot; its own address is public, while the account stays closed.
 */
export function openPages(stack: SkyreelStack, { at, names }: Ground): StorageAccount {
  const account = new StorageAccount(stack, 'pages', {
    ...{ ...at, ...CLOSED, name: names.pagesAccount },
    sharedAccessKeyEnabled: false,
  })
  new StorageAccountStaticWebsiteA(stack, 'pages-website', {
    storageAccountId: account.id,
    indexDocument: 'index.html',
  })
  return account
}
