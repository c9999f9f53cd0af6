import { inner, type Resource, type Rule, resources, type Stack, text, unless } from './stack.ts'

/** Types that hold what cannot be made again. */
const DATA = {
  aws: ['aws_s3_bucket', 'aws_secretsmanager_secret', 'aws_kms_key'],
  gcp: ['google_storage_bucket', 'google_secret_manager_secret', 'google_kms_crypto_key'],
  azure: ['azurerm_storage_account', 'azurerm_key_vault', 'azurerm_storage_container'],
}

/** Pages, code and hosts' own storage are made again by a deployment. */
const MADE_AGAIN = /pages|code|host|web|dead-letters/

/** Where the config protects data, neither Terraform nor a mistake deletes it. */
export const PROTECTED_DATA_RULES: readonly Rule[] = [
  {
    name: 'Terraform does not delete what cannot be made again',
    on: ['aws', 'gcp', 'azure'],
    find: (stack) =>
      unless(
        dataOf(stack),
        ({ values }) => inner(values, 'lifecycle').prevent_destroy === true,
        'could be deleted by Terraform',
      ),
  },
  {
    name: 'no bucket is emptied to be deleted',
    on: ['aws', 'gcp'],
    find: (stack) =>
      unless(dataOf(stack), ({ values }) => values.force_destroy !== true, 'would be emptied and deleted'),
  },
  {
    name: 'a vault that was deleted can be had back',
    on: ['azure'],
    find: (stack) =>
      unless(
        protectedOnly(stack, resources(stack, 'azurerm_key_vault')),
        ({ values }) => values.purge_protection_enabled === true,
        'can be purged',
      ),
  },
]

const dataOf = (stack: Stack): readonly Resource[] =>
  protectedOnly(
    stack,
    DATA[stack.place.cloud].flatMap((type) => resources(stack, type)),
  ).filter(({ id, values }) => !MADE_AGAIN.test(id) && !MADE_AGAIN.test(text(values.name)))

const protectedOnly = ({ place }: Stack, all: readonly Resource[]): readonly Resource[] =>
  place.environment.protectData ? all : []
