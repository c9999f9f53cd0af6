import { inner, mentions, type Resource, type Rule, resources, type Stack, unless } from './stack.ts'

/** On Azure nobody reads a store but those who are let in by name. */
export const PUBLIC_ACCESS_AZURE: readonly Rule[] = [
  {
    name: 'no blob can be made public',
    on: ['azure'],
    find: (stack) =>
      unless(
        resources(stack, 'azurerm_storage_account'),
        ({ values }) => values.allow_nested_items_to_be_public === false,
        'can be made public',
      ),
  },
  {
    name: 'every container is private',
    on: ['azure'],
    find: (stack) =>
      unless(
        resources(stack, 'azurerm_storage_container'),
        ({ values }) => (values.container_access_type ?? 'private') === 'private',
        'is public',
      ),
  },
  {
    name: 'stores and registries that need no keys take none',
    on: ['azure'],
    find: (stack) => [
      ...unless(
        resources(stack, 'azurerm_container_registry'),
        ({ values }) => values.admin_enabled !== true,
        'takes a password',
      ),
      ...unless(
        resources(stack, 'azurerm_eventgrid_topic'),
        ({ values }) => values.local_auth_enabled === false,
        'takes a key',
      ),
      ...unless(
        resources(stack, 'azurerm_key_vault'),
        ({ values }) =>
          values.rbac_authorization_enabled === true || values.enable_rbac_authorization === true,
        'has access policies beside roles',
      ),
    ],
  },
  {
    name: 'no site takes a password for its code',
    on: ['azure'],
    find: (stack) =>
      unless(
        sites(stack),
        (site) => PASSWORDS.every((kind) => isOff(stack, site, kind)),
        'takes a password for its code',
      ),
  },
]

const PASSWORDS = ['ftp', 'scm']

const sites = (stack: Stack): readonly Resource[] =>
  resources(stack, 'azapi_resource').filter(({ values }) =>
    /^Microsoft\.Web\/sites@/.test(String(values.type)),
  )

const isOff = (stack: Stack, site: Resource, kind: string): boolean =>
  resources(stack, 'azapi_update_resource').some(
    (one) =>
      /\/basicPublishingCredentialsPolicies@/.test(String(one.values.type)) &&
      one.values.name === kind &&
      mentions(one, site) &&
      inner(one.values, 'body', 'properties').allow === false,
  )
