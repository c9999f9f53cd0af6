import type { OpenColumn } from '../column.ts'
import { fromText } from './answers.ts'
import { azureCanary } from './azure-canary.ts'
import { azArgv, NO_QUESTIONS } from './azure-command.ts'
import { azureImage } from './azure-image.ts'
import { publishOnAzure } from './azure-publish.ts'
import { azureSecretExists, writeAzureSecret } from './azure-secrets.ts'
import { azureStateStore } from './azure-state-store.ts'
import { azureRegistryTargets, azureSecretTargets } from './azure-targets.ts'
import { DOCKER } from './media-image.ts'

/** What a deployment does on Azure outside of Terraform. */
export const openAzureColumn: OpenColumn = (options) => {
  const { place } = options
  return {
    tools: [AZ, DOCKER],
    account: {
      query: {
        command: {
          says: 'see the subscription with these credentials',
          argv: [...azArgv(place, 'account', 'show', '--query', 'id'), '--output', 'tsv'],
          env: NO_QUESTIONS,
        },
        read: fromText('az account show', /^[0-9a-f-]{36}$/),
      },
      wanted: place.environment.azure.subscriptionId,
      field: 'azure.subscriptionId',
      signIn: SIGN_IN,
    },
    bootstrap: () => azureStateStore(place),
    registryTargets: azureRegistryTargets,
    pushImage: (image) => azureImage(place, image),
    secretTargets: azureSecretTargets,
    secretExists: (name) => azureSecretExists(place, name),
    writeSecret: (name, value) => writeAzureSecret(place, name, value),
    publish: (release) => publishOnAzure(place, release),
    canary: azureCanary(options),
  }
}

const AZ = {
  name: 'az',
  install: 'Azure CLI 2.85: https://learn.microsoft.com/cli/azure/install-azure-cli',
} as const

const SIGN_IN =
  'az login --tenant <azure.tenantId>; in CI sign in by a federated credential (azure/login), and set ARM_USE_OIDC=true, ' +
  'ARM_CLIENT_ID and ARM_TENANT_ID for Terraform'
