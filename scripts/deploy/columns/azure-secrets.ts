import * as z from 'zod/mini'
import { azureNames } from '../../../cdktf/azure/settings-names.ts'
import type { SecretName } from '../../../cdktf/shared/needs.ts'
import type { Place } from '../../../cdktf/shared/place.ts'
import type { Guarded, Query } from '../column.ts'
import { fromJson } from './answers.ts'
import { allowCaller, resourceId } from './azure-caller.ts'
import { azArgv, NO_QUESTIONS } from './azure-command.ts'
import { type Argv, piped, readingStdin } from './pipes.ts'

const vaultId = (place: Place): string => {
  const { resourceGroup, vault } = azureNames(place)
  return resourceId(place, resourceGroup, `Microsoft.KeyVault/vaults/${vault}`)
}

/**
 * The Resource Manager knows which secrets there are, without their values, and needs no role in the vault: a new vault
 * would not tell who has just made it. https://learn.microsoft.com/rest/api/keyvault/secrets/list
 */
const listSecrets = (place: Place): Argv => [
  ...(['az', 'rest', '--method', 'get'] as const),
  ...[
    '--url',
    `https://management.azure.com${vaultId(place)}/secrets?api-version=2023-07-01`,
    '--output',
    'json',
  ],
]

const Secrets = z.object({
  value: z.array(
    z.object({
      name: z.string(),
      properties: z.object({
        attributes: z.optional(z.object({ enabled: z.optional(z.boolean()) })),
      }),
    }),
  ),
})

/** Whether the vault has the secret and gives it out. */
export const azureSecretExists = (place: Place, name: SecretName): Query<boolean> => ({
  command: { says: `look whether the vault has ${name}`, argv: listSecrets(place), env: NO_QUESTIONS },
  read: fromJson(`secrets named ${name}`, (answer) =>
    Secrets.parse(answer).value.some(
      (secret) => secret.name === name && secret.properties.attributes?.enabled !== false,
    ),
  ),
})

/** A new version of the secret, after the right to write it. `az` would print the value that it has just stored. */
export const writeAzureSecret = (place: Place, name: SecretName, value: string): readonly Guarded[] => [
  allowSecrets(place),
  {
    says: `store ${name} in the vault`,
    env: NO_QUESTIONS,
    ...readingStdin(storeFromStdin(place, name), value),
  },
]

/**
 * The key of the account of films, with which the functions sign its URLs. Azure makes it with the account, so that it goes
 * from there to the vault, after the stack is applied. A key that was renewed is stored once the secret is removed.
 */
export function copyStorageKey(place: Place): readonly Guarded[] {
  const { resourceGroup, dataAccount, vault } = azureNames(place)
  const key = azArgv(
    place,
    ...[
      'storage',
      'account',
      'keys',
      'list',
      '--account-name',
      dataAccount,
      '--resource-group',
      resourceGroup,
    ],
    ...['--query', '[0].value', '--output', 'tsv'],
  )
  const show = azArgv(place, 'keyvault', 'secret', 'show', '--vault-name', vault, '--name', 'storage-key')
  return [
    allowSecrets(place),
    {
      says: 'copy the account key of the films into the vault',
      argv: piped(key, storeFromStdin(place, 'storage-key')),
      env: NO_QUESTIONS,
      unless: { says: 'the vault has it', argv: [...show, '--output', 'none'], env: NO_QUESTIONS },
    },
  ]
}

const allowSecrets = (place: Place): Guarded =>
  allowCaller(place, {
    says: 'let the signed-in identity write to the vault',
    role: 'Key Vault Secrets Officer',
    scope: vaultId(place),
    works: azArgv(
      place,
      ...['keyvault', 'secret', 'list', '--vault-name', azureNames(place).vault, '--output', 'none'],
    ),
  })

const storeFromStdin = (place: Place, name: SecretName): Argv => [
  ...azArgv(place, 'keyvault', 'secret', 'set', '--vault-name', azureNames(place).vault, '--name', name),
  ...['--file', '/dev/stdin', '--encoding', 'utf-8', '--output', 'none'],
]
