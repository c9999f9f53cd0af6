import type { Flags } from './flags.ts'

/** https://learn.microsoft.com/cli/azure/reference-index as far as the column uses it. */
export const AZ_FLAGS: Flags = {
  'account show': '',
  'group create': '--name! --location!',
  'storage account show': '--name! --resource-group',
  'storage account create':
    '--name! --resource-group! --location --kind --sku --min-tls-version --https-only --allow-blob-public-access --allow-shared-key-access',
  'storage account update':
    '--name --resource-group --min-tls-version --https-only --allow-blob-public-access --allow-shared-key-access',
  'storage account blob-service-properties update':
    '--account-name! --resource-group --enable-versioning --enable-delete-retention --delete-retention-days --enable-container-delete-retention --container-delete-retention-days',
  'storage account keys list': '--account-name! --resource-group',
  'storage container-rm create': '--name! --storage-account! --resource-group --public-access',
  'storage container-rm show': '--name! --storage-account! --resource-group',
  'storage blob list': '--account-name --container-name! --auth-mode --num-results',
  'storage blob upload':
    '--account-name --auth-mode --overwrite --content-type --content-cache-control --container-name! --name --file',
  'storage blob upload-batch':
    '--account-name --auth-mode --overwrite --content-type --content-cache-control --source! --destination! --destination-path --pattern',
  'role assignment list': '--role --scope --assignee',
  'role assignment create': '--role! --scope! --assignee',
  'acr repository show': '--name! --image',
  'acr login': '--name!',
  'keyvault secret list': '--vault-name',
  rest: '--method --url!',
  'keyvault secret show': '--vault-name --name',
  'keyvault secret set': '--vault-name! --name! --file --encoding',
  'functionapp deployment source config-zip': '--src! --build-remote --resource-group --name',
  'afd origin list': '--resource-group! --profile-name! --origin-group-name!',
  'afd origin show': '--resource-group --profile-name --origin-group-name --origin-name',
  'afd origin update':
    '--resource-group --profile-name --origin-group-name --origin-name --enabled-state --weight',
  'afd endpoint purge': '--resource-group --profile-name --endpoint-name --content-paths! --no-wait',
  'monitor app-insights query': '--apps --resource-group --analytics-query! --start-time --end-time',
}
export const AZ_COMMON = '--subscription --query --output'
